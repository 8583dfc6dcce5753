/**
 * Webhooks as WooCommerce sends them: one waiting for each webhook and thing, its body made when it leaves, no second
 * try, a delivery id that repeats within a second, and the webhook disabled by the failure after six in a row.
 */
import { createHash, createHmac } from 'node:crypto'
import type { OutgoingHook } from '../../kit/simulator.ts'
import { HOOK_FAILURES_MAX } from '../limits.ts'
import type { Webhook, Woo } from './state.ts'

interface Waiting {
  webhookId: number
  resource: number
  dueMs: number
  /** A ping has no topic and no signature. */
  ping: boolean
}

interface Taken {
  webhookId: number
  url: string
  headers: Record<string, string>
  body: string
  ping: boolean
}

/** Plain data, to be kept and taken up again. */
export interface HooksState {
  waiting: Waiting[]
  /** Handed out and not settled yet, by number. */
  taken: Map<number, Taken>
  sequence: number
}

export interface Hooks {
  state: HooksState
  /** Something happened to a thing: everybody who wants to know will hear, unless the same waits already. */
  emit(topic: string, resource: number): void
  ping(webhook: Webhook): void
  /** @param bodyOf what the REST API says of a thing now; null when it is not there any more. */
  due(bodyOf: (topic: string, resource: number) => unknown): OutgoingHook[]
  nextDueAt(): number | null
  onTheWay(): OutgoingHook[]
}

const newState = (): HooksState => ({ waiting: [], taken: new Map(), sequence: 0 })

/** @param state what earlier hooks remembered; it is taken over, not copied. */
export function openHooks(woo: Woo, state = newState()): Hooks {
  const { io, options } = woo
  const [delayMin, delayMax] = options.hookDelayMs ?? [400, 1_200]
  const later = () => io.now() + delayMin + Math.floor(io.random() * (delayMax - delayMin + 1))

  const outgoing = (number: number, { url, headers, body }: Taken): OutgoingHook => ({
    url,
    headers: { ...headers },
    body,
    settle: (status) => settle(number, status),
  })

  function settle(number: number, status: number | null): void {
    const taken = state.taken.get(number)
    if (!taken) return
    state.taken.delete(number)
    const webhook = woo.webhooks.get(taken.webhookId)
    // A ping that fails is noted and counts for nothing.
    if (!webhook || taken.ping) return
    if (status !== null && status >= 200 && status < 303) webhook.failures = 0
    else if (webhook.failures > HOOK_FAILURES_MAX) webhook.status = 'disabled'
    else webhook.failures += 1
  }

  function take(one: Waiting, webhook: Webhook, body: string): OutgoingHook {
    state.sequence += 1
    const headers = one.ping
      ? { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': agentOf(woo) }
      : headersOf(woo, webhook, body)
    const taken = { webhookId: webhook.id, url: webhook.url, headers, body, ping: one.ping }
    state.taken.set(state.sequence, taken)
    return outgoing(state.sequence, taken)
  }

  return {
    state,
    emit(topic, resource) {
      for (const { id, topic: its, status } of woo.webhooks.values()) {
        if (its !== topic || status !== 'active') continue
        if (state.waiting.some((one) => one.webhookId === id && one.resource === resource && !one.ping)) continue
        state.waiting.push({ webhookId: id, resource, dueMs: later(), ping: false })
      }
    },
    ping: ({ id }) => void state.waiting.push({ webhookId: id, resource: id, dueMs: io.now(), ping: true }),
    due(bodyOf) {
      const now = state.waiting.filter(({ dueMs }) => dueMs <= io.now())
      state.waiting = state.waiting.filter(({ dueMs }) => dueMs > io.now())
      return now.flatMap((one) => {
        const webhook = woo.webhooks.get(one.webhookId)
        if (!webhook || (webhook.status !== 'active' && !one.ping)) return []
        if (one.ping) return [take(one, webhook, `webhook_id=${webhook.id}`)]
        const body = bodyOf(webhook.topic, one.resource)
        return body === null ? [] : [take(one, webhook, asPhp(body))]
      })
    },
    nextDueAt: () => (state.waiting.length === 0 ? null : Math.min(...state.waiting.map(({ dueMs }) => dueMs))),
    onTheWay: () => [...state.taken].map(([number, taken]) => outgoing(number, taken)),
  }
}

const agentOf = ({ options }: Woo): string =>
  options.version === '8.9.3'
    ? 'WooCommerce/8.9.3 Hookshot (WordPress/6.5.5)'
    : 'WooCommerce/11.0.1 Hookshot (WordPress/7.0.4)'

function headersOf(woo: Woo, { id, topic, secret }: Webhook, body: string): Record<string, string> {
  const second = Math.floor(woo.io.now() / 1_000)
  const [resource = '', event = ''] = topic.split('.')
  return {
    'content-type': 'application/json',
    'user-agent': agentOf(woo),
    'x-wc-webhook-source': `${woo.options.url}/`,
    'x-wc-webhook-topic': topic,
    'x-wc-webhook-resource': resource,
    'x-wc-webhook-event': event,
    'x-wc-webhook-signature': createHmac('sha256', secret).update(body).digest('base64'),
    'x-wc-webhook-id': String(id),
    'x-wc-webhook-delivery-id': createHash('md5').update(`${woo.options.url} ${id}${second}`).digest('hex'),
  }
}

/** JSON as PHP writes it: slashes and everything beyond ASCII are escaped. */
export const asPhp = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
