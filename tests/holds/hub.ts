/** A shop, an ERP and whatever else is connected, with a clock that the test moves, and the API in front of it. */
import type { Order } from '#canon/order.ts'
import { must } from '#canon/assert.ts'
import { createServer } from '#api/server.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import type { HoldsPolicy, Policy } from '#core/policy.ts'
import type { OrderState } from '#core/order/state.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { regularWork } from '#engine/hub.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { onTestFinished } from 'vitest'
import { type Io, realIo } from '../../src/io.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aPolicy, aShop } from '../support/orders.ts'

export const START = Date.parse('2026-11-20T10:00:00.000Z')
export const MINUTE_MS = 60_000
export const usd = (amount: number) => ({ amount, currency: 'USD' })

export interface HubOptions {
  holds?: HoldsPolicy
  policy?: Partial<Policy>
  beside?: Record<string, Connection>
  clock?: { now: number }
  io?: Io
}

export async function aHub({ holds, policy: rules, beside = {}, clock = { now: START }, io }: HubOptions = {}) {
  const database = await freshDatabase()
  const erp = anErp({ MUG: 10 })
  const policy: Policy = { ...aPolicy, ...(holds ? { holds } : {}), ...rules }
  const own = io ?? realIo({ now: () => clock.now })
  const engine = anEngine(database, { shop: aShop(), erp, ...beside }, { io: own, policy })
  const receiver = createReceiver(engine)
  const lanes = [...engine.connections].flatMap(([name, one]) => lanesOf(name, one))
  let sent = 0
  let calls = 0

  async function work(): Promise<void> {
    for (;;) {
      let some = await turn(engine)
      for (const lane of lanes) some += await dispatch(engine, lane)
      if (some === 0) return
    }
  }
  async function hand(topic: string, body: unknown): Promise<void> {
    sent += 1
    const headers = { signature: 'good', topic, key: `k${sent}` }
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    await receiver.receive('shop', { headers, body: bytes, receivedAt: new Date(clock.now).toISOString() })
    await work()
  }
  await hand('messages', [{ stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } }])

  const server = await createServer({ engine, receiver, host: '127.0.0.1', port: 0, version: '1.2.3' })
  onTestFinished(() => server.close())
  const call = async (path: string, body?: unknown) => {
    calls += 1
    const headers = { 'origin': server.url, 'content-type': 'application/json', 'idempotency-key': `call-${calls}` }
    const options = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
    const answer = await fetch(`${server.url}${path}`, options)
    const json = (await answer.json()) as Record<string, unknown>
    await work()
    return { status: answer.status, json }
  }

  return {
    erp,
    engine,
    clock,
    receiver,
    work,
    hand,
    order: (id: string, change: Partial<Order> = {}) => hand('order', anOrder(id, change)),
    /** To the order's own stream. */
    say: (id: string, command: { type: string; [member: string]: unknown }) =>
      hand('messages', [{ stream: `order/shop/${id}`, command }]),
    /** Time passes, alarms ring, and everything is done that is due. */
    async pass(minutes: number) {
      for (let left = minutes; left > 0; left -= 1) {
        clock.now += MINUTE_MS
        for (const name of Object.keys(beside)) await regularWork(engine, name)
        await ringAlarms(engine)
        await work()
      }
    },
    get: (path: string) => call(path),
    post: (path: string, body: unknown) => call(path, body),
    async state(id: string): Promise<OrderState> {
      const rows = await database.query<{ state: OrderState }>('select state from stream where stream = $1', [
        `order/shop/${id}`,
      ])
      return must(rows[0]?.state, 'the order is known')
    },
    /** Types of the events of an order, from first to last. */
    journal: async (id: string): Promise<string[]> =>
      (
        await database.query<{ type: string }>('select type from journal where stream = $1 order by version', [
          `order/shop/${id}`,
        ])
      ).map(({ type }) => type),
  }
}
