/** The pace of an adaptive connection is learnt by all processes together and kept: on a real PostgreSQL. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Connection } from '#connectors/kit/connector.ts'
import { dispatch, type Lane } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import type { Database } from '#store/database.ts'
import { reserveGovernor } from '#store/governor.ts'
import { changePace, paced, unknownPace } from '#store/pace.ts'
import { insertIntents } from '#store/outbox.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, aShop } from '../support/orders.ts'

const START_MS = Date.parse('2026-11-27T10:00:00.000Z')
const CUSTOMERS: Lane = { connection: 'erp', name: 'customer.ensure', types: ['customer.ensure'] }

/** Processes with a memory of their own that meet the same outside. Its answers wait until they are let go. */
async function world(concurrency: number) {
  const database = await freshDatabase()
  const waiting: (() => void)[] = []
  const calls = new Map<string, number>()
  const state = { conflicts: false }
  const processOf = (owner: string): Engine => {
    const send = async (sent: readonly unknown[]) => {
      calls.set(owner, (calls.get(owner) ?? 0) + 1)
      await new Promise<void>((go) => waiting.push(go))
      if (state.conflicts) throw new Fault('conflict', 'could not serialize access')
      return sent.map(() => ({ answer: { partnerId: '1' } })) as never
    }
    const outbound = { 'customer.ensure': { send } }
    const erp: Connection = { ...anErp(), adaptive: true, concurrency, outbound }
    const engine = anEngine(database, { shop: aShop(), erp }, { owner })
    return { ...engine, io: { ...engine.io, now: () => START_MS, jitter: () => 1, log: () => {} } }
  }
  return { database, processOf, waiting, calls, state, open: () => waiting.splice(0).forEach((go) => go()) }
}

const owe = (database: Database, count: number) =>
  insertIntents(
    database,
    Array.from({ length: count }, (_, n) => ({
      key: `customer/${n}/1/0`, stream: `customer/${n}`, version: 1, connection: 'erp', type: 'customer.ensure',
      correlation: 'c', priority: 7, ask: JSON.stringify({ key: String(n), name: 'n', externalRef: 'x' }),
    })),
    new Date(START_MS).toISOString(),
  ) // prettier-ignore

const paceIn = async (database: Database) => {
  const reserve = { lock: null, busySince: new Date(START_MS).toISOString(), owner: 'nobody' }
  return (await reserveGovernor(database, 'erp', reserve)).pace
}

const until = async (done: () => boolean) => {
  while (!done()) await new Promise((resolve) => setImmediate(resolve))
}

test('two processes both call as soon as the system is known to bear two calls, though only one of them learnt it', async () => {
  const { database, processOf, waiting, calls, open } = await world(4)
  await owe(database, 20)
  const [one, two] = [processOf('one'), processOf('two')]
  for (let call = 0; call < 8; call += 1) {
    const made = dispatch(one, CUSTOMERS)
    await until(() => waiting.length === 1)
    open()
    await made
  }
  expect(calls.get('two')).toBeUndefined()
  const both = [dispatch(one, CUSTOMERS)]
  await until(() => waiting.length === 1)
  both.push(dispatch(two, CUSTOMERS))
  await until(() => waiting.length === 2)
  // The two calls are all of it: a third process has none.
  expect(await dispatch(processOf('three'), CUSTOMERS)).toBe(0)
  open()
  expect(await Promise.all(both)).toEqual([1, 1])
  expect([...calls]).toEqual([['one', 9], ['two', 1]]) // prettier-ignore
})

test('what was learnt survives a restart, and a conflict met by one process binds all', async () => {
  const { database, processOf, waiting, state, open } = await world(2)
  await owe(database, 30)
  const work = async (engine: Engine) => {
    const made = dispatch(engine, CUSTOMERS)
    await until(() => waiting.length === 1)
    open()
    await made
  }
  const first = processOf('first')
  for (let call = 0; call < 7; call += 1) await work(first)
  expect(await paceIn(database)).toEqual({ atOnce: 2, lowered: 0 })
  const [again, other] = [processOf('again'), processOf('other')]
  const one = dispatch(again, CUSTOMERS)
  await until(() => waiting.length === 1)
  const two = dispatch(other, CUSTOMERS)
  await until(() => waiting.length === 2)
  state.conflicts = true
  open()
  await Promise.all([one, two])
  // Both calls met one and the same crowd: it is halved once.
  expect(await paceIn(database)).toEqual({ atOnce: 1, lowered: 1 })
  state.conflicts = false
  const alone = dispatch(again, CUSTOMERS)
  await until(() => waiting.length === 1)
  expect(await dispatch(other, CUSTOMERS)).toBe(0)
  open()
  await alone
})

test('each process has its share: one with work in many lanes leaves room for the other', async () => {
  const { database, processOf, waiting, open } = await world(4)
  await owe(database, 20)
  await database.query(`insert into governor (connection, at_once) values ('erp', 4)`)
  const at = new Date(START_MS).toISOString()
  for (const id of ['one', 'two'])
    await database.query(
      `insert into process (id, host, pid, version, migrations, started_at, beat_at) values ($1, 'h', 1, 'v', 1, $2, $2)`,
      [id, at],
    )
  const [one, two] = [processOf('one'), processOf('two')]
  // The first learns how many there are; then it may have two of the four.
  const greedy = [dispatch(one, CUSTOMERS)]
  await until(() => waiting.length === 1)
  for (let lane = 0; lane < 5; lane += 1) greedy.push(dispatch(one, CUSTOMERS))
  await until(() => waiting.length === 2)
  const modest = [dispatch(two, CUSTOMERS)]
  await until(() => waiting.length === 3)
  modest.push(dispatch(two, CUSTOMERS))
  await until(() => waiting.length === 4)
  const all = Promise.all([...greedy, ...modest])
  let ended = false
  void all.then(() => (ended = true))
  await until(() => (open(), ended))
  expect((await all).reduce((sum, count) => sum + count, 0)).toBe(8)
})

test('the row changes as the arithmetic says', async () => {
  const database = await freshDatabase()
  const change = fc.record({
    raise: fc.boolean(),
    amount: fc.constantFrom(0.25, 0.3, 0.5, 0.8),
    stale: fc.boolean(),
  })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 12 }), fc.integer({ min: 1, max: 8 }), async (changes, most) => {
      run += 1
      const name = `erp-${run}`
      let pace = unknownPace
      for (const { raise, amount, stale } of changes) {
        const lowered = Math.max(0, pace.lowered - (stale ? 1 : 0))
        const one = { lowered, factor: raise ? 1 : amount, credit: raise ? amount : 0 }
        pace = paced(pace, one, most)
        await changePace(database, name, one, most)
        const reserve = { lock: null, busySince: new Date(START_MS).toISOString(), owner: 'nobody' }
        expect((await reserveGovernor(database, name, reserve)).pace).toEqual(pace)
      }
    }),
    { numRuns: 40 },
  )
})
