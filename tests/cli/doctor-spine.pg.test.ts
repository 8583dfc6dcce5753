/** The doctor finds what somebody broke behind the hub's back, and nothing in a hub that is well. */
import { expect, test } from 'vitest'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { turn } from '#engine/turn.ts'
import { insertInbox } from '#store/inbox.ts'
import { checkSpine } from '../../src/cli/doctor-spine.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

const KNOWN = ['erp', 'shop']

async function aHub() {
  const database = await freshDatabase()
  const engine = anEngine(database, { erp: anErp(), shop: aShop() })
  const know = [{ stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } }]
  const delivery = (key: string, topic: string, body: unknown) => ({
    source: 'shop', key, kind: 'delivery' as const, topic, body: Buffer.from(JSON.stringify(body)), correlation: null,
    receivedAt: new Date(engine.io.now()).toISOString(), priority: 5,
  }) // prettier-ignore
  await insertInbox(database, [delivery('know', 'messages', know), delivery('o1', 'order', anOrder('1'))])
  for (let some = 1; some > 0;) {
    some = await turn(engine)
    for (const [name, connection] of engine.connections) {
      for (const lane of lanesOf(name, connection)) some += await dispatch(engine, lane)
    }
  }
  const nowMs = engine.io.now()
  const found = async (connections = KNOWN) =>
    (await checkSpine(database, nowMs, connections)).map(({ level, about }) => `${level} ${about}`)
  return { database, engine, nowMs, found }
}

test('a hub that is well has no findings', async () => {
  expect(await (await aHub()).found()).toEqual(['ok spine'])
})

test.each([
  ['error gaps', `delete from journal where (stream, version) = ('order/shop/1', 2)`],
  ['error gaps', `update stream set version = version + 1 where stream = 'order/shop/1'`],
  ['error lost answers', `delete from inbox where key like 'answer/order/shop/1/%'`],
  [
    'warning forgotten calls',
    `update outbox set state = 'open', due_at = due_at - interval '1 hour' where type = 'sale.ensure'`,
  ],
  ['error stuck leases', `update outbox set state = 'open', owner = 'dead', due_at = due_at + interval '1 hour'`],
])('%s: %s', async (finding, statement) => {
  const { database, found } = await aHub()
  expect(await database.run(statement)).toBeGreaterThan(0)
  expect(await found()).toContain(finding)
})

test('calls and deliveries of a connection that was taken out of the configuration are named', async () => {
  const { database, engine, nowMs } = await aHub()
  await database.run(`update outbox set state = 'open' where type = 'sale.ensure'`)
  await database.run(`update inbox set state = 'new' where key = 'o1'`)
  const found = await checkSpine(engine.database, nowMs, ['other'])
  expect(found.map(({ message }) => message)).toEqual([
    "1 calls and 0 deliveries are for 'erp', which is not configured.",
    "0 calls and 1 deliveries are for 'shop', which is not configured.",
  ])
})
