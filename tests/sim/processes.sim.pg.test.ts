/**
 * Days in which the clocks of the hub's processes disagree, and one thing that must never happen whatever is killed: a
 * second sale.
 */
import { expect, test } from 'vitest'
import { dispatchAll, type HubProcess, readOwed, startProcess } from '#sim/processes.ts'
import { configFor, createEstate, ERP, type Estate, ESTATE_SECRETS, SHOP } from '#sim/estate.ts'
import { createPeople } from '#sim/people.ts'
import { createRandom } from '#sim/random.ts'
import { runWorld } from '#sim/world.ts'
import { regularWork } from '#engine/hub.ts'
import { turn } from '#engine/turn.ts'
import type { Database } from '#store/database.ts'
import { secretReader } from '../../src/config.ts'
import { realIo } from '../../src/io.ts'
import { freshDatabase } from '../support/database.ts'

const MINUTE = 60_000

test.each([201, 202, 203, 204, 205])(
  'seed %i with clocks ten minutes ahead and behind is a day like others',
  async (seed) => {
    const report = await runWorld(await freshDatabase(), { seed, skewsMs: [0, 10 * MINUTE, -10 * MINUTE] })
    expect(report.findings).toEqual([])
    expect(report.orders).toBeGreaterThan(0)
  },
)

interface Day {
  database: Database
  estate: Estate
  clock: { ms: number }
  start(host: string, onSale?: (process: HubProcess) => void): Promise<HubProcess>
}

async function aDay(): Promise<Day> {
  const database = await freshDatabase()
  const clock = { ms: Date.parse('2026-11-20T08:00:00.000Z') }
  const random = createRandom(11)
  const estate = createEstate({ now: () => clock.ms, random: random.next }, random, { skus: 2, stock: [5, 9] })
  const hosts: Record<string, Estate['shop']['fetch']> = { 'shop.sim': estate.shop.fetch, 'odoo.sim': estate.erp.fetch }
  const config = configFor({ shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://127.0.0.1:4870' })
  const start: Day['start'] = async (host, onSale) => {
    const io = realIo({
      now: () => clock.ms,
      jitter: () => 0,
      secret: secretReader('.', {}, ESTATE_SECRETS),
      async fetch(request) {
        if (process.fuse.died) throw new Error('the process has died')
        const before = sales(estate)
        const response = await hosts[new URL(request.url).host]!(request)
        if (sales(estate) !== before) onSale?.(process)
        if (process.fuse.died) throw new Error('the process has died')
        return response
      },
    })
    const process = startProcess(host, database, {
      config,
      io,
      wrap: (fetch) => fetch,
      elapsed: () => clock.ms,
      epoch: 0,
    })
    await process.life.beat()
    return process
  }
  return { database, estate, clock, start }
}

/** What Odoo holds: every sale with its state, and what it was reserved. */
const sales = ({ erp }: Estate): string => JSON.stringify(erp.beliefs().sales)

const countEvents = async (database: Database): Promise<number> =>
  (await database.query<{ count: number }>('select count(*) from journal'))[0]!.count

/** Works until nothing happens any more. Throws when the process dies. */
async function work(process: HubProcess, { database, estate, clock }: Day): Promise<void> {
  // How far a channel is caught up is told three minutes behind its clock, and may be waited for.
  for (let idle = 0; idle < 5;) {
    const before = await countEvents(database)
    clock.ms += MINUTE
    for (const hook of estate.shop.due()) hook.settle(200)
    await process.life.beat()
    for (const name of [SHOP, ERP]) await regularWork(process.engine, name)
    const owed = await readOwed(database)
    await turn(process.engine)
    const found = (await dispatchAll(process, owed)) + (await countEvents(database)) - before
    idle = found === 0 ? idle + 1 : 0
  }
}

test('T17: a process killed between any change in Odoo and its own finish leaves one sale in Odoo’s books', async () => {
  const day = await aDay()
  const { estate, clock } = day
  let kill = false
  // It dies in the moment in which Odoo has done something and nobody has heard of it.
  let doomed = await day.start('first', (process) => (process.fuse.died ||= kill))
  await work(doomed, day)
  const people = createPeople(estate, createRandom(3))
  while (people.placed === 0) people.buy()
  while (people.pay());
  kill = true
  let deaths = 0
  const rescuer = async (): Promise<HubProcess> => {
    const process = await day.start(`next ${deaths}`, (one) => (one.fuse.died ||= kill))
    // Nobody waits five minutes for what the dead one held.
    for (let beats = 0; beats < 7; beats += 1) {
      clock.ms += 3_000
      await process.life.beat()
    }
    return process
  }
  for (; deaths < 20; deaths += 1) {
    const ended = await work(doomed, day).then(
      () => true,
      () => false,
    )
    if (ended) break
    doomed = await rescuer()
  }
  expect(deaths).toBeGreaterThan(1)
  expect(deaths).toBeLessThan(20)
  const { orders } = estate.shop.beliefs()
  const books = estate.erp.beliefs().sales
  expect(books.map(({ state }) => state)).toEqual(orders.map(() => 'sale'))
  expect(estate.erp.beliefs().duplicates).toEqual([])
})
