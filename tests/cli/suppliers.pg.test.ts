/** `crossdock suppliers` and `crossdock offers` as an operator types them; what is said is done by the hub. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SupplierCommand } from '#core/supply/supplier.ts'
import type { SupplyCommand } from '#core/supply/supply.ts'
import { tellStream } from '#engine/person.ts'
import { turn } from '#engine/turn.ts'
import { readState } from '#store/views.ts'
import { expect, onTestFinished, test } from 'vitest'
import { readOptions, UsageError } from '../../src/cli/command.ts'
import { offers } from '../../src/cli/offers.ts'
import { suppliers } from '../../src/cli/suppliers.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, aPolicy, aShop } from '../support/orders.ts'

const AT = '2026-11-20T10:00:00.000Z'
const RULES = { supplier: { name: 'Acme' }, owner: 'buyers', jumpPercent: 10, unknown: 'case' } as const
const WAITS: SupplierCommand = {
  type: 'supplier.holdList', file: 'l.csv', hash: 'h', at: AT, why: ['9 of 10 articles would be gone.'], owner: 'buyers',
} // prettier-ignore
const UNKNOWN: SupplyCommand = {
  type: 'supply.observe', at: AT, rules: RULES, offer: { price: '2.5', currency: 'USD', leadDays: 3 },
} // prettier-ignore

async function operator() {
  const database = await freshDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'crossdock.yaml')
  const secret = join(folder, 'secret')
  writeFileSync(
    file,
    `
database: file:${join(folder, 'database')}
erp: odoo
connections:
  odoo: { connector: odoo, config: { url: 'http://127.0.0.1:1', database: retail, user: hub@example.com, apiKey: file:${secret} } }
  shop: { connector: direct, config: { key: file:${secret} } }
  acme: { connector: supplier, config: { folder: ${folder}, supplier: { name: Acme }, format: { columns: { article: A, price: P }, currency: USD } } }
policy:
  channels: { shop: { pool: WH } }
`,
  )
  writeFileSync(join(folder, 'database'), database.url)
  writeFileSync(secret, 'x')
  const engine = anEngine(database, { shop: aShop(), erp: anErp(), acme: aShop() }, { policy: aPolicy })
  const work = async () => {
    while ((await turn(engine)) > 0);
  }
  let told = 0
  return {
    work,
    state: async (stream: string) => (await readState(database, stream))!.state,
    async tell(stream: string, command: { type: string }) {
      await tellStream(engine, stream, command, `t${(told += 1)}`)
      await work()
    },
    async crossdock(name: 'suppliers' | 'offers', ...args: string[]) {
      const said = { out: '', err: '' }
      const say = (where: 'out' | 'err') => (line: string) => void (said[where] += `${line}\n`)
      const command = { suppliers, offers }[name]
      try {
        const ways = { out: say('out'), err: say('err') }
        return { code: await command.run(readOptions(command, [...args, '--config', file]), ways), ...said }
      } catch (error) {
        if (error instanceof UsageError) return { code: 2, out: said.out, err: error.message }
        throw error
      }
    },
  }
}

test('a list that waits is listed with its reason, and let through once', async () => {
  const { crossdock, tell, work, state } = await operator()
  await tell('supplier/acme', WAITS)
  const listed = await crossdock('suppliers', 'list')
  expect(listed.out).toBe('acme  nothing taken yet\n  buyers: l.csv waits. 9 of 10 articles would be gone.\n')
  expect(await crossdock('suppliers', 'allow', '--supplier', 'acme')).toMatchObject({ code: 0 })
  await work()
  expect(await state('supplier/acme')).toMatchObject({ waiting: { said: 'allow' } })
  expect((await crossdock('suppliers', 'show', '--supplier', 'acme')).out).toContain('let through')
  expect((await crossdock('suppliers', 'drop')).err).toContain('--supplier is needed')
  expect(await crossdock('suppliers', 'drop', '--supplier', 'bolt')).toMatchObject({ code: 1 })
})

test('an offer that needs somebody is listed with its owner; what nobody can accept is refused', async () => {
  const { crossdock, tell } = await operator()
  await tell('supply/acme/10/A/1', UNKNOWN)
  const { out } = await crossdock('offers', 'list', '--json')
  expect(JSON.parse(out)).toMatchObject({
    offers: [{ supplier: 'acme', article: 'A/1', minQuantity: '10', status: 'unknown', case: { owner: 'buyers' } }],
    more: false,
  })
  const which = ['--supplier', 'acme', '--article', 'A/1', '--quantity', '10']
  expect((await crossdock('offers', 'accept', ...which)).err).toContain('nothing_to_accept')
  expect(await crossdock('offers', 'retry', ...which)).toMatchObject({ code: 0 })
})
