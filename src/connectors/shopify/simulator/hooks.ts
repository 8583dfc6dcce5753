/**
 * Webhook subscriptions and deliveries: signed over the exact bytes, sent with the original payload up to nine times
 * over four hours, late and out of order. A subscription whose delivery failed to the end is deleted.
 */
import { createHash, createHmac } from 'node:crypto'
import type { OutgoingHook, SimulatorIo } from '../../kit/simulator.ts'
import type { ShopOptions } from './state.ts'

export interface Subscription {
  id: number
  topic: string
  uri: string
  createdAt: number
  /** When it last took a delivery. */
  succeededAt: number
}

interface Delivery {
  subscription: Subscription
  url: string
  headers: Record<string, string>
  body: string
  dueAt: number
  sequence: number
  firstAt: number
  failures: number
  /** Goes out although its subscription is gone: news of the uninstall itself. */
  farewell: boolean
}

/** When each of the eight retries goes out, counted from the first attempt; the last one after four hours. */
export const RETRY_AFTER_MS = [1, 4, 10, 25, 55, 105, 165, 240].map((minutes) => minutes * 60_000)

/** Plain data, to be kept and taken up again. */
export interface HooksState {
  subscriptions: Map<number, Subscription>
  /** A heap by the moment they are due. */
  waiting: Delivery[]
  /** Handed out and not settled yet, by sequence. */
  taken: Map<number, Delivery>
  sequence: number
  events: number
}

export interface Hooks {
  state: HooksState
  subscriptions: Map<number, Subscription>
  /** @param body built only when somebody subscribed. All topics of one event carry the same event id. */
  emit(topic: string, eventId: string, body: () => unknown, options?: { farewell?: boolean }): void
  eventId(): string
  due(): OutgoingHook[]
  /** When the next one is due, or null when none waits. */
  nextDueAt(): number | null
  /** What was handed out and is not settled. */
  onTheWay(): OutgoingHook[]
  clear(): void
}

const newState = (): HooksState => ({
  subscriptions: new Map(), waiting: [], taken: new Map(), sequence: 0, events: 0,
}) // prettier-ignore

/** @param state what earlier hooks remembered; it is taken over, not copied. */
export function openHooks(options: ShopOptions, io: SimulatorIo, apiVersion: string, state = newState()): Hooks {
  const { subscriptions, taken } = state
  const queue = openQueue(state.waiting)
  const [delayMin, delayMax] = options.hookDelayMs ?? [50, 1_500]

  const sign = (body: string) => createHmac('sha256', options.clientSecret).update(body).digest('base64')

  function settle(delivery: Delivery, status: number | null): void {
    if (!taken.delete(delivery.sequence)) return
    const { subscription } = delivery
    if (status !== null && status >= 200 && status < 300) {
      subscription.succeededAt = io.now()
      return
    }
    delivery.failures += 1
    if (delivery.failures <= RETRY_AFTER_MS.length) {
      delivery.dueAt = Math.max(io.now(), delivery.firstAt + RETRY_AFTER_MS[delivery.failures - 1]!)
      queue.add(delivery)
    } else if (subscription.succeededAt < delivery.firstAt) {
      subscriptions.delete(subscription.id)
    }
  }

  function outgoing(delivery: Delivery): OutgoingHook {
    const { url, headers, body, failures } = delivery
    // Settled once: when the same delivery goes out again it is another attempt.
    const settleOnce = (status: number | null) => {
      if (delivery.failures === failures) settle(delivery, status)
    }
    return { url, headers: { ...headers }, body, settle: settleOnce }
  }

  return {
    state,
    subscriptions,
    eventId: () => uuid(`event ${options.shop} ${(state.events += 1)}`),
    clear: () => subscriptions.clear(),
    nextDueAt: () => state.waiting[0]?.dueAt ?? null,
    onTheWay: () => [...taken.values()].map(outgoing),

    emit(topic, eventId, makeBody, { farewell = false } = {}) {
      const listeners = [...subscriptions.values()].filter((one) => one.topic === topic)
      if (listeners.length === 0) return
      const body = JSON.stringify(makeBody())
      for (const subscription of listeners) {
        const sequence = (state.sequence += 1)
        const headers = {
          'content-type': 'application/json',
          'x-shopify-topic': headerTopic(topic),
          'x-shopify-hmac-sha256': sign(body),
          'x-shopify-shop-domain': options.shop,
          'x-shopify-api-version': apiVersion,
          'x-shopify-webhook-id': uuid(`delivery ${options.shop} ${sequence}`),
          'x-shopify-event-id': eventId,
          'x-shopify-triggered-at': new Date(io.now()).toISOString(),
        }
        const dueAt = io.now() + delayMin + Math.floor(io.random() * (delayMax - delayMin + 1))
        queue.add({
          subscription,
          url: subscription.uri,
          headers,
          body,
          dueAt,
          sequence,
          firstAt: 0,
          failures: 0,
          farewell,
        })
      }
    },

    due() {
      const out: OutgoingHook[] = []
      for (let next = queue.take(io.now()); next; next = queue.take(io.now())) {
        const delivery = next
        if (!subscriptions.has(delivery.subscription.id) && !delivery.farewell) continue
        if (delivery.failures === 0) delivery.firstAt = io.now()
        taken.set(delivery.sequence, delivery)
        out.push(outgoing(delivery))
      }
      return out
    },
  }
}

/** `ORDERS_CREATE` in GraphQL is `orders/create` in the header: the last word is the verb, for the topics we know. */
export function headerTopic(topic: string): string {
  const lower = topic.toLowerCase()
  if (lower === 'orders_partially_fulfilled') return 'orders/partially_fulfilled'
  const at = lower.lastIndexOf('_')
  return `${lower.slice(0, at)}/${lower.slice(at + 1)}`
}

const uuid = (seed: string): string => {
  const hex = createHash('sha256').update(seed).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

/** Deliveries by the moment they are due: a binary heap, since a day has many thousands. */
function openQueue(heap: Delivery[]) {
  const before = (a: number, b: number) =>
    heap[a]!.dueAt < heap[b]!.dueAt || (heap[a]!.dueAt === heap[b]!.dueAt && heap[a]!.sequence < heap[b]!.sequence)
  const swap = (a: number, b: number) => ([heap[a], heap[b]] = [heap[b]!, heap[a]!])

  return {
    add(delivery: Delivery): void {
      heap.push(delivery)
      for (let at = heap.length - 1; at > 0;) {
        const parent = (at - 1) >> 1
        if (!before(at, parent)) break
        swap(at, parent)
        at = parent
      }
    },
    /** The first one due by now, or null. */
    take(now: number): Delivery | null {
      if (heap.length === 0 || heap[0]!.dueAt > now) return null
      const first = heap[0]!
      const last = heap.pop()!
      if (heap.length === 0) return first
      heap[0] = last
      for (let at = 0; ;) {
        let least = at
        for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && before(child, least)) least = child
        if (least === at) return first
        swap(at, least)
        at = least
      }
    },
  }
}
