/**
 * A simulated Stripe account: a fetch, a source of webhooks that come late, doubled and out of order, and a control
 * plane through which customers pay, banks dispute and refunds come back.
 */
import { createHash, createHmac } from 'node:crypto'
import type { Fetch } from '../../../io.ts'
import type { Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { openPost } from '../../kit/simulator-post.ts'
import { newServer } from '../../kit/simulator-server.ts'
import type { Wanted } from './objects.ts'
import { openServer } from './server.ts'
import { type Account, empty, type EventRow, type Row, type Stored, type StripeOptions } from './state.ts'
import * as trade from './trade.ts'

export type { StripeOptions } from './state.ts'

const RETRIED_MS = 3 * 86_400_000

export interface StripeBeliefs {
  payments: { id: string; status: string; authorised: number; captured: number; refunded: number; currency: string }[]
  refunds: { id: string; amount: number; status: string; metadata: Readonly<Record<string, string>> }[]
  disputes: { id: string; status: string; amount: number }[]
  events: number
  requests: number
}

export interface StripeAccount extends Simulator {
  pay(wanted: Wanted): string
  authorise(wanted: Wanted): string
  decline(wanted: Wanted, code?: string): string
  /** In the dashboard. */
  capture(id: string, amount?: number, isFinal?: boolean): void
  expire(id: string): void
  refund(id: string, amount?: number, status?: 'succeeded' | 'pending', metadata?: Record<string, string>): string
  settleRefund(id: string, status: 'succeeded' | 'failed', why?: string): void
  dispute(id: string, amount: number, reason?: string): string
  closeDispute(id: string, won: boolean): void
  warn(id: string, kind?: string): string
  /** Radar has people look at it. */
  review(id: string): string
  /** `approved`, `refunded_as_fraud`, `disputed`, … */
  closeReview(reviewId: string, how: string): void
  /** The next POSTs answer 500: after the work was done, or before. */
  failNext(count: number, when: 'after' | 'before'): void
  /** Both the old and the new secret sign until the old one is dropped. */
  rollSecret(url: string): string
  removeEndpoints(): void
  disableEndpoints(): void
  secretsOf(url: string): readonly string[]
  nextDueAt(): number | null
  beliefs(): StripeBeliefs
  snapshot(): Stored
  restore(stored: Stored): void
}

export function createStripe(options: StripeOptions, io: SimulatorIo): StripeAccount {
  let stored = empty()
  const account: Account = {
    io,
    options,
    get stored() {
      return stored
    },
    id(prefix) {
      stored.sequence += 1
      const digest = createHash('sha256').update(`${prefix} ${stored.sequence}`).digest('hex')
      return `${prefix}_${digest.slice(0, 24)}`
    },
    now: () => Math.floor(io.now() / 1_000),
    emit,
  }
  const server = newServer()
  const post = openPost(() => stored, options, io, {
    addressed({ webhookId, body }) {
      const endpoint = stored.endpoints.get(webhookId)
      if (endpoint?.status !== 'enabled') return null
      const at = account.now()
      const sign = (secret: string) => `v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`
      const signature = [`t=${at}`, ...(stored.secrets.get(webhookId) ?? []).map(sign)].join(',')
      return { url: endpoint.url, headers: { 'content-type': 'application/json', 'stripe-signature': signature } }
    },
    retryAt({ failures, firstAt }) {
      const dueAt = io.now() + 60_000 * 2 ** Math.min(failures, 10)
      return dueAt - firstAt <= RETRIED_MS ? dueAt : null
    },
  })

  function emit(type: string, object: Row): void {
    const event: EventRow = {
      id: account.id('evt'),
      object: 'event',
      api_version: '2026-10-28.endive',
      created: account.now(),
      data: { object: structuredClone(object) },
      livemode: options.livemode ?? false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    }
    stored.events.set(event.id, event)
    const isFor = (types: readonly string[]) => types.includes(type) || types.includes('*')
    for (const { id, status, enabled_events: types } of stored.endpoints.values())
      if (status === 'enabled' && isFor(types)) post.send(id, JSON.stringify(event))
  }

  const chargeFor = (id: string) => trade.chargeOf(account, trade.intentOf(account, id).latest_charge ?? '')
  const fetch: Fetch = (request) => openServer(account, server)(request)

  return {
    fetch,
    due: post.due,
    nextDueAt: post.nextDueAt,
    pay: (wanted) => trade.pay(account, wanted).id,
    authorise: (wanted) => trade.pay(account, { ...wanted, capture: 'manual' }).id,
    decline: (wanted, code) => trade.decline(account, wanted, code).id,
    capture: (id, amount, isFinal = true) => void trade.captureIntent(account, id, amount, isFinal),
    expire: (id) => void trade.cancelIntent(account, id, 'automatic', true),
    refund: (id, amount, status = 'succeeded', metadata = {}) =>
      trade.refundCharge(account, { charge: chargeFor(id), amount, status, metadata }).id,
    settleRefund: (id, status, why) => void trade.settleRefund(account, id, status, why),
    dispute: (id, amount, reason = 'fraudulent') => trade.openDispute(account, id, amount, reason).id,
    closeDispute: (id, won) => void trade.closeDispute(account, id, won),
    warn: (id, kind) => trade.warn(account, id, kind),
    review: (id) => trade.openReview(account, id),
    closeReview: (id, how) => trade.closeReview(account, id, how),
    failNext: (count, when) => void (server.failures = { count, when }),
    rollSecret(url) {
      const endpoint = [...stored.endpoints.values()].find((one) => one.url === url)
      const secret = `whsec_${account.id('secret')}`
      const before = stored.secrets.get(endpoint?.id ?? '')?.slice(-1) ?? []
      stored.secrets.set(endpoint?.id ?? '', [...before, secret])
      return secret
    },
    removeEndpoints: () => stored.endpoints.clear(),
    disableEndpoints: () => {
      for (const one of stored.endpoints.values()) one.status = 'disabled'
    },
    secretsOf(url) {
      const endpoint = [...stored.endpoints.values()].find((one) => one.url === url)
      return stored.secrets.get(endpoint?.id ?? '') ?? []
    },
    beliefs: () => beliefsOf(stored, server.requests),
    snapshot: () => structuredClone(stored),
    restore: (before) => void (stored = structuredClone(before)),
  }
}

function beliefsOf({ intents, charges, refunds, disputes, events }: Stored, requests: number): StripeBeliefs {
  return {
    payments: [...intents.values()].map((one) => {
      const { id, status, amount_capturable: open, amount_received: captured, currency } = one
      const refunded = charges.get(one.latest_charge ?? '')?.amount_refunded ?? 0
      return { id, status, authorised: open + captured, captured, refunded, currency }
    }),
    refunds: [...refunds.values()].map(({ id, amount, status, metadata }) => ({ id, amount, status, metadata })),
    disputes: [...disputes.values()].map(({ id, status, amount }) => ({ id, status, amount })),
    events: events.size,
    requests,
  }
}
