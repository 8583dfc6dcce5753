/**
 * A simulated EasyPost account: a fetch, a source of webhooks that come late, doubled and out of order, and a control
 * plane through which carriers scan parcels.
 */
import { createHash, createHmac } from 'node:crypto'
import type { Fetch } from '../../../io.ts'
import type { Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { openPost } from '../../kit/simulator-post.ts'
import { newServer } from '../../kit/simulator-server.ts'
import { openServer } from './server.ts'
import { type EasypostOptions, empty, type EventRow, type Row, type Stored, type TrackerRow } from './state.ts'

export type { EasypostOptions } from './state.ts'

/** After so many failures in a row of one webhook it is switched off. */
const TRIES = 7

export interface EasypostBeliefs {
  trackers: { code: string; carrier: string; status: string }[]
  labels: {
    reference: string | null
    code: string | null
    refund: string | null
    isReturn: boolean
    service: string | null
    cost: string | null
    street: string
  }[]
  webhooks: { url: string; disabled: boolean }[]
  events: number
  requests: number
}

export interface EasypostAccount extends Simulator {
  /** A carrier scans the parcel. @param atMs of the carrier's clock; now unless said. */
  scan(code: string, status: string, detail?: string, atMs?: number): void
  estimate(code: string, deliverBy: string): void
  /** The next so many requests are answered 500, after the work was done or before. */
  failNext(count: number, when: 'after' | 'before'): void
  removeWebhooks(): void
  disableWebhooks(): void
  nextDueAt(): number | null
  beliefs(): EasypostBeliefs
  snapshot(): Stored
  restore(stored: Stored): void
}

/** What the endpoints work on. */
export interface Account {
  options: EasypostOptions
  stored: Stored
  id(prefix: string): string
  /** As EasyPost writes moments: to the second. */
  now(): string
  nowMs(): number
  emit(description: string, tracker: TrackerRow, before: Row): void
}

export function createEasypost(options: EasypostOptions, io: SimulatorIo): EasypostAccount {
  let stored = empty()
  const moment = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
  const account: Account = {
    options,
    get stored() {
      return stored
    },
    id(prefix) {
      stored.sequence += 1
      const digest = createHash('sha256').update(`${prefix} ${stored.sequence}`).digest('hex')
      return `${prefix}_${digest.slice(0, 32)}`
    },
    now: () => moment(io.now()),
    nowMs: () => io.now(),
    emit,
  }
  const server = newServer()
  const post = openPost(() => stored, options, io, {
    addressed({ webhookId, body }) {
      const hook = stored.webhooks.get(webhookId)
      if (hook?.disabled_at !== null) return null
      const secret = stored.secrets.get(webhookId) ?? ''
      const hex = createHmac('sha256', secret.normalize('NFKD')).update(body).digest('hex')
      const signature = secret === '' ? {} : { 'x-hmac-signature': `hmac-sha256-hex=${hex}` }
      return { url: hook.url, headers: { 'content-type': 'application/json', ...signature } }
    },
    retryAt({ webhookId, failures }) {
      if (failures < TRIES) return io.now() + 60_000 * 2 ** failures
      const hook = stored.webhooks.get(webhookId)
      if (hook) hook.disabled_at = account.now()
      return null
    },
  })

  function emit(description: string, result: TrackerRow, before: Row): void {
    const at = new Date(io.now()).toISOString()
    const event: EventRow = {
      description,
      mode: options.mode ?? 'test',
      previous_attributes: before,
      created_at: at,
      pending_urls: [...stored.webhooks.values()].map(({ url }) => url),
      completed_urls: [],
      updated_at: at,
      id: account.id('evt'),
      user_id: 'user_1',
      status: 'pending',
      object: 'Event',
    }
    stored.events.set(event.id, event)
    const body = JSON.stringify({ ...event, result })
    for (const { id, disabled_at: off } of stored.webhooks.values()) if (!off) post.send(id, body)
  }

  function change(code: string, how: (tracker: TrackerRow) => Row): void {
    const row = [...stored.trackers.values()].find((one) => one.tracking_code === code)
    // A carrier scans parcels that nobody follows as well.
    if (!row) return
    const before = how(row)
    row.updated_at = account.now()
    emit('tracker.updated', row, before)
  }

  return {
    fetch: ((request) => openServer(account, server)(request)) satisfies Fetch,
    due: post.due,
    nextDueAt: post.nextDueAt,
    scan: (code, status, detail = 'status_update', atMs = io.now()) =>
      change(code, (row) => {
        const before = { status: row.status }
        const place = { object: 'TrackingLocation', city: null, state: null, country: null, zip: null }
        row.tracking_details.push({
          object: 'TrackingDetail', message: status, description: '', status, status_detail: detail,
          datetime: moment(atMs), source: row.carrier, carrier_code: '', tracking_location: place,
          est_delivery_date: null,
        }) // prettier-ignore
        Object.assign(row, { status, status_detail: detail })
        return before
      }),
    estimate: (code, deliverBy) =>
      change(code, (row) => {
        const before = { est_delivery_date: row.est_delivery_date }
        row.est_delivery_date = deliverBy
        return before
      }),
    failNext: (count, when) => void (server.failures = { count, when }),
    removeWebhooks: () => stored.webhooks.clear(),
    disableWebhooks() {
      for (const one of stored.webhooks.values()) one.disabled_at = account.now()
    },
    beliefs: () => ({
      trackers: [...stored.trackers.values()].map(({ tracking_code: code, carrier, status }) => ({
        code,
        carrier,
        status,
      })),
      labels: [...stored.shipments.values()].map((row) => ({
        reference: row.reference,
        code: row.tracking_code,
        refund: row.refund_status,
        isReturn: row.is_return,
        service: row.selected_rate ? `${row.selected_rate.carrier} ${row.selected_rate.service}` : null,
        cost: row.selected_rate?.rate ?? null,
        street: String(row.to_address['street1']),
      })),
      webhooks: [...stored.webhooks.values()].map(({ url, disabled_at: off }) => ({ url, disabled: off !== null })),
      events: stored.events.size,
      requests: server.requests,
    }),
    snapshot: () => structuredClone(stored),
    restore: (before) => void (stored = structuredClone(before)),
  }
}
