/** Call after call in a serial lane, while the end of the last one is being written: on a real PostgreSQL. */
import { expect, test } from 'vitest'
import type { Lane } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { workLane } from '#engine/lane-work.ts'
import type { Database } from '#store/database.ts'
import { insertIntents } from '#store/outbox.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { beforeEnds, START_MS } from '../support/fleet.ts'
import { anEngine, anErp, aShop } from '../support/orders.ts'

const CONFIRM: Lane = { connection: 'erp', name: 'confirm', types: ['sale.ensure', 'sale.cancel'] }

/** An ERP that notes each call; and whoever writes the end of one waits until the test lets him. */
async function world({ adaptive = false, fails = (_key: string): boolean => false } = {}) {
  const database = await freshDatabase()
  const clock = { ms: START_MS }
  const called: string[] = []
  const held: (() => void)[] = []
  const state = { holds: false, dies: false, stopping: false }
  const send = async (sent: readonly { key: string }[]) => {
    called.push(...sent.map(({ key }) => key))
    if (sent.some(({ key }) => fails(key))) throw new Fault('unavailable', 'It is away.')
    return sent.map(() => ({ answer: {} })) as never
  }
  const serial = { serial: 'confirm', batch: 1, send }
  const erp = { ...anErp(), adaptive, concurrency: 1, outbound: { 'sale.ensure': serial, 'sale.cancel': serial } }
  /** The statement that finishes begins only when it is let go. */
  const ends = beforeEnds(database, async () => {
    if (state.dies) throw new Error('died')
    if (state.holds) await new Promise<void>((go) => held.push(go))
  })
  const processOf = (owner: string, on = database): Engine => {
    const engine = anEngine(on, { shop: aShop(), erp }, { owner, parallel: 8 })
    return { ...engine, io: { ...engine.io, now: () => clock.ms, jitter: () => 1, log: () => {} } }
  }
  let finished = 0
  const work = (engine: Engine) =>
    workLane(engine, CONFIRM, { isStopping: () => state.stopping, onFinished: () => (finished += 1) })
  return {
    database, clock, called, held, state, work, other: processOf('other'), finished: () => finished,
    engine: processOf('one', ends),
  } // prettier-ignore
}

const owe = (database: Database, keys: readonly (readonly [stream: string, version: number, type: string])[]) =>
  insertIntents(
    database,
    keys.map(([stream, version, type]) => ({
      key: `${stream}/${version}/0`, stream, version, connection: 'erp', type, correlation: stream, priority: 3,
      ask: '{}',
    })),
    new Date(START_MS).toISOString(),
  ) // prettier-ignore

const until = async (done: () => boolean) => {
  while (!done()) await new Promise((resolve) => setImmediate(resolve))
}

test.each([false, true])(
  'the next call begins before the end of the last is written (adaptive: %s)',
  async (adaptive) => {
    const { database, engine, called, held, state, work, finished } = await world({ adaptive })
    await owe(database, [['order/a', 1, 'sale.ensure'], ['order/b', 1, 'sale.ensure'], ['order/c', 1, 'sale.ensure']]) // prettier-ignore
    state.holds = true
    const working = work(engine)
    await until(() => called.length === 2)
    expect(await database.query(`select 1 from outbox where state = 'done'`)).toEqual([])
    // Only one end is under way: the third call waits until the first is written.
    await until(() => held.length === 1)
    state.holds = false
    held[0]!()
    expect(await working).toBe(3)
    expect(finished()).toBe(3)
    const rows = await database.query<{ key: string }>(`select key from inbox order by id`)
    expect(rows.map(({ key }) => key)).toEqual(['answer/order/a/1/0', 'answer/order/b/1/0', 'answer/order/c/1/0'])
  },
)

test('what follows in a stream is not called before the end of what precedes it is written', async () => {
  const { database, engine, called, held, state, work } = await world()
  await owe(database, [['order/a', 1, 'sale.ensure'], ['order/a', 2, 'sale.cancel'], ['order/b', 1, 'sale.ensure']]) // prettier-ignore
  state.holds = true
  const working = work(engine)
  await until(() => called.length === 2 && held.length === 1)
  expect(called).toEqual(['order/a/1/0', 'order/b/1/0'])
  state.holds = false
  held[0]!()
  await working
  while ((await work(engine)) > 0);
  expect(called).toEqual(['order/a/1/0', 'order/b/1/0', 'order/a/2/0'])
})

test('a process that dies before it has written anything: all it asked is asked again under its key', async () => {
  const { database, engine, other, clock, called, state, work } = await world()
  await owe(database, [['order/a', 1, 'sale.ensure'], ['order/a', 2, 'sale.cancel'], ['order/b', 1, 'sale.ensure']]) // prettier-ignore
  state.dies = true
  await expect(work(engine)).rejects.toThrow('died')
  const made = [...called]
  expect(made).toEqual(['order/a/1/0', 'order/b/1/0'])
  expect(await work(other)).toBe(0)
  clock.ms += 5 * 60_000
  called.length = 0
  while ((await work(other)) > 0);
  expect(called.toSorted()).toEqual(['order/a/1/0', 'order/a/2/0', 'order/b/1/0'])
  expect(called.indexOf('order/a/1/0')).toBeLessThan(called.indexOf('order/a/2/0'))
  expect(await database.query(`select 1 from outbox where state <> 'done'`)).toEqual([])
  expect(await database.query(`select 1 from inbox`)).toHaveLength(3)
})

test('after a call that failed nothing is called before that is written, and a hub that stops makes no more', async () => {
  const { database, engine, called, state, work } = await world({ fails: (key) => key.startsWith('order/a') })
  await owe(database, [['order/a', 1, 'sale.ensure'], ['order/b', 1, 'sale.ensure'], ['order/c', 1, 'sale.ensure']]) // prettier-ignore
  expect(await work(engine)).toBe(1)
  expect(await database.query(`select 1 from outbox where fault is not null`)).toHaveLength(1)
  state.stopping = true
  expect(await work(engine)).toBe(0)
  expect(called).toEqual(['order/a/1/0'])
})
