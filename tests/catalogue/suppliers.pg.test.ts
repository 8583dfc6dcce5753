/** A supplier's lists on their way to Odoo's vendor price list, through the whole hub. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createSupplier, type SimulatedSupplier } from '#connectors/supplier/simulator/index.ts'
import { configFor, placeAt } from '#connectors/supplier/testing.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { regularWork } from '#engine/hub.ts'
import { tellStream } from '#engine/person.ts'
import { openSchedules } from '#engine/schedules.ts'
import { mappingDesk } from '#insight/mapping-desk.ts'
import { calendarSchema, taskSchedule } from '#policy/schedule.ts'
import { createRandom } from '#sim/random.ts'
import { listLetters } from '#store/dead-letters.ts'
import { readState } from '#store/views.ts'
import { readWatches } from '#store/watch.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const ACME = 'acme'
const MINUTE_MS = 60_000
const ARTICLES = 30
let retailer: Retailer
let vendor: SimulatedSupplier
let requests = 0

async function start(many = ARTICLES): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-supplier-'))
  const { supplier: _, ...config } = configFor(folder, { bounds: { vanishPercent: 20, jumpsPercent: 20 } })
  retailer = await aRetailer(await freshDatabase(), {
    configure: (own) => ({
      ...own,
      connections: {
        ...own.connections,
        [ACME]: {
          connector: 'supplier',
          config: { ...config, supplier: { name: 'Acme Ltd' } },
        } as never,
      },
      policy: { ...own.policy, mappings: { [ACME]: { skus: { A2: 'OURS-2' }, shippingMethods: {} } } } as never,
    }),
  })
  const now = () => retailer.clock.ms
  vendor = createSupplier(configFor(folder), placeAt(folder, now), { now, random: createRandom(5).next })
  vendor.seed(many)
  for (let n = 1; n <= ARTICLES; n += 1) retailer.estate.erp.addProduct({ sku: n === 2 ? 'OURS-2' : `S${n}` })
}
beforeEach(() => start())

async function pass(minutes = 10): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 5) {
    await ringAlarms(retailer.engine)
    await regularWork(retailer.engine, ACME)
    await retailer.later(5 * MINUTE_MS)
    for (const lane of lanesOf(ACME, retailer.engine.connections.get(ACME)!))
      while ((await dispatch(retailer.engine, lane)) > 0) await retailer.work()
    await retailer.work()
  }
}

const offers = () => retailer.estate.erp.beliefs().supplierOffers
const writes = () => retailer.estate.erp.beliefs().calls['product.supplierinfo.load'] ?? 0
const current = () => offers().flatMap(({ article, until }) => (until === null ? [article] : []))
const state = async <T>(stream: string): Promise<T> =>
  (await readState(retailer.engine.database, stream))!.state as unknown as T
const tell = (stream: string, type: string) => tellStream(retailer.engine, stream, { type }, `r${(requests += 1)}`)
const desk = async () =>
  (await mappingDesk(retailer.engine.database, [])).filter(({ connection }) => connection === ACME)

/** What the supplier believes it offers is what Odoo has, to the cent. */
function expectAgreed(): void {
  const sold = vendor.beliefs().filter(({ discontinued }) => !discontinued)
  const theirs = sold.map(({ article, cents, minQuantity, leadDays }) => ({
    supplier: 'Acme Ltd',
    sku: article === 'A2' ? 'OURS-2' : article.replace('A', 'S'),
    article,
    minQuantity,
    price: cents / 100,
    currency: 'USD',
    leadDays,
    until: null,
  }))
  const order = (a: { article: string | null }, b: { article: string | null }) => (a.article! < b.article! ? -1 : 1)
  expect(offers().filter(({ until }) => until === null).sort(order)).toEqual(theirs.sort(order)) // prettier-ignore
}

test('the first list, then changes, then articles that are gone: Odoo has what the supplier offers', async () => {
  await vendor.sendWhole()
  await pass()
  expectAgreed()
  expect(offers()).toHaveLength(ARTICLES)
  const first = writes()
  vendor.change('A1', { cents: vendor.beliefs()[0]!.cents + 5 })
  vendor.change('A3', { stock: 1 })
  vendor.drop('A4')
  vendor.change('A5', { discontinued: true })
  await vendor.sendWhole()
  await pass()
  expectAgreed()
  expect(writes() - first).toBe(1)
  const ended = offers().filter(({ until }) => until !== null)
  expect(ended.map(({ article, until }) => [article, until])).toEqual([
    ['A4', '2026-11-19'],
    ['A5', '2026-11-19'],
  ])
  expect(await state(`supply/${ACME}/1/A3`)).toMatchObject({ offer: { stock: 1 }, trouble: null })
})

