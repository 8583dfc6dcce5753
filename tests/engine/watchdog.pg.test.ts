/** The watchdog with the real connector and the simulated shop: what vanished is mended, what was missed is read. */
import { expect, test } from 'vitest'
import { asRequest } from '#connectors/kit/testing.ts'
import { CHANNEL, createWorld, MUG, takeHooks } from '#connectors/shopify/testing.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { startBackfill, workBackfill } from '#engine/backfill.ts'
import { regularWork } from '#engine/hub.ts'
import { createReceiver } from '#engine/receive.ts'
import { openSchedules } from '#engine/schedules.ts'
import { turn } from '#engine/turn.ts'
import { maintain } from '#engine/upkeep.ts'
import { calendarSchema, taskSchedule, type Watch } from '#policy/schedule.ts'
import { readBackfills } from '#store/backfill.ts'
import { readWatches } from '#store/watch.ts'
import { readGovernor, saveGovernor, lockGovernor } from '#store/governor.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, aPolicy } from '../support/orders.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A hub that reads orders once a night, so that by day only webhooks and the watchdog bring them. */
async function nightly({ watch }: { watch?: Watch } = {}) {
  const database = await freshDatabase()
  const world = createWorld({ shop: { bucketSize: 1_000_000, restoreRate: 100_000 } })
  const { clock, shop, connection } = world
  shop.addProduct({ ...MUG, available: 1_000 })
  clock.pass(8 * 24 * HOUR)
  const channels = { [CHANNEL]: { ...aPolicy.channels['shop']!, locations: [{ locationId: '7001', pool: 'WH' }] } }
  const logged: string[] = []
  const processOf = (owner: string): Engine => {
    const engine = anEngine(
      database,
      { [CHANNEL]: connection, erp: anErp() },
      { owner, policy: { ...aPolicy, channels } },
    )
    const schedule = taskSchedule.parse({ timeZone: 'Europe/Berlin', tasks: { orders: '0 3 * * *' } })
    const calendar = calendarSchema.parse({ windows: { nights: { opens: '0 22 * * *', closes: '0 4 * * *' } } })
    const configured = { connections: { [CHANNEL]: { schedule, watch } }, calendar }
    const { schedules } = openSchedules(configured, engine.connections)
    const log = (_: string, message: string) => void logged.push(message)
    return { ...engine, schedules, io: { ...world.io, jitter: () => 1, log } }
  }
  const engine = processOf('one')
  const receiver = createReceiver(engine)
  const decide = async () => {
    while ((await turn(engine)) > 0);
  }
  return {
    ...world, database, engine, processOf, logged, decide,
    buy: () => shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] })!,
    /** A while of regular work; webhooks are taken, or refused with the status given. */
    async live(ms: number, { refuse, stepMs = MINUTE }: { refuse?: number; stepMs?: number } = {}) {
      for (let lived = 0; lived < ms; lived += stepMs) {
        clock.pass(stepMs)
        for (const hook of shop.due()) {
          if (!refuse) await receiver.receive(CHANNEL, asRequest(hook, clock.now))
          hook.settle(refuse ?? 200)
        }
        await regularWork(engine, CHANNEL)
        await decide()
      }
    },
    async placed(): Promise<string[]> {
      const rows = await database.query<{ stream: string }>(
        `select stream from journal where type = 'order.placed' order by position`,
      )
      return rows.map(({ stream }) => stream.slice(stream.lastIndexOf('/') + 1))
    },
    subscriptions: () => shop.beliefs().subscriptions,
  } // prettier-ignore
}

