/** The hub in shadow beside another integration: what that one does wrong is found, and the hub touches nothing. */
import { describe, expect, test } from 'vitest'
import { openConnections } from '#connectors/catalogue.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { regularWork } from '#engine/hub.ts'
import { createMeter } from '#engine/meter.ts'
import { turn } from '#engine/turn.ts'
import { shadowReport } from '#insight/shadow.ts'
import { policyOf } from '#policy/policy.ts'
import { configFor, createEstate, ERP, ESTATE_SECRETS, SHOP } from '#sim/estate.ts'
import { createRandom } from '#sim/random.ts'
import { secretReader } from '../../src/config.ts'
import { realIo } from '../../src/io.ts'
import { freshDatabase } from '../support/database.ts'
import { HOSTS } from '../replay/support.ts'
import { createOldConnector } from './old-connector.ts'

const MINUTE = 60_000

/** What a request asks for: `query`, `mutation`, or the method that is called. */
async function verbOf(request: Request): Promise<string> {
  const text = await request.clone().text()
  if (!request.url.includes('graphql')) {
    const call = /"execute_kw"/.test(text)
      ? /"execute_kw",\s*"args":\s*\[[^[]*?"([\w.]+)",\s*"(\w+)",/.exec(text)
      : null
    return call ? call[2]! : new URL(request.url).pathname
  }
  return /^\s*mutation/.test((JSON.parse(text) as { query: string }).query) ? 'mutation' : 'query'
}

async function world() {
  const database = await freshDatabase()
  const clock = { ms: Date.parse('2026-11-20T08:00:00.000Z') }
  const random = createRandom(5)
  const estate = createEstate({ now: () => clock.ms, random: random.next }, random, { skus: 9, stock: [20, 20] })
  for (const { sku } of estate.products) estate.shop.setAvailable(sku, 20)
  const verbs = new Map<string, number>()
  const io = realIo({
    now: () => clock.ms,
    jitter: () => 0.5,
    secret: secretReader('.', {}, ESTATE_SECRETS),
    async fetch(request) {
      const verb = await verbOf(request)
      verbs.set(verb, (verbs.get(verb) ?? 0) + 1)
      return request.url.startsWith(HOSTS.shop) ? estate.shop.fetch(request) : estate.erp.fetch(request)
    },
  })
  const config = configFor(HOSTS)
  const shadows = Object.fromEntries(
    Object.entries(config.connections).map(([name, one]) => [name, { ...one, shadow: true }]),
  )
  const pace = { everyMs: 30_000, missingMs: 5 * MINUTE }
  const { connections } = openConnections({ connections: shadows, publicUrl: HOSTS.hub, pace }, io)
  const engine: Engine = {
    database, io, connections, erp: ERP, policy: policyOf(config.policy), owner: 'shadow', meter: createMeter(), parallel: 1,
    epoch: 0,
  } // prettier-ignore
  const lanes = [...connections].flatMap(([name, connection]) => lanesOf(name, connection))
  const old = createOldConnector(estate, () => clock.ms)

  /** Everybody works for so many minutes. */
  const pass = async (minutes: number) => {
    for (let half = 0; half < minutes * 2; half += 1) {
      clock.ms += 30_000
      await old.sync()
      for (const name of connections.keys()) await regularWork(engine, name)
      for (let work = 1; work > 0;) {
        work = await turn(engine)
        for (const lane of lanes) work += await dispatch(engine, lane)
      }
    }
  }
  const buy = (sku: string, quantity = 1) =>
    estate.shop.placeOrder({
      lines: [{ sku, quantity }],
      customer: {
        firstName: 'Ada',
        lastName: 'Byron',
        email: 'ada@example.com',
        address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
      },
      financialStatus: 'paid',
    })!
  const report = async () => {
    const policy = { shadow: { overDays: 1, recordsMin: 5 } }
    const found = await shadowReport(database, [SHOP, ERP], { policy, nowMs: clock.ms, limit: 500 })
    return new Map(found.map((one) => [one.connection, one]))
  }
  const skus = estate.products.map(({ sku }) => sku)
  return { database, clock, estate, engine, old, pass, buy, report, verbs, skus }
}

/** Calls that change nothing over there. */
const READS = new Set([
  'query', 'search_read', 'read', 'search', 'search_count', 'fields_get', 'check_object_reference', 'has_access',
  'check_access_rights', 'read_group', 'authenticate', 'version',
]) // prettier-ignore

describe('T27', () => {
  test('T27: the differences of an old integration are all found, none is invented, and the hub writes nothing', async () => {
    const { estate, old, pass, buy, report, verbs, skus, database } = await world()
    await pass(10)
    const wrong = {
      quantity: buy(skus[0]!), price: buy(skus[1]!), forgotten: buy(skus[2]!), twice: buy(skus[3]!), 'extra line': buy(skus[4]!),
    } as const // prettier-ignore
    for (const [mistake, id] of Object.entries(wrong)) old.mistakes.set(id, mistake as keyof typeof wrong)
    old.wrongStock.set(skus[6]!, -3)
    const right = [buy(skus[5]!), buy(skus[7]!, 2), buy(skus[7]!)]
    // Goods arrive: what the shop is to show changes, of one SKU to a wrong number.
    estate.erp.receive(skus[6]!, 'WH', 5)
    estate.erp.receive(skus[8]!, 'WH', 5)
    await pass(20)
    const found = await report()
    const named = (connection: string) => [
      ...new Set(
        found.get(connection)!.first.map(({ stream, field, verdict, type }) => `${type} ${stream} ${field} ${verdict}`),
      ),
    ] // prettier-ignore
    const sale = (id: string, what: string) => `sale.ensure order/${SHOP}/${id} ${what}`
    const extra = skus.at(-1)!
    expect(named(ERP).sort()).toEqual(
      [
        sale(wrong.quantity, `${skus[0]} quantity different`),
        sale(wrong.quantity, 'total different'),
        sale(wrong.price, `${skus[1]} price different`),
        sale(wrong.price, 'total different'),
        sale(wrong.forgotten, ' missing'),
        sale(wrong.twice, 'sales different'),
        sale(wrong['extra line'], `${extra} quantity extra`),
        sale(wrong['extra line'], `${extra} price extra`),
        sale(wrong['extra line'], 'total different'),
      ].sort(),
    )
    expect(named(SHOP)).toEqual([`inventory.set stock/WH/${skus[6]} available different`])
    expect(found.get(SHOP)!.byField).toEqual([
      { type: 'inventory.set', field: 'available', verdict: 'different', count: 1 },
    ])
    expect(found.get(ERP)).toMatchObject({ missing: 1, different: 4 })
    for (const id of right) {
      const rows = await database.query(`select verdict from shadow_diff where stream = $1`, [`order/${SHOP}/${id}`])
      expect(rows).toEqual([{ verdict: 'same' }])
      const [row] = await database.query(`select status from stream where stream = $1`, [`order/${SHOP}/${id}`])
      expect(row).toEqual({ status: 'confirmed' })
    }
    const written = [...verbs.keys()].filter((verb) => !READS.has(verb) && !verb.startsWith('/'))
    expect(written).toEqual([])
    expect(estate.shop.beliefs().subscriptions).toBe(0)
    expect(estate.erp.beliefs().sales).toHaveLength(8)
    expect(found.get(ERP)).toMatchObject({ verdict: 'stop' })
  })
})
