/**
 * A day in a shop, as far as the turns see it: orders of two lines arrive, are checked against stock, go to the ERP,
 * are shipped, announced and invoiced. What the outside would say is said at once and outside the measured time; what
 * is measured is nothing but turns.
 */
import { createHash } from 'node:crypto'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { type Engine, instantAt } from '#engine/engine.ts'
import { turn } from '#engine/turn.ts'
import { insertInbox, type NewInboxRow } from '#store/inbox.ts'
import { seconds, startClock } from './measure.ts'
import { CHANNEL, orderBody, skuOf, SKUS } from './shop.ts'

export interface Lived {
  messages: number
  turns: number
  /** Spent in turns alone. */
  seconds: number
}

/** Told of every step, for whoever records them. */
export interface Witness {
  turned?(rows: number): Promise<void>
  /** Something happened outside: deliveries were stored, intents answered. */
  happened?(): Promise<void>
}

const idOf = (number: number): string => String(5_000_000 + number)

/** Events are named at random by those who send them, so their places in the index are random as well. */
const eventOf = (number: number): string => createHash('md5').update(`event-${number}`).digest('hex')

function delivery(engine: Engine, source: string, topic: string, key: string, body: Buffer): NewInboxRow {
  const receivedAt = instantAt(engine.io.now())
  return { source, key: `${topic}:${key}`, kind: 'delivery', topic, body, correlation: null, receivedAt, priority: 5 }
}

/** The ERP tells of its products and their stock: where every day begins. */
export async function stockUp(engine: Engine, witness: Witness = {}): Promise<void> {
  const rows = Array.from({ length: SKUS }, (_, index) => {
    const sku = skuOf(index)
    const reading = {
      id: index + 1,
      sku,
      name: `Jumper ${sku}`,
      active: true,
      stocked: true,
      changedAt: '2026-03-01T00:00:00.000Z',
    }
    return delivery(engine, 'odoo', 'odoo/product', sku, Buffer.from(JSON.stringify(reading)))
  })
  await store(engine, rows, witness)
  await settle(engine, witness)
}

/** @param from number of the first order. */
export async function live(engine: Engine, from: number, orders: number, witness: Witness = {}): Promise<Lived> {
  const numbers = Array.from({ length: orders }, (_, index) => from + index)
  const placed = numbers.map((number) => delivery(engine, CHANNEL, 'orders/create', eventOf(number), orderBody(number)))
  await store(engine, placed, witness)
  const first = await settle(engine, witness)
  const shipped = numbers.map((number) => delivery(engine, 'odoo', 'odoo/delivery', `out-${number}`, shipment(number)))
  await store(engine, shipped, witness)
  const second = await settle(engine, witness)
  const [row] = await engine.database.query<{ completed: number }>(
    `select count(*) as completed from stream where stream = any($1::text[]) and status = 'completed'`,
    [numbers.map((number) => `order/${CHANNEL}/${idOf(number)}`)],
  )
  if (row!.completed !== orders) throw new Error(`Only ${row!.completed} of ${orders} orders were completed.`)
  return {
    messages: first.messages + second.messages,
    turns: first.turns + second.turns,
    seconds: first.seconds + second.seconds,
  }
}

function shipment(number: number): Buffer {
  return Buffer.from(
    JSON.stringify({
      id: number,
      orderRef: `${CHANNEL}:${idOf(number)}`,
      shippedAt: '2026-03-03T10:00:00.000Z',
      trackingNumber: `00340434${String(number).padStart(12, '0')}`,
      trackingUrl: `https://parcels.example.com/track/00340434${String(number).padStart(12, '0')}`,
      carrier: 'DHL',
      lines: [1, 2].map((place) => ({ saleLineId: `s${number * 10 + place}`, quantity: 1 })),
    }),
  )
}

async function store(engine: Engine, rows: readonly NewInboxRow[], witness: Witness): Promise<void> {
  for (let at = 0; at < rows.length; at += 200) await insertInbox(engine.database, rows.slice(at, at + 200))
  await witness.happened?.()
}

/**
 * Turns until there is nothing to decide, answers what is owed, and again, until all is quiet. Only the turns are
 * timed.
 */
async function settle(engine: Engine, witness: Witness): Promise<Lived> {
  const lived: Lived = { messages: 0, turns: 0, seconds: 0 }
  for (;;) {
    for (;;) {
      const startedMs = startClock()
      const rows = await turn(engine)
      if (rows === 0) break
      lived.seconds += seconds(startedMs)
      lived.messages += rows
      lived.turns += 1
      await witness.turned?.(rows)
    }
    const answered = await answerAll(engine)
    if (answered === 0) return lived
    await witness.happened?.()
  }
}

async function answerAll(engine: Engine): Promise<number> {
  let all = 0
  for (const [name, connection] of engine.connections) {
    for (const lane of lanesOf(name, connection)) {
      for (let some = -1; some !== 0; all += some) some = await dispatch(engine, lane)
    }
  }
  return all
}