test('T14: subscriptions deleted after failures are made again, what was missed arrives once, and is counted', async () => {
  const hub = await nightly()
  await hub.live(2 * MINUTE)
  const all = hub.subscriptions()
  const known = hub.buy()
  await hub.live(5 * MINUTE)
  expect(await hub.placed()).toEqual([known])
  // Its webhooks fail for four hours, then Shopify gives up; upkeep has seen the subscription there all the while.
  const refused = hub.buy()
  await hub.live(4 * HOUR - MINUTE, { refuse: 503, stepMs: 5 * MINUTE })
  expect(hub.subscriptions()).toBe(all)
  for (let n = 0; n < 20 && hub.subscriptions() === all; n += 1) {
    hub.clock.pass(MINUTE)
    for (const hook of hub.shop.due()) hook.settle(503)
  }
  expect(hub.subscriptions()).toBeLessThan(all)
  const unheard = [hub.buy(), hub.buy()]
  expect(takeHooks(hub).filter(({ headers }) => headers['x-shopify-topic'] === 'orders/create')).toEqual([])
  expect(await hub.placed()).toEqual([known])
  await hub.live(10 * MINUTE)
  expect(hub.subscriptions()).toBe(all)
  expect((await hub.placed()).sort()).toEqual([known, refused, ...unheard].sort())
  const orders = (await readBackfills(hub.database, 9)).filter(({ feed }) => feed === 'orders')
  expect(orders).toMatchObject([{ state: 'done', read: 3, missed: 3, report: '3 of 3 were missed' }])
  expect(hub.logged).toContain('a feed was read again')
  expect(
    hub.engine.meter.measured().find(({ name }) => name === 'crossdock_news_missed_total')?.samples,
  ).toContainEqual({
    labels: { connection: CHANNEL, feed: 'orders' },
    value: 3,
  })
  // Nothing of it comes a second time, and the nightly feed goes on from its own cursor.
  await hub.live(24 * HOUR, { stepMs: 20 * MINUTE })
  expect(await hub.placed()).toHaveLength(4)
  expect((await readBackfills(hub.database, 9)).filter(({ feed }) => feed === 'orders')).toHaveLength(1)
})

test('a process that dies between finding the gap and mending it leaves it to the others', async () => {
  const hub = await nightly()
  await hub.live(2 * MINUTE)
  const all = hub.subscriptions()
  const known = hub.buy()
  await hub.live(2 * MINUTE)
  hub.shop.dropSubscriptions()
  const missed = hub.buy()
  hub.clock.pass(10 * MINUTE)
  const dying = hub.processOf('dying')
  const upkeep = hub.connection.upkeep['webhooks']!
  const dies: typeof upkeep = {
    everyMs: upkeep.everyMs,
    run: (onGap) => upkeep.run(async (gap) => {
      await onGap?.(gap)
      throw new Error('killed')
    }),
  } // prettier-ignore
  const connections = new Map([[CHANNEL, { ...hub.connection, upkeep: { webhooks: dies } }]])
  await maintain({ ...dying, connections }, CHANNEL, 'webhooks')
  expect(hub.subscriptions()).toBe(0)
  await hub.live(10 * MINUTE)
  expect(hub.subscriptions()).toBe(all)
  expect(await hub.placed()).toEqual([known, missed])
  // What was heard by webhook is read as well, and is no news.
  const orders = (await readBackfills(hub.database, 9)).filter(({ feed }) => feed === 'orders')
  expect(orders.at(-1)).toMatchObject({ state: 'done', read: 2, missed: 1 })
})

test('the first subscriptions of a connection are no gap', async () => {
  const hub = await nightly()
  await hub.live(10 * MINUTE)
  expect(hub.subscriptions()).toBeGreaterThan(0)
  expect(await readBackfills(hub.database, 9)).toEqual([])
})

