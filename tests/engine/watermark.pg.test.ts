/** A channel without compare-and-set on a real PostgreSQL: what it may sell follows from what its orders say. */
import { expect, test } from 'vitest'
import { createReceiver } from '#engine/receive.ts'
import type { Ledger } from '#core/stock/ledger.ts'
import { second } from '#core/testing/sample.ts'
import { resolveLetter } from '#store/dead-letters.ts'
import { hook, settle } from '../dead/world.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

const STREAM = 'stock/WH/MUG'

/** A shop that shows 10 of 10, whose clock is moved by hand. */
async function openPlainShop() {
  const database = await freshDatabase()
  const shown = { MUG: 10 }
  const shop = aShop(shown)
  const clock = { n: 1 }
  const puts: number[] = []
  shop.outbound['inventory.read'] = {
    send: (sent) => Promise.resolve(sent.map(() => ({ answer: { available: shown.MUG, at: second(clock.n) } }))),
  }
  shop.outbound['inventory.put'] = {
    send: (sent) =>
      Promise.resolve(
        sent.map(({ ask: { to } }) => {
          puts.push(to)
          shown.MUG = to
          return { answer: { outcome: 'set', at: second(clock.n) } }
        }),
      ),
  }
  const engine = anEngine(database, { shop, erp: anErp({ MUG: 10 }) })
  const receiver = createReceiver(engine)
  const tell = (key: string, messages: unknown[]) => receiver.receive('shop', hook(messages, key, 'messages'))
  const caughtUp = (n: number) => ({
    stream: 'channel/shop',
    command: { type: 'channel.caughtUp', until: second(n) },
  })
  const place = { inventoryItemId: 'I1', locationId: 'L1', writes: 'plain' }
  await tell('setup', [
    { stream: STREAM, command: { type: 'stock.bind', channel: 'shop', place } },
    { stream: STREAM, command: { type: 'stock.know', stocked: true } },
  ])
  await settle(engine)
  const ledger = async () => {
    const [row] = await database.query<{ state: Ledger }>('select state from stream where stream = $1', [STREAM])
    return row!.state
  }
  const bound = async () => (await ledger()).channels[0]!.bound
  return { database, engine, receiver, tell, caughtUp, clock, shown, puts, bound, ledger }
}

const buying = (n: number) => {
  const order = anOrder('7', { placedAt: second(n), updatedAt: second(n) })
  return { stream: 'order/shop/7', command: { type: 'order.observe', order } }
}

test('what a channel shows is known once its orders are; news in the same breath goes first', async () => {
  const { engine, tell, caughtUp, bound, puts } = await openPlainShop()
  expect(await bound()).toBeNull()
  await tell('early', [caughtUp(0)])
  await settle(engine)
  expect(await bound()).toBeNull()
  // Two pieces were sold after the shop was read. One delivery says so, and that no other order is missing.
  await tell('pass', [buying(3), caughtUp(5)])
  await settle(engine)
  expect(await bound()).toBe(8)
  expect(puts).toEqual([])
})

test('nobody waits: a watermark leaves no event behind', async () => {
  const { engine, tell, caughtUp, database } = await openPlainShop()
  await tell('first', [caughtUp(5)])
  await settle(engine)
  const count = async () => (await database.query<{ n: number }>('select count(*) as n from journal'))[0]!.n
  const before = await count()
  await tell('second', [caughtUp(9)])
  await settle(engine)
  expect(await count()).toBe(before)
})

test('a message that could not be decided holds the watermark back until people have resolved it', async () => {
  const { engine, receiver, tell, caughtUp, database, bound } = await openPlainShop()
  await receiver.receive('shop', hook({ nothing: 'of an order' }, 'bad'))
  await tell('with it', [caughtUp(5)])
  await settle(engine)
  expect(await bound()).toBeNull()
  await tell('after it', [caughtUp(6)])
  await settle(engine)
  expect(await bound()).toBeNull()
  const outcomes = await database.query<{ outcome: string }>(
    `select outcome from inbox where key in ('with it', 'after it') order by id`,
  )
  for (const { outcome } of outcomes) expect(outcome).toMatch(/^held back: .*Mend or resolve/)
  const [letter] = await database.query<{ id: number }>('select id from dead_letter')
  await resolveLetter(database, letter!.id, { at: second(20), resolution: 'person', proof: 'Not an order.' })
  await tell('later', [caughtUp(7)])
  await settle(engine)
  expect(await bound()).toBe(10)
})

test('goods received are put on sale at once, and the old number is freed when its orders are known', async () => {
  const { engine, tell, caughtUp, clock, bound, puts, ledger } = await openPlainShop()
  await tell('first', [caughtUp(5)])
  const erp = engine.connections.get('erp') as ReturnType<typeof anErp>
  erp.free['MUG'] = 40
  await tell('received', [{ stream: STREAM, command: { type: 'stock.nudge', free: 40 } }])
  clock.n = 8
  await settle(engine)
  // Beside what it showed before there is room for thirty; the rest follows once that is known to be gone.
  expect(puts).toEqual([30])
  expect(await bound()).toBe(40)
  await tell('second', [caughtUp(9)])
  await settle(engine)
  expect(await bound()).toBe(30)
  expect((await ledger()).channels[0]!.put).toMatchObject({ fact: null, lost: false })
})
