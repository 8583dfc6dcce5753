/** `crossdock payouts` as an operator types it, and the same payouts over the API. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from '#api/server.ts'
import type { PayoutSeen } from '#canon/payout.ts'
import { tellStream } from '#engine/person.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { expect, onTestFinished, test } from 'vitest'
import { readOptions, UsageError } from '../../src/cli/command.ts'
import { payouts } from '../../src/cli/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, aShop } from '../support/orders.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const line = (lineId: string, kind: PayoutSeen['lines'][number]['kind'], net: number, fee = 0) => ({
  lineId, kind, type: kind === 'unknown' ? 'surprise' : kind, net: usd(net), fee: usd(fee),
}) // prettier-ignore
const paid = (net: number, ...lines: PayoutSeen['lines']): PayoutSeen => ({
  status: 'paid', issuedAt: '2026-11-20T08:00:00.000Z', net: usd(net), lines,
}) // prettier-ignore

async function operator() {
  const database = await freshDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'crossdock.yaml')
  const [where, secret] = [join(folder, 'database'), join(folder, 'secret')]
  writeFileSync(where, database.url)
  writeFileSync(secret, 'x')
  writeFileSync(
    file,
    `
database: file:${where}
erp: odoo
connections:
  odoo: { connector: odoo, config: { url: 'http://127.0.0.1:1', database: retail, user: hub@example.com, apiKey: file:${secret} } }
  shop: { connector: direct, config: { key: file:${secret} } }
policy:
  channels: { shop: { pool: WH } }
`,
  )
  const engine = anEngine(database, { shop: aShop(), erp: anErp() })
  let told = 0
  return {
    engine,
    async crossdock(...args: string[]) {
      const said = { out: '', err: '' }
      const say = (to: 'out' | 'err') => (text: string) => void (said[to] += `${text}\n`)
      const code = await payouts.run(readOptions(payouts, [...args, '--config', file]), { out: say('out'), err: say('err') }) // prettier-ignore
      return { code, ...said }
    },
    async tell(stream: string, command: { type: string; [member: string]: unknown }) {
      told += 1
      await tellStream(engine, `payout/${stream}`, command, `p${told}`)
      while ((await turn(engine)) > 0);
    },
  }
}

test('what does not agree is listed with why; one is shown by kind to the cent; all of one provider are a page', async () => {
  const { crossdock, tell, engine } = await operator()
  await tell('stripe/po_1', { type: 'payout.observe', payout: paid(970, line('a', 'charge', 1_000, 30), line('b', 'refund', -30)) }) // prettier-ignore
  await tell('stripe/po_2', { type: 'payout.observe', payout: paid(500, line('a', 'charge', 400), line('b', 'unknown', 150)) }) // prettier-ignore
  await tell('market/s_1', { type: 'payout.observe', payout: paid(100, line('a', 'charge', 100)) })
  await tell('market/s_1', { type: 'payout.noteOrder', orderRef: 'market:111', net: usd(100), known: false })

  const { out, err } = await crossdock('list')
  expect(err).toBe('2 payouts.\n')
  expect(out).toContain('stripe po_2  paid  2026-11-20  5.00 USD  differs by -0.50 USD')
  expect(out).toContain("is 'surprise', which is not known here")
  expect(out).toContain('1 of its orders are not here: market:111')
  expect(out).not.toContain('po_1')
  const listed = JSON.parse((await crossdock('list', '--all', '--provider', 'stripe', '--json')).out) as { payouts: { payoutId: string }[] } // prettier-ignore
  expect(listed.payouts.map(({ payoutId }) => payoutId).sort()).toEqual(['po_1', 'po_2'])

  const shown = (await crossdock('show', '--provider', 'stripe', '--payout', 'po_1')).out
  expect(shown).toContain(
    '9.70 USD  agrees\n  charge 10.00 USD\n  refund -0.30 USD\n  2 movements; fees in them 0.30 USD',
  )
  expect((await crossdock('show', '--provider', 'stripe', '--payout', 'po_9')).code).toBe(1)
  await expect(crossdock('show', '--provider', 'stripe')).rejects.toBeInstanceOf(UsageError)
  await expect(crossdock('list', '--status', 'gone')).rejects.toBeInstanceOf(UsageError)

  const server = await createServer({ engine, receiver: createReceiver(engine), host: '127.0.0.1', port: 0, version: '1.2.3' }) // prettier-ignore
  onTestFinished(() => server.close())
  const get = async (path: string) => {
    const answer = await fetch(`${server.url}/api/payouts${path}`)
    return {
      status: answer.status,
      json: (await answer.json()) as { rows: { payoutId: string }[]; next: string | null },
    }
  }
  const first = await get('?attention=true&limit=1')
  expect(first.json.rows).toHaveLength(1)
  const rest = await get(`?attention=true&limit=1&cursor=${first.json.next}`)
  expect([...first.json.rows, ...rest.json.rows].map(({ payoutId }) => payoutId).sort()).toEqual(['po_2', 's_1'])
  expect((await get('/stripe/po_2')).json).toMatchObject({
    differs: { amount: -50 }, kinds: [{ kind: 'charge', net: { amount: 400 } }, { kind: 'unknown' }],
    unknown: [{ lineId: 'b', type: 'surprise', net: { amount: 150 } }],
  }) // prettier-ignore
  expect([(await get('/stripe/po_9')).status, (await get('?cursor=x')).status]).toEqual([404, 400])
})