test('P10: a connection that is silent is looked at; what it has is read, and said', async () => {
  const hub = await nightly({ watch: { silentAfterMinutes: 120 } })
  await hub.live(2 * MINUTE)
  const heard = hub.buy()
  await hub.live(3 * MINUTE)
  // Webhooks get lost on the way for good: Shopify believes they were taken.
  const lost = [hub.buy(), hub.buy()]
  takeHooks(hub)
  await hub.live(110 * MINUTE, { stepMs: 5 * MINUTE })
  expect(await readWatches(hub.database)).toEqual([])
  await hub.live(20 * MINUTE)
  expect((await hub.placed()).sort()).toEqual([heard, ...lost].sort())
  const [found] = await readWatches(hub.database)
  expect(found).toMatchObject({ connection: CHANNEL, missed: 2 })
  expect(found!.report).toContain('although it has news the hub does not know (at least 2 of orders)')
  expect(await readBackfills(hub.database, 9)).toMatchObject([{ state: 'done', missed: 2 }])
  await hub.live(3 * HOUR, { stepMs: 5 * MINUTE })
  const [calm] = await readWatches(hub.database)
  expect(calm).toMatchObject({ missed: 0 })
  expect(calm!.report).toContain('it has nothing new')
  expect(await readBackfills(hub.database, 9)).toHaveLength(1)
})

test('in quiet hours silence is usual', async () => {
  const hub = await nightly({ watch: { silentAfterMinutes: 30, quiet: 'nights' } })
  await hub.live(2 * MINUTE)
  hub.buy()
  // To 21:50 UTC, then through the night.
  await hub.live(2 * MINUTE)
  hub.clock.now = Math.ceil(hub.clock.now / (24 * HOUR)) * 24 * HOUR + 22 * HOUR
  await hub.live(4 * HOUR, { stepMs: 10 * MINUTE })
  const before = await readWatches(hub.database)
  await hub.live(2 * HOUR, { stepMs: 10 * MINUTE })
  expect([before.length, (await readWatches(hub.database)).length]).toEqual([0, 1])
})

test('a backfill goes on where it was, is fenced, and leaves the cursor of the feed alone', async () => {
  const hub = await nightly()
  await hub.live(2 * MINUTE)
  hub.shop.dropSubscriptions()
  const ids = Array.from({ length: 230 }, () => {
    hub.clock.pass(2_000)
    return hub.buy()
  })
  const cursors = () => hub.database.query('select connection, feed, position from cursor order by feed')
  const before = await cursors()
  const request = { connection: CHANNEL, feed: 'orders', sinceMs: hub.clock.now - HOUR, reason: 'A test.' }
  expect(await startBackfill(hub.engine, request)).toBe(1)
  expect(await startBackfill(hub.engine, { ...request, sinceMs: request.sinceMs + MINUTE })).toBeNull()
  // Twenty pages, then the process is gone with the lease; another goes on when that has ended.
  await workBackfill(hub.engine, CHANNEL)
  const [half] = await readBackfills(hub.database, 1)
  expect(half).toMatchObject({ state: 'open', pages: 20 })
  await hub.database.query(`update backfill set owner = 'dead', attempts = attempts + 1, due_at = $1`, [
    new Date(hub.clock.now + 5 * MINUTE).toISOString(),
  ])
  const other = hub.processOf('other')
  expect(await workBackfill(other, CHANNEL)).toBe(0)
  hub.clock.pass(5 * MINUTE)
  for (let n = 0; n < 10; n += 1) await workBackfill(other, CHANNEL)
  expect(await readBackfills(hub.database, 1)).toMatchObject([{ state: 'done', missed: 230 }])
  expect(await cursors()).toEqual(before)
  await hub.decide()
  expect((await hub.placed()).sort()).toEqual([...ids].sort())
})