test('a doubled list writes nothing; missed ones are caught up with in their order', async () => {
  await vendor.sendWhole()
  await pass()
  const before = writes()
  await vendor.sendAgain()
  await pass()
  expect(writes()).toBe(before)
  for (let missed = 0; missed < 4; missed += 1) {
    vendor.drift(0.5)
    await vendor.sendWhole()
  }
  await pass(20)
  expectAgreed()
})

test('half a list is a dead letter with its line, and changes nothing; the whole one makes up for it', async () => {
  await vendor.sendWhole()
  await pass()
  const before = offers()
  vendor.drift(1)
  await vendor.sendWhole((text) => text.slice(0, text.length / 2))
  await pass()
  expect(offers()).toEqual(before)
  const letters = await listLetters(retailer.engine.database, { state: 'open' }, { before: null, limit: 10 })
  expect(letters).toMatchObject([{ code: 'supplier.bad_list', connection: ACME }])
  expect(letters[0]!.message).toMatch(/list-00002\.csv is refused, line \d+, column \d+: /)
  await vendor.sendWhole()
  await pass()
  expectAgreed()
})

test('an article that is none of ours is a case and holds its row alone; once there is a product it is bought', async () => {
  await start(ARTICLES + 1)
  await vendor.sendWhole()
  await pass()
  expect(current()).toHaveLength(ARTICLES)
  const unknown = `A${ARTICLES + 1} (S${ARTICLES + 1})`
  expect(await desk()).toEqual([{ kind: 'sku', connection: ACME, about: unknown, count: 1, holds: 'offers' }])
  retailer.estate.erp.addProduct({ sku: `S${ARTICLES + 1}` })
  retailer.clock.ms += 25 * 60 * MINUTE_MS
  await pass()
  expectAgreed()
  expect(await desk()).toEqual([])
})

test('a price that jumps waits for its owner, who lets it through; the rest goes on', async () => {
  await vendor.sendWhole()
  await pass()
  const [one, two] = vendor.beliefs()
  vendor.change('A1', { cents: one!.cents * 3 })
  vendor.change('A2', { cents: two!.cents + 1 })
  await vendor.sendWhole()
  await pass()
  expect(offers().find(({ article }) => article === 'A1')!.price).toBe(one!.cents / 100)
  expect(offers().find(({ article }) => article === 'A2')!.price).toBe((two!.cents + 1) / 100)
  expect(await state(`supply/${ACME}/1/A1`)).toMatchObject({ trouble: { code: 'price_jump', owner: 'purchasing' } })
  await tell(`supply/${ACME}/1/A1`, 'supply.accept')
  await pass()
  expectAgreed()
})

test('a list without a third of its articles waits, and is taken when a person lets it through', async () => {
  await vendor.sendWhole()
  await pass()
  for (let n = 1; n <= 10; n += 1) vendor.drop(`A${n}`)
  await vendor.sendWhole()
  await pass()
  expect(current()).toHaveLength(ARTICLES)
  expect(await state(`supplier/${ACME}`)).toMatchObject({ waiting: { file: 'list-00002.csv', owner: 'purchasing' } })
  await tell(`supplier/${ACME}`, 'supplier.allow')
  await pass(20)
  expectAgreed()
  expect(current()).toHaveLength(ARTICLES - 10)
  expect(await state(`supplier/${ACME}`)).toMatchObject({ waiting: null, last: { ended: 10 } })
})

/** As the configuration of the connection says it. */
function timed(change: { schedule?: object; watch?: { silentAfterMinutes: number } }): void {
  const schedule = change.schedule && taskSchedule.parse(change.schedule)
  const configured = { [ACME]: { ...change, schedule } }
  const calendar = calendarSchema.parse({})
  const { schedules } = openSchedules({ connections: configured, calendar }, retailer.engine.connections)
  retailer.engine.schedules = schedules
}

test('by a schedule the lists are taken every four hours, and all that were left meanwhile', async () => {
  timed({ schedule: { tasks: { lists: '0 */4 * * *' } } })
  await pass()
  for (let lists = 0; lists < 3; lists += 1) {
    vendor.drift(0.5)
    await vendor.sendWhole()
  }
  await pass()
  expect(offers()).toEqual([])
  retailer.clock.ms += 4 * 60 * MINUTE_MS
  await pass()
  expectAgreed()
  expect(await state(`supplier/${ACME}`)).toMatchObject({ last: { file: 'list-00003.csv' } })
})

test('a supplier from whom nothing comes is told of', async () => {
  timed({ watch: { silentAfterMinutes: 720 } })
  await vendor.sendWhole()
  await pass()
  retailer.clock.ms += 13 * 60 * MINUTE_MS
  await pass()
  const told = await readWatches(retailer.engine.database)
  expect(told).toMatchObject([{ connection: ACME, report: expect.stringMatching(/^Silent since .*nothing new/) }])
})
