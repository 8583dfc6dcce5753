/**
 * The commands as an operator types them: help, refusals with the line and the cure, migrations, the doctor's findings.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CONNECTORS } from '#connectors/catalogue.ts'
import { createEstate, ESTATE_SECRETS } from '#sim/estate.ts'
import { listen } from '#sim/listen.ts'
import { createRandom } from '#sim/random.ts'
import { readMigrations } from '#store/migrate.ts'
import { helpFor } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { parseConfig } from '../../src/config.ts'
import { freshDatabase } from '../support/database.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

const MIGRATIONS = readMigrations(fileURLToPath(new URL('../../src/store/migrations/', import.meta.url))).map(
  ({ name }) => name,
)

interface Ran {
  code: number
  out: string
  err: string
}

const crossdock = (args: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } }, (error, out, err) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, out, err })
    })
  })

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'crossdock-cli-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** A retailer at real ports, and a configuration for it. */
async function retailer(change: (text: string) => string = (text) => text) {
  const random = createRandom(5)
  let agoMs = 3_600_000
  const clock = { now: () => Date.now() - agoMs, random: random.next }
  const estate = createEstate(clock, random, { skus: 2, stock: [3, 5] })
  agoMs = 0
  const [shop, erp] = [await listen(estate.shop.fetch), await listen(estate.erp.fetch)]
  onTestFinished(async () => {
    await shop.close()
    await erp.close()
  })
  const database = await freshDatabase()
  const file = join(folder(), 'crossdock.yaml')
  const text = `
database: env:TEST_DATABASE
hub: { publicUrl: 'http://127.0.0.1:1' }
erp: odoo-main
connections:
  shopify-main:
    connector: shopify
    config:
      shop: dockside-goods.myshopify.com
      url: ${shop.url}
      clientId: crossdock
      clientSecret: env:SHOP_SECRET
      locations: [{ locationId: '7001', pool: WH }]
  odoo-main:
    connector: odoo
    config: { url: '${erp.url}', database: retail, user: hub@example.com, apiKey: env:ODOO_SECRET }
policy:
  channels:
    shopify-main: { pool: WH, locations: [{ locationId: '7001', pool: WH }] }
`
  writeFileSync(file, change(text))
  const env = {
    TEST_DATABASE: database.url,
    SHOP_SECRET: ESTATE_SECRETS['demo:shop-secret']!,
    ODOO_SECRET: ESTATE_SECRETS['demo:odoo-key']!,
  }
  return { file, env, estate, database }
}

describe('help', () => {
  test('lists every command, and each command shows its options with examples', async () => {
    const overview = await crossdock(['--help'])
    expect(overview.code).toBe(0)
    for (const { name, summary, load } of COMMANDS) {
      const command = await load()
      expect(command.name).toBe(name)
      expect(overview.out).toContain(`  ${name.padEnd(9)}`)
      expect(helpFor(summary, command)).toMatch(/Options[\s\S]+Examples\n {2}\S/)
    }
    for (const name of ['serve', 'demo', 'reconcile']) {
      const help = await crossdock([name, '--help'])
      expect(help).toMatchObject({ code: 0, err: '' })
      expect(help.out).toMatch(/Options[\s\S]+Examples\n {2}\S/)
    }
  })

  test('a wrong word or option is refused with exit code 2 and where to look', async () => {
    expect(await crossdock(['sevre'])).toMatchObject({ code: 2, out: '' })
    const option = await crossdock(['sim', '--sedes', '3'])
    expect(option.code).toBe(2)
    expect(option.err).toMatch(/--sedes[\s\S]*crossdock sim --help/)
    expect((await crossdock(['sim', '--seeds', 'many'])).err).toContain(
      "--seeds takes a whole number from 1 to 1000000, not 'many'.",
    )
  })
})

describe('a configuration that cannot be used', () => {
  const refusal = (text: string): string => {
    try {
      parseConfig(text, 'crossdock.yaml')
    } catch (error) {
      return (error as Error).message
    }
    return 'taken'
  }
  const good = [
    'erp: odoo', 'connections:', '  shop: { connector: shopify }', '  odoo: { connector: odoo }',
    'policy:', '  channels:', '    shop: { pool: WH }',
  ] // prettier-ignore

  test('is named with the line of what is wrong', () => {
    expect(refusal(good.join('\n'))).toBe('taken')
    expect(refusal(good.with(6, '    shop: { pool: 7 }').join('\n'))).toMatch(
      /crossdock\.yaml:7:13 {2}policy\.channels\.shop\.pool/,
    )
    expect(refusal(good.with(0, 'erp: netsuite').join('\n'))).toMatch(
      /:1:1 {2}erp: No connection is called 'netsuite'\. There are: shop, odoo\./,
    )
    expect(refusal(good.with(6, '    shopp: { pool: WH }').join('\n'))).toMatch(
      /:7:5 {2}policy\.channels\.shopp[\s\S]*:3:3 {2}connections\.shop: .*Add policy\.channels\.shop/,
    )
    expect(refusal('erp: [')).toMatch(/crossdock\.yaml:1:\d+ {2}yaml: /)
    expect(refusal(`hub: { prot: 1 }\n${good.join('\n')}`)).toMatch(/:1:1 {2}hub: .*prot/)
  })

  test('stops a command with exit code 2, and a missing file says what to do', async () => {
    const file = join(folder(), 'none.yaml')
    const ran = await crossdock(['migrate', '--config', file])
    expect(ran).toMatchObject({ code: 2, out: '' })
    expect(ran.err).toContain('Copy examples/crossdock.yaml')
  })

  test('an option of a connection that is wrong is named, and no secret is shown', async () => {
    const { file, env } = await retailer((text) => text.replace('database: retail', 'database: 7'))
    const ran = await crossdock(['doctor', '--config', file], env)
    expect(ran.code).toBe(2)
    expect(ran.err).toContain('connections.odoo-main.config.database')
    for (const secret of Object.values(env)) expect(ran.out + ran.err).not.toContain(secret)
  })

  test('an unknown connector names those there are', async () => {
    const { file, env } = await retailer((text) => text.replace('connector: shopify', 'connector: constructor'))
    const ran = await crossdock(['doctor', '--config', file], env)
    expect(ran.err).toContain(`There is no connector 'constructor'. There are: ${Object.keys(CONNECTORS).join(', ')}.`)
  })
})

