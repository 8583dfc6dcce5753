/** A shop, an ERP and whatever else is connected, with a clock that the test moves, and the API in front of it. */
import type { Order } from '#canon/order.ts'
import { createServer } from '#api/server.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import type { HoldsPolicy, Policy } from '#core/policy.ts'
import type { OrderState } from '#core/order/state.ts'
import { onTestFinished } from 'vitest'
import { type Io, realIo } from '../../src/io.ts'
import { anOrder, aPolicy } from '../support/orders.ts'
import { aSmallHub } from '../support/small-hub.ts'

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
  const policy: Policy = { ...aPolicy, ...(holds ? { holds } : {}), ...rules }
  const neighbours = Object.fromEntries(Object.entries(beside).map(([name, connection]) => [name, { connection }]))
  const hub = await aSmallHub({ clock, io: io ?? realIo({ now: () => clock.now }), policy, beside: neighbours })
  const { database, engine, receiver, work, hand } = hub
  let calls = 0

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
    erp: hub.erp,
    engine,
    clock,
    receiver,
    work,
    hand,
    order: (id: string, change: Partial<Order> = {}) => hand('order', anOrder(id, change)),
    /** To the order's own stream. */
    say: (id: string, command: { type: string; [member: string]: unknown }) => hub.say(`order/shop/${id}`, command),
    /** Time passes, alarms ring, and everything is done that is due. */
    async pass(minutes: number) {
      for (let left = minutes; left > 0; left -= 1) {
        clock.now += MINUTE_MS
        await hub.beat()
      }
    },
    get: (path: string) => call(path),
    post: (path: string, body: unknown) => call(path, body),
    state: (id: string) => hub.state<OrderState>(`order/shop/${id}`),
    /** Types of the events of an order, from first to last. */
    journal: async (id: string): Promise<string[]> =>
      (
        await database.query<{ type: string }>('select type from journal where stream = $1 order by version', [
          `order/shop/${id}`,
        ])
      ).map(({ type }) => type),
  }
}
