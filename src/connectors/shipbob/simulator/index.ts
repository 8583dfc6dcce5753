/**
 * A simulated ShipBob account: a fetch, a source of signed webhooks that come late and doubled, and a control plane
 * through which a warehouse picks, splits, holds, runs short, ships, cancels and takes goods back.
 */
import { createHmac } from 'node:crypto'
import type { OutgoingHook, Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { keyOf } from '../inbound.ts'
import { untilTaken } from '../../kit/simulator-post.ts'
import { openServer } from './server.ts'
import {
  type Account,
  empty,
  type OrderRow,
  type Piece,
  type ReturnRow,
  type ShipbobOptions,
  type ShipmentRow,
  type Stored,
  type Waiting,
} from './state.ts'
import { orderView, returnView, shipmentView, statusOf } from './views.ts'

export type { ShipbobOptions } from './state.ts'

const RETRIES_MAX = 8

export interface ShipbobBeliefs {
  orders: {
    reference: string
    status: string
    pieces: Piece[]
    shipped: Piece[]
    recipient: unknown
    shippingMethod: unknown
  }[]
  requests: number
}

export interface ShipbobAccount extends Simulator {
  /** From now on it cannot be cancelled. */
  pick(reference: string): void
  /** Ships what is open; only these pieces unless all: the rest becomes a shipment of its own. @returns its id. */
  ship(reference: string, pieces?: readonly Piece[]): number
  hold(reference: string, reason: string): void
  /** It goes on after a hold or an exception. */
  resume(reference: string): void
  runShort(reference: string, pieces: readonly Piece[]): void
  /** ShipBob's own people cancel what has not left. */
  cancelThere(reference: string): void
  takeBack(reference: string, items: ReturnRow['items']): void
  removeSubscriptions(): void
  secretsOf(url: string): string[]
  beliefs(): ShipbobBeliefs
  snapshot(): Stored
  restore(stored: Stored): void
}

export function createShipbob(options: ShipbobOptions, io: SimulatorIo): ShipbobAccount {
  let stored = empty(options)
  const account: Account = {
    options,
    io,
    get stored() {
      return stored
    },
    next: () => (stored.sequence += 1),
    at: () => new Date(io.now()).toISOString(),
    emit(topic, body) {
      for (const { id, topics } of stored.subscriptions) {
        if (!topics.includes(topic)) continue
        const [least, most] = options.hookDelayMs ?? [200, 3_000]
        const hook: Waiting = {
          subscription: id,
          id: `msg_${account.next()}`,
          topic,
          body: JSON.stringify(body),
          failures: 0,
          dueAt: io.now() + least + Math.floor(io.random() * (most - least + 1)),
        }
        stored.waiting.push(hook)
        if (io.random() * 10 < (options.doublesOfTen ?? 0)) stored.waiting.push({ ...hook })
      }
    },
  }

  const orderOf = (reference: string): OrderRow => {
    const found = stored.orders.find((one) => one.body.reference_id === reference)
    if (!found) throw new Error(`The simulated ShipBob has no order ${reference}.`)
    return found
  }
  const openOf = (order: OrderRow): ShipmentRow => {
    const found = order.shipments.find(({ status }) => status !== 'Completed' && status !== 'Cancelled')
    if (!found) throw new Error(`Nothing of order ${order.body.reference_id} is open.`)
    return found
  }
  const change = (reference: string, to: Partial<ShipmentRow>, topic?: string) => {
    const order = orderOf(reference)
    const one = openOf(order)
    Object.assign(one, to, { updatedAt: account.at() })
    if (topic) account.emit(topic, shipmentView(one, order))
  }

  return {
    fetch: openServer(account),
    due() {
      const ready = stored.waiting.filter(({ dueAt }) => dueAt <= io.now())
      stored.waiting = stored.waiting.filter(({ dueAt }) => dueAt > io.now())
      return ready.map((one) => outgoing(account, one))
    },
    pick: (reference) => change(reference, { picked: true }),
    hold: (reference, reason) => change(reference, { status: 'OnHold', reason }, 'order.shipment.on_hold'),
    resume: (reference) => change(reference, { status: 'Processing', reason: null, short: [] }),
    runShort: (reference, short) =>
      change(reference, { status: 'Exception', reason: 'OutOfStock', short: [...short] }, 'order.shipment.exception'),
    cancelThere: (reference) => change(reference, { status: 'Cancelled' }, 'order.shipment.cancelled'),
    ship(reference, pieces) {
      const order = orderOf(reference)
      const one = openOf(order)
      const rest = pieces === undefined ? [] : splitOff(one, pieces)
      if (rest.length > 0)
        order.shipments.push({ ...structuredClone(one), id: account.next(), pieces: rest, updatedAt: account.at() })
      const tracking = {
        carrier: 'UPS',
        tracking_number: `1Z${one.id}`,
        tracking_url: `https://ups.example/1Z${one.id}`,
      }
      Object.assign(one, {
        status: 'Completed',
        reason: null,
        short: [],
        tracking,
        shippedAt: account.at(),
        updatedAt: account.at(),
      })
      account.emit('order.shipped', shipmentView(one, order))
      return one.id
    },
    takeBack(reference, items) {
      const row: ReturnRow = { id: account.next(), reference, items, completedAt: account.at() }
      stored.returns.push(row)
      account.emit('return.completed', returnView(row, options.channelId))
    },
    removeSubscriptions: () => void (stored.subscriptions = []),
    secretsOf: (url) => stored.subscriptions.filter((one) => one.url === url).map(({ secret }) => secret),
    beliefs: () => ({
      orders: stored.orders.map((one) => {
        const view = orderView(one, options.channelId)
        const shipped = one.shipments.filter(({ status }) => status === 'Completed').flatMap(({ pieces }) => pieces)
        const pieces = one.shipments.flatMap((each) => each.pieces)
        return {
          reference: one.body.reference_id,
          status: statusOf(one),
          pieces,
          shipped,
          recipient: view.recipient,
          shippingMethod: view.shipping_method,
        }
      }),
      requests: stored.requests,
    }),
    snapshot: () => structuredClone(stored),
    restore: (before) => void (stored = structuredClone(before)),
  }
}

/** Leaves these pieces in the shipment. @returns the others. */
function splitOff(one: ShipmentRow, pieces: readonly Piece[]): Piece[] {
  const rest = one.pieces.flatMap(({ sku, quantity }) => {
    const left = quantity - (pieces.find((each) => each.sku === sku)?.quantity ?? 0)
    return left > 0 ? [{ sku, quantity: left }] : []
  })
  one.pieces = pieces.map((each) => ({ ...each }))
  return rest
}

function outgoing({ stored, io }: Account, one: Waiting): OutgoingHook {
  const at = Math.floor(io.now() / 1_000)
  const { url = '', secret = '' } = stored.subscriptions.find(({ id }) => id === one.subscription) ?? {}
  const signature = createHmac('sha256', keyOf(secret)).update(`${one.id}.${at}.${one.body}`).digest('base64')
  return {
    url,
    headers: {
      'content-type': 'application/json',
      'webhook-id': one.id,
      'webhook-timestamp': String(at),
      'webhook-signature': `v1,${signature}`,
      'x-webhook-topic': one.topic,
    },
    body: one.body,
    settle: untilTaken(() => {
      const failures = one.failures + 1
      if (failures <= RETRIES_MAX) stored.waiting.push({ ...one, failures, dueAt: io.now() + 30_000 * 2 ** failures })
    }),
  }
}