test('migrate says what is missing, applies it, and then finds nothing', async () => {
  const { file, env, database } = await retailer()
  await database.query('drop schema public cascade')
  await database.query('create schema public')
  const run = (...args: string[]) => crossdock(['migrate', '--config', file, ...args], env)
  expect(JSON.parse((await run('--plan', '--json')).out)).toEqual({ missing: MIGRATIONS })
  expect(await database.query(`select to_regclass('inbox') as inbox`)).toEqual([{ inbox: null }])
  expect(JSON.parse((await run('--json')).out)).toEqual({ applied: MIGRATIONS })
  expect((await run()).out).toBe('The database is up to date.\n')
})

describe('the doctor', () => {
  interface Finding {
    level: string
    where: string
    about: string
    message: string
    cure?: string
  }
  const findings = (ran: Ran) => (JSON.parse(ran.out) as { findings: Finding[] }).findings

  test('looks at database and connections, and finds the webhooks missing before the hub ran', async () => {
    const { file, env } = await retailer()
    const ran = await crossdock(['doctor', '--config', file, '--json'], env)
    const found = findings(ran)
    expect(new Set(found.map(({ where }) => where))).toEqual(new Set(['database', 'shopify-main', 'odoo-main']))
    expect(found.filter(({ where }) => where === 'database').every(({ level }) => level === 'ok')).toBe(true)
    expect(
      found.some(({ where, about, level }) => where === 'shopify-main' && about === 'webhooks' && level !== 'ok'),
    ).toBe(true)
    for (const { level, cure, message } of found) if (level === 'error') expect(cure ?? message).not.toBe('')
  })

  test('says what to do when a system does not answer or refuses the credentials', async () => {
    const { file, env, estate } = await retailer()
    estate.erp.down(true)
    const ran = await crossdock(['doctor', '--config', file, '--json'], { ...env, SHOP_SECRET: 'wrong' })
    expect(ran.code).toBe(1)
    const errors = findings(ran).filter(({ level }) => level === 'error')
    expect(errors.map(({ where }) => where)).toEqual(expect.arrayContaining(['shopify-main', 'odoo-main']))
    for (const { cure } of errors) expect(cure).toBeTruthy()
    expect(ran.out).not.toContain('wrong')
  })

  test('says which database cannot be reached', async () => {
    const { file, env } = await retailer()
    const ran = await crossdock(['doctor', '--config', file], {
      ...env,
      TEST_DATABASE: 'postgres://nobody:hush@127.0.0.1:1/none',
    })
    expect(ran.code).toBe(1)
    expect(ran.out).toMatch(/ERROR +database reachable[\s\S]*→ Check that the server runs/)
    expect(ran.out + ran.err).not.toContain('hush')
  })
})

describe('reconcile', () => {
  test('compares what is named, says what differs and what to do, and ends with 1', async () => {
    const { file, env } = await retailer()
    const plain = await crossdock(['reconcile', '--config', file, '--only', 'warehouse'], env)
    expect(plain.code).toBe(1)
    expect(plain.out).toContain('warehouse/WH (2 against 0 records): 2 differences.')
    expect(plain.out).toContain('the ERP has it, the hub does not.')
    const json = await crossdock(['reconcile', '--config', file, '--only', 'warehouse/WH', '--json'], env)
    const { reconciliations } = JSON.parse(json.out) as { reconciliations: { open: unknown[] }[] }
    expect(reconciliations).toMatchObject([
      { name: 'warehouse/WH', state: 'done', read: [2, 0], found: 2, handedIn: 0 },
    ])
    expect(reconciliations[0]!.open).toHaveLength(2)
    const agreed = await crossdock(['reconcile', '--config', file, '--only', 'orders', '--repair'], env)
    expect([agreed.code, agreed.out]).toEqual([0, 'orders/shopify-main (0 against 0 records): No differences.\n'])
  })

  test('names what there is when it is asked for something else', async () => {
    const { file, env } = await retailer()
    const { code, err } = await crossdock(['reconcile', '--config', file, '--only', 'payments'], env)
    expect(code).toBe(2)
    expect(err).toContain("no comparison called 'payments'. There are: orders/shopify-main, sales/shopify-main")
  })
})
