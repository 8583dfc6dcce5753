/**
 * A simulated Uber Direct account: a fetch, a source of signed webhooks that come late, doubled and out of order, and a
 * control plane through which couriers take deliveries, hand them over, bring them back or never come.
 */
import { createHash, createHmac } from 'node:crypto'
import type { Fetch } from '../../../io.ts'
import type { Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { openPost } from '../../kit/simulator-post.ts'
import { newServer } from '../../kit/simulator-server.ts'
import { found } from './orders.ts'
import { openServer } from './server.ts'
import { type DeliveryRow, empty, type Row, type Stored, type UberOptions } from './state.ts'

export type { UberOptions } from './state.ts'

/** A webhook that is not taken is sent again so often. */
const TRIES = 7

export interface UberBeliefs {
  deliveries: { id: string; reference: string; status: string; street: string; fee: number }[]
  quotes: number
  tokens: number
  requests: number
}

export interface UberAccount extends Simulator {
  /** In the dashboard. @returns the key it signs with. */
  subscribe(url: string): string
  unsubscribe(): void
  /** A courier takes it, has the goods, is on his way, has handed them over. */
  move(id: string, to: 'pickup' | 'pickup_complete' | 'dropoff' | 'delivered'): void
  /** Nobody takes it, or somebody in the dashboard calls it off. */
  callOff(id: string, reason?: string): void
  /** Nobody is there: a delivery of its own brings it back. @returns the id of that one. */
  bringBack(id: string, reason?: string): string
  arriveBack(id: string): void
  /** The position of the courier, every 20 seconds. */
  wander(id: string): void
  busy(isBusy: boolean): void
  /** Past due, or not allowed to send couriers. */
  standing(how: { suspended?: boolean; blocked?: boolean }): void
  revokeTokens(): void
  /** The next so many requests are answered 500, after the work was done or before. */
  failNext(count: number, when: 'after' | 'before'): void
  nextDueAt(): number | null
  beliefs(): UberBeliefs
  snapshot(): Stored
  restore(stored: Stored): void
}

/** What the endpoints work on. */
export interface Account {
  options: UberOptions
  stored: Stored
  state: { isBusy: boolean; suspended: boolean; blocked: boolean }
  id(prefix: string): string
  nowMs(): number
  moment(ms: number): string
  change(row: DeliveryRow, members: Row): void
  emit(row: DeliveryRow, kind?: string): void
}

export function createUber(options: UberOptions, io: SimulatorIo): UberAccount {
  let stored = empty()
  const state = { isBusy: false, suspended: false, blocked: false }
  const moment = (ms: number) => new Date(ms).toISOString()
  const account: Account = {
    options,
    state,
    get stored() {
      return stored
    },
    id(prefix) {
      stored.sequence += 1
      const digest = createHash('sha256').update(`${prefix} ${stored.sequence}`).digest('base64url')
      return `${prefix}_${digest.slice(0, 22)}`
    },
    nowMs: () => io.now(),
    moment,
    change(row, members) {
      Object.assign(row, members, { updated: moment(io.now()) })
      account.emit(row)
    },
    emit(row, kind = 'event.delivery_status') {
      const created = moment(io.now())
      const { id: deliveryId, status } = row
      const told = { kind, id: account.id('evt'), created, customer_id: options.customerId, delivery_id: deliveryId }
      const body = JSON.stringify({ ...told, live_mode: false, status, data: row })
      for (const id of stored.webhooks.keys()) post.send(id, body)
    },
  }
  const server = newServer()
  const post = openPost(() => stored, options, io, {
    addressed({ webhookId, body }) {
      const hook = stored.webhooks.get(webhookId)
      if (!hook) return null
      const signature = createHmac('sha256', hook.key).update(body).digest('hex')
      return { url: hook.url, headers: { 'content-type': 'application/json', 'x-uber-signature': signature } }
    },
    retryAt: ({ failures }) => (failures < TRIES ? io.now() + 10_000 * 2 ** failures : null),
  })

  const done = (row: DeliveryRow, point: 'pickup' | 'dropoff', proof?: Row): void =>
    void Object.assign(row[point], { status: 'completed', status_timestamp: moment(io.now()) }, proof ?? {})

  const ways: UberAccount['move'] = (id, to) => {
    const row = found(account, id)
    const proof = stored.keys.get(id)?.proof
    if (to === 'pickup_complete') done(row, 'pickup')
    if (to === 'delivered') {
      const image = { image_url: `https://proof.example/${id}.png` }
      done(row, 'dropoff', proof ? { verification: { [proof]: image } } : undefined)
    }
    const courier = {
      name: 'Cori R.',
      phone_number: '+15125550177',
      vehicle_type: 'car',
      img_href: 'https://face.example/1.png',
    }
    account.change(row, { status: to, complete: to === 'delivered', ...(to === 'delivered' ? {} : { courier }) })
  }

  return {
    fetch: ((request) => openServer(account, server)(request)) satisfies Fetch,
    due: post.due,
    nextDueAt: post.nextDueAt,
    subscribe(url) {
      const id = account.id('hook')
      const key = account.id('key')
      stored.webhooks.set(id, { url, key })
      return key
    },
    unsubscribe: () => stored.webhooks.clear(),
    move: ways,
    callOff: (id, reason = '') =>
      account.change(found(account, id), { status: 'canceled', complete: true, undeliverable_reason: reason }),
    bringBack(id, reason = 'CUSTOMER_UNAVAILABLE') {
      const row = found(account, id)
      const back = account.id('ret')
      const { status: _, status_timestamp: __, ...store } = row.pickup
      row.return = store as DeliveryRow['pickup']
      const way: DeliveryRow = {
        ...structuredClone(row), id: back, status: 'dropoff', complete: false, related_deliveries: { id, relationship: 'original' },
        created: moment(io.now()), updated: moment(io.now()), external_id: '',
      } // prettier-ignore
      delete way.return
      stored.deliveries.set(back, way)
      const related_deliveries = { id: back, relationship: 'return' }
      account.change(row, {
        status: 'returned', complete: true, undeliverable_action: 'returned', undeliverable_reason: reason, related_deliveries,
      }) // prettier-ignore
      account.emit(way)
      return back
    },
    arriveBack(id) {
      const way = found(account, id)
      const original = found(account, (way['related_deliveries'] as { id: string }).id)
      Object.assign(original.return!, { status: 'completed', status_timestamp: moment(io.now()) })
      account.change(original, {})
      account.change(way, { status: 'delivered', complete: true })
    },
    wander: (id) => account.emit(found(account, id), 'event.courier_update'),
    busy: (isBusy) => void (state.isBusy = isBusy),
    standing: (how) => void Object.assign(state, how),
    revokeTokens: () => stored.tokens.clear(),
    failNext: (count, when) => void (server.failures = { count, when }),
    beliefs: () => ({
      deliveries: [...stored.deliveries.values()].map((row) => ({
        id: row.id,
        reference: row.external_id,
        status: row.status,
        street: String((row.dropoff['detailed_address'] as Row)['street_address_1']),
        fee: row.fee,
      })),
      quotes: stored.quotes.size,
      tokens: stored.tokens.size,
      requests: server.requests,
    }),
    snapshot: () => structuredClone(stored),
    restore: (before) => void (stored = structuredClone(before)),
  }
}
