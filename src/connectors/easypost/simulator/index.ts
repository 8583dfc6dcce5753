/**
 * A simulated EasyPost account: a fetch, a source of webhooks that come late, doubled and out of order, and a control
 * plane through which carriers scan parcels.
 */
import { createHash, createHmac } from 'node:crypto'
import type { Fetch } from '../../../io.ts'
import type { OutgoingHook, Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { openServer, type ServerState } from './server.ts'
import {
  type EasypostOptions,
  empty,
  type EventRow,
  type Row,
  type Stored,
  type TrackerRow,
  type Waiting,
} from './state.ts'

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
  const server: ServerState = { requests: 0, window: { second: 0, count: 0 }, failures: { count: 0, after: false } }

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
    const [least, most] = options.hookDelayMs ?? [200, 3_000]
    for (const { id, disabled_at: off } of stored.webhooks.values()) {
      if (off) continue
      const times = io.random() * 10 < (options.doublesOfTen ?? 0) ? 2 : 1
      for (let one = 0; one < times; one += 1) {
        stored.sent += 1
        const dueAt = io.now() + least + Math.floor(io.random() * (most - least + 1))
        stored.waiting.push({ webhookId: id, body, dueAt, sequence: stored.sent, failures: 0 })
      }
    }
  }

  function outgoing(one: Waiting): OutgoingHook {
    const hook = stored.webhooks.get(one.webhookId)
    const secret = stored.secrets.get(one.webhookId) ?? ''
    const hex = createHmac('sha256', secret.normalize('NFKD')).update(one.body).digest('hex')
    let isSettled = false
    return {
      url: hook?.url ?? '',
      headers: {
        'content-type': 'application/json',
        ...(secret === '' ? {} : { 'x-hmac-signature': `hmac-sha256-hex=${hex}` }),
      },
      body: one.body,
      settle(status) {
        if (isSettled || (status !== null && status >= 200 && status < 300)) return
        isSettled = true
        const failures = one.failures + 1
        if (failures < TRIES) stored.waiting.push({ ...one, failures, dueAt: io.now() + 60_000 * 2 ** failures })
        else if (hook) hook.disabled_at = account.now()
      },
    }
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
    due() {
      const ready = stored.waiting.filter(({ dueAt }) => dueAt <= io.now())
      stored.waiting = stored.waiting.filter(({ dueAt }) => dueAt > io.now())
      ready.sort((a, b) => a.dueAt - b.dueAt || a.sequence - b.sequence)
      const isOn = ({ webhookId }: Waiting) => stored.webhooks.get(webhookId)?.disabled_at === null
      return ready.filter(isOn).map(outgoing)
    },
    nextDueAt: () => stored.waiting.reduce<number | null>((least, { dueAt }) => Math.min(least ?? dueAt, dueAt), null),
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
    failNext: (count, when) => void (server.failures = { count, after: when === 'after' }),
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
