/**
 * A simulated PayPal account: a fetch, a source of webhooks that come late, doubled and out of order, and a control
 * plane through which customers pay, banks dispute and refunds come back.
 */
import { createHash, createSign } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Fetch } from '../../../io.ts'
import type { Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { openPost } from '../../kit/simulator-post.ts'
import { newServer } from '../../kit/simulator-server.ts'
import { sharedCertificate } from './certificate.ts'
import { openServer } from './server.ts'
import { type Account, type Amount, empty, type OrderRow, type PaypalOptions, type Row, type Stored } from './state.ts'
import * as trade from './trade.ts'
import type { Wanted } from './trade.ts'

export type { PaypalOptions } from './state.ts'

const RETRIED_MS = 3 * 86_400_000
const RETRIES = 25
export const CERT_URL = 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270'

export interface PaypalBeliefs {
  /** Amounts in hundredths. */
  payments: {
    id: string
    status: string
    authorised: number
    captured: number
    refunded: number
    /** Set aside and not taken yet. */
    open: number
    currency: string
  }[]
  refunds: { id: string; amount: number; status: string; captureId: string; customId: string | null }[]
  disputes: { id: string; status: string }[]
  requests: number
}

export interface PaypalAccount extends Simulator {
  /** The customer approves and the shop captures at once. @returns the order's id. */
  pay(wanted: Wanted): string
  /** The customer approves and the shop authorises. */
  authorise(wanted: Wanted): string
  /** The customer approves; the shop has done nothing yet. */
  approve(wanted: Wanted): string
  /** A capture of an older checkout, without an order. @returns its id. */
  bareCapture(wanted: Wanted): string
  /** On the website. @returns the capture's id. */
  capture(id: string, value: string, isFinal?: boolean): string
  settleCapture(captureId: string, isGood: boolean): void
  void(id: string): void
  capturesOf(id: string): readonly string[]
  refund(captureId: string, value?: string, status?: 'COMPLETED' | 'PENDING'): string
  settleRefund(id: string, status: 'COMPLETED' | 'FAILED'): void
  dispute(captureId: string, value: string, stage?: 'INQUIRY' | 'CHARGEBACK'): string
  closeDispute(id: string, won: boolean): void
  failNext(count: number, when: 'after' | 'before'): void
  revokeTokens(): void
  removeWebhooks(): void
  webhookIdOf(url: string): string | undefined
  nextDueAt(): number | null
  beliefs(): PaypalBeliefs
  snapshot(): Stored
  restore(stored: Stored): void
}

export function createPaypal(options: PaypalOptions, io: SimulatorIo): PaypalAccount {
  let stored = empty()
  const account: Account = {
    io,
    options,
    get stored() {
      return stored
    },
    id(length = 17) {
      stored.sequence += 1
      const digest = createHash('sha256').update(`paypal ${stored.sequence}`).digest('hex').toUpperCase()
      return digest.slice(0, length)
    },
    now: () => new Date(io.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    emit,
  }
  const server = newServer()
  const post = openPost(() => stored, options, io, {
    addressed({ webhookId, body, sequence, failures }) {
      const webhook = stored.webhooks.get(webhookId)
      if (!webhook) return null
      const [id, time] = [`${sequence}-${failures}-ee`, account.now()]
      const signed = `${id}|${time}|${webhookId}|${crc32(body)}`
      const headers = {
        'content-type': 'application/json',
        'paypal-transmission-id': id,
        'paypal-transmission-time': time,
        'paypal-transmission-sig': createSign('RSA-SHA256').update(signed).sign(sharedCertificate().key, 'base64'),
        'paypal-cert-url': CERT_URL,
        'paypal-auth-algo': 'SHA256withRSA',
      }
      return { url: webhook.url, headers }
    },
    retryAt({ failures, firstAt }) {
      const dueAt = io.now() + 60_000 * 2 ** Math.min(failures, 8)
      return dueAt - firstAt <= RETRIED_MS && failures <= RETRIES ? dueAt : null
    },
  })

  function emit(type: string, resourceType: string, resource: Row): void {
    const event = {
      id: `WH-${account.id()}-${account.id()}`,
      create_time: new Date(io.now()).toISOString(),
      resource_type: resourceType,
      event_version: '1.0',
      event_type: type,
      summary: `A ${resourceType} has news.`,
      resource_version: '2.0',
      resource: structuredClone(resource),
      links: [],
    }
    stored.events.push(event)
    for (const { id, event_types: types } of stored.webhooks.values())
      if (types.some(({ name }) => name === type || name === '*')) post.send(id, JSON.stringify(event))
  }

  const currencyOf = (captureId: string) => trade.captureOf(account, captureId).amount.currency_code
  const of = (value: string, currency: string): Amount => ({ currency_code: currency, value })
  const authorizationFor = (id: string) => trade.orderOf(account, id).authorizations[0] ?? ''
  const fetch: Fetch = (request) => openServer(account, server)(request)

  return {
    fetch,
    due: post.due,
    nextDueAt: post.nextDueAt,
    pay(wanted) {
      const order = trade.newOrder(account, wanted, 'CAPTURE')
      trade.newCapture(account, { order }, order.amount, true)
      account.emit('CHECKOUT.ORDER.COMPLETED', 'checkout-order', trade.orderView(account, order))
      return order.id
    },
    authorise(wanted) {
      const order = trade.newOrder(account, wanted, 'AUTHORIZE')
      trade.authorize(account, order)
      return order.id
    },
    approve: (wanted) => trade.newOrder(account, wanted, 'CAPTURE').id,
    bareCapture: (wanted) => trade.newCapture(account, {}, of(wanted.value, wanted.currency), true).id,
    capture(id, value, isFinal = true) {
      const { amount } = trade.orderOf(account, id)
      return trade.captureAuthorization(account, authorizationFor(id), of(value, amount.currency_code), isFinal).id
    },
    settleCapture: (captureId, isGood) => trade.settleCapture(account, captureId, isGood),
    void: (id) => void trade.voidAuthorization(account, authorizationFor(id)),
    capturesOf: (id) => trade.orderOf(account, id).captures,
    refund(captureId, value, status = 'COMPLETED') {
      const amount = value === undefined ? undefined : of(value, currencyOf(captureId))
      return trade.refundCapture(account, captureId, { amount, status }).id
    },
    settleRefund: (id, status) => trade.settleRefund(account, id, status),
    dispute: (captureId, value, stage = 'CHARGEBACK') =>
      trade.openDispute(account, captureId, of(value, currencyOf(captureId)), stage).dispute_id,
    closeDispute: (id, won) => trade.closeDispute(account, id, won),
    failNext: (count, when) => void (server.failures = { count, when }),
    revokeTokens: () => stored.tokens.clear(),
    removeWebhooks: () => stored.webhooks.clear(),
    webhookIdOf: (url) => [...stored.webhooks.values()].find((one) => one.url === url)?.id,
    beliefs: () => beliefsOf(account, server.requests),
    snapshot: () => structuredClone(stored),
    restore: (before) => void (stored = structuredClone(before)),
  }
}

function beliefsOf(account: Account, requests: number): PaypalBeliefs {
  const { orders, refunds, disputes, captureOf } = account.stored
  const sum = (all: readonly { amount: Amount }[]) => all.reduce((total, { amount }) => total + trade.cents(amount), 0)
  const taken = ({ status }: { status: string }) => ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'].includes(status)
  return {
    payments: [...orders.values()].map((one) => ({
      id: one.id,
      status: one.status,
      authorised: sum(
        one.authorizations.map((id) => trade.authorizationOf(account, id)).filter(({ status }) => status !== 'VOIDED'),
      ),
      captured: sum(one.captures.map((id) => trade.captureOf(account, id)).filter(taken)),
      refunded: sum(one.refunds.map((id) => trade.refundOf(account, id)).filter(({ status }) => status !== 'FAILED')),
      open: openOf(account, one),
      currency: one.amount.currency_code,
    })),
    refunds: [...refunds.values()].map(({ id, amount, status, custom_id }) => ({
      id,
      amount: trade.cents(amount),
      status,
      captureId: captureOf.get(id) ?? '',
      customId: custom_id ?? null,
    })),
    disputes: [...disputes.values()].map(({ dispute_id: id, status }) => ({ id, status })),
    requests,
  }
}

function openOf(account: Account, { authorizations, captures }: OrderRow): number {
  const isOpen = ({ status }: { status: string }) => status === 'CREATED' || status === 'PARTIALLY_CAPTURED'
  const held = authorizations.map((id) => trade.authorizationOf(account, id)).filter(isOpen)
  if (held.length === 0) return 0
  const taken = captures.reduce((sum, id) => sum + trade.cents(trade.captureOf(account, id).amount), 0)
  return held.reduce((sum, { amount }) => sum + trade.cents(amount), -taken)
}
