/**
 * Webhook subscriptions, events and deliveries: signed over address and bytes, sent again with the same bytes for 24
 * hours, late and out of order; and the events themselves, to be searched for four weeks once that is switched on.
 */
import { createHash, createHmac } from 'node:crypto'
import type { OutgoingHook } from '../../kit/simulator.ts'
import { EVENTS_KEPT_MS, HOOK_TRIED_MS } from '../limits.ts'
import type { Account, Row } from './state.ts'

export interface SubscriptionRow extends Row {
  id: string
  name: string
  enabled: boolean
  event_types: string[]
  notification_url: string
  api_version: string
  signature_key: string
  created_at: string
  updated_at: string
}

export interface EventRow extends Row {
  event_id: string
  type: string
  merchant_id: string
  created_at: string
}

interface Delivery {
  subscriptionId: string
  url: string
  headers: Record<string, string>
  body: string
  dueAt: number
  sequence: number
  firstAt: number
  failures: number
}

/** How long after each failure it is tried again; the last one stands for all that follow, until 24 hours are over. */
export const RETRY_AFTER_MS = [1, 2, 4, 8, 15, 30, 60, 120, 240].map((minutes) => minutes * 60_000)

export interface HooksState {
  subscriptions: Map<string, SubscriptionRow>
  events: EventRow[]
  waiting: Delivery[]
  taken: Map<number, Delivery>
  sequence: number
}

export interface Hooks {
  state: HooksState
  /** Tells of something; the object is only built when it happened to be seen. */
  emit(type: string, data: Row): void
  subscribe(wanted: {
    name?: string
    event_types: string[]
    notification_url: string
    api_version: string
  }): SubscriptionRow
  due(): OutgoingHook[]
  nextDueAt(): number | null
  onTheWay(): OutgoingHook[]
}

const newState = (): HooksState => ({
  subscriptions: new Map(),
  events: [],
  waiting: [],
  taken: new Map(),
  sequence: 0,
})

/** @param state what earlier hooks remembered; it is taken over, not copied. */
export function openHooks(account: Account, state = newState()): Hooks {
  const { io, options } = account
  const [delayMin, delayMax] = options.hookDelayMs ?? [200, 3_000]

  function settle(delivery: Delivery, status: number | null): void {
    if (!state.taken.delete(delivery.sequence)) return
    if (status !== null && status >= 200 && status < 300) return
    delivery.failures += 1
    const wait = RETRY_AFTER_MS[Math.min(delivery.failures, RETRY_AFTER_MS.length) - 1]!
    if (io.now() + wait - delivery.firstAt > HOOK_TRIED_MS) return
    delivery.headers = {
      ...delivery.headers,
      'square-retry-number': String(delivery.failures),
      'square-retry-reason': status === null ? 'http_timeout' : 'http_error',
    }
    delivery.dueAt = io.now() + wait
    state.waiting.push(delivery)
  }

  function outgoing(delivery: Delivery): OutgoingHook {
    const { url, headers, body, failures } = delivery
    const settleOnce = (status: number | null) => {
      if (delivery.failures === failures) settle(delivery, status)
    }
    return { url, headers: { ...headers }, body, settle: settleOnce }
  }

  function enqueue(subscription: SubscriptionRow, body: string): void {
    const { notification_url: url, signature_key: key, id } = subscription
    const signature = createHmac('sha256', key).update(`${url}${body}`).digest('base64')
    state.sequence += 1
    state.waiting.push({
      subscriptionId: id,
      url,
      headers: {
        'content-type': 'application/json',
        'x-square-hmacsha256-signature': signature,
        'square-environment': 'Production',
      },
      body,
      dueAt: io.now() + delayMin + Math.floor(io.random() * (delayMax - delayMin + 1)),
      sequence: state.sequence,
      firstAt: io.now(),
      failures: 0,
    })
  }

  return {
    state,
    subscribe(wanted) {
      const id = `wbhk_${account.id('subscription')}`
      const key = createHash('sha256').update(`${options.merchantId} key ${id}`).digest('base64url').slice(0, 22)
      const at = account.now()
      const row: SubscriptionRow = {
        id,
        name: wanted.name ?? 'Webhook',
        enabled: true,
        event_types: wanted.event_types,
        notification_url: wanted.notification_url,
        api_version: wanted.api_version,
        signature_key: key,
        created_at: at,
        updated_at: at,
      }
      state.subscriptions.set(id, row)
      return row
    },
    emit(type, data) {
      const event: EventRow = {
        merchant_id: options.merchantId,
        type,
        event_id: uuid(`${options.merchantId} event ${account.id('event')}`),
        created_at: account.now(),
        data: structuredClone(data),
      }
      if (account.state.eventsEnabled) {
        state.events.push(event)
        const oldest = io.now() - EVENTS_KEPT_MS
        while (state.events[0] && Date.parse(state.events[0].created_at) < oldest) state.events.shift()
      }
      for (const one of state.subscriptions.values())
        if (one.enabled && one.event_types.includes(type)) enqueue(one, JSON.stringify(event))
    },
    due() {
      const now = io.now()
      const ready = state.waiting.filter(({ dueAt }) => dueAt <= now)
      state.waiting = state.waiting.filter(({ dueAt }) => dueAt > now)
      ready.sort((a, b) => a.dueAt - b.dueAt || a.sequence - b.sequence)
      const alive = ready.filter((one) => state.subscriptions.get(one.subscriptionId)?.enabled)
      for (const one of alive) state.taken.set(one.sequence, one)
      return alive.map(outgoing)
    },
    nextDueAt: () =>
      state.waiting.reduce<number | null>(
        (least, { dueAt }) => (least === null || dueAt < least ? dueAt : least),
        null,
      ),
    onTheWay: () => [...state.taken.values()].map(outgoing),
  }
}

function uuid(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