test('a process that was too slow with its page changes nothing of what another went on with', async () => {
  const hub = await nightly()
  await hub.live(2 * MINUTE)
  hub.shop.dropSubscriptions()
  for (let n = 0; n < 130; n += 1) {
    hub.clock.pass(2_000)
    hub.buy()
  }
  const [slow, other] = [hub.processOf('slow'), hub.processOf('other')]
  await startBackfill(slow, { connection: CHANNEL, feed: 'orders', sinceMs: hub.clock.now - HOUR, reason: 'A test.' })
  const { orders } = hub.connection.feeds
  let delays = 1
  const read: NonNullable<typeof orders>['read'] = async (cursor) => {
    const page = await orders!.read(cursor)
    if ((delays -= 1) === 0) {
      hub.clock.pass(6 * MINUTE)
      await workBackfill(other, CHANNEL)
    }
    return page
  }
  const feeds = { ...hub.connection.feeds, orders: { ...orders!, read } }
  await workBackfill({ ...slow, connections: new Map([[CHANNEL, { ...hub.connection, feeds }]]) }, CHANNEL)
  expect(await readBackfills(hub.database, 1)).toMatchObject([{ state: 'open', pages: 20, read: 100 }])
  await workBackfill(other, CHANNEL)
  expect(await readBackfills(hub.database, 1)).toMatchObject([{ state: 'done', read: 130, missed: 130 }])
})

test('what cannot be read again is refused with what can', async () => {
  const hub = await nightly()
  const ask = (feed: string, sinceMs = 0) =>
    startBackfill(hub.engine, { connection: CHANNEL, feed, sinceMs, reason: '' })
  await expect(ask('stock')).rejects.toThrow("has no feed 'stock' that can be read again. It has: orders, products.")
  await expect(ask('orders', hub.clock.now + 1)).rejects.toThrow('lies ahead')
})

test('an app that was removed and installed again is no longer lost, and only then something is said', async () => {
  const hub = await nightly()
  await hub.live(10 * MINUTE)
  const restored = () => hub.database.query(`select 1 from inbox where key like 'connection.restored/%'`)
  const status = async () =>
    (
      await hub.database.query<{ status: string }>('select status from stream where stream = $1', [
        `connection/${CHANNEL}`,
      ])
    )[0]?.status
  expect(await status()).toBeUndefined()
  hub.shop.uninstall()
  await hub.live(20 * MINUTE)
  expect(await status()).toBe('lost')
  expect(await restored()).toEqual([])
  hub.shop.install()
  const missed = hub.buy()
  await hub.live(10 * MINUTE)
  expect(await status()).toBe('connected')
  expect(await restored()).toHaveLength(1)
  expect(await hub.placed()).toEqual([missed])
  await hub.live(30 * MINUTE, { stepMs: 5 * MINUTE })
  expect(await restored()).toHaveLength(1)
})

test('an open breaker keeps feeds and upkeep from calling; one of them may be the call that finds out', async () => {
  const hub = await nightly()
  await hub.live(2 * MINUTE)
  const open = async (probeInMs: number) => {
    const probe_at = new Date(hub.clock.now + probeInMs).toISOString()
    await hub.database.transaction(async (sql) => {
      const row = await lockGovernor(sql, CHANNEL)
      const opened_at = new Date(hub.clock.now).toISOString()
      await saveGovernor(sql, { ...row, state: 'open', opened_at, probe_at, failures: 5, reason: 'It is away.' })
    })
  }
  const asked = () => hub.shop.beliefs().requests
  await open(30 * MINUTE)
  const before = asked()
  await hub.live(25 * MINUTE)
  expect(asked()).toBe(before)
  hub.shop.uninstall()
  await hub.live(10 * MINUTE)
  // Each probe was refused, and longer until the next. The first also tried the token it had.
  const { state, failures } = await readGovernor(hub.database, CHANNEL)
  expect([state, failures]).toEqual(['open', 5 + asked() - before - 1])
  expect(failures).toBeGreaterThan(5)
  hub.shop.install()
  await hub.live(10 * MINUTE)
  expect(await readGovernor(hub.database, CHANNEL)).toMatchObject({ state: 'closed', failures: 0 })
  const lanes = lanesOf(CHANNEL, hub.connection)
  for (const lane of lanes) while ((await dispatch(hub.engine, lane)) > 0);
})
