/** A small trading day for the console's tests: enough orders to page, every status, some trouble of each kind. */
import type { Amount } from '#api/contract-parts.ts'
import {
  ORDER_STATUS_VALUES,
  type InboxRowView,
  type LiveEvent,
  type OrderPage,
  type OrderRow,
  type Overview,
} from '#api/contract.ts'
import type { StockPage, StockRow } from '#api/contract-stock.ts'
import type { DeadLetter } from '#api/contract-dead.ts'
import { lettersAt } from './world-dead.ts'
import { type Reviews, reviews } from './world-customers.ts'
import { type Held, holdsAt } from './world-holds.ts'
import { lifeOf } from './world-life.ts'
import { PAYMENTS, returnsAt, type Returned } from './world-returns.ts'
import { CODES, SENTENCES } from './world-troubles.ts'
import { storesAt, storesNowAt } from './world-stores.ts'
import { ASKING, moneyOf, pageAt, pageOf, skuPageOf, SKUS, traceOf } from './world-pages.ts'

const MINUTE_MS = 60_000
const CUSTOMERS = ['A••• L•••', 'G••• H•••', 'M••• S•••', null]

export class World {
  readonly start = Date.now()
  orders: OrderRow[]
  stock: StockRow[]
  stores: ReturnType<typeof storesAt>
  inbox: InboxRowView[]
  letters: DeadLetter[]
  holds: Held[]
  reviews: Reviews = reviews()
  returns: Returned[]
  events: LiveEvent[]
  overview: Overview
  /** Where the trace of an order is looked at. */
  spans: OrderPage['spans'] = {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    url: 'https://traces.example/4bf92f3577b34da6a3ce929d0e0e4736',
  }
  /** When set, what a replay was confirmed for is not what it would do any more. */
  moved = false

  constructor() {
    this.orders = Array.from({ length: 130 }, (_, index) => this.#order(index))
    this.stock = SKUS.map((sku, index) => this.#sku(sku, index))
    this.stores = storesAt((minutes) => this.ago(minutes))
    this.letters = lettersAt((minutes) => this.ago(minutes))
    this.holds = holdsAt((minutes) => this.ago(minutes))
    this.returns = returnsAt((minutes) => this.ago(minutes))
    this.inbox = [
      {
        id: 871,
        source: 'shopify-main',
        kind: 'delivery',
        topic: 'orders/updated',
        key: 'w-871',
        receivedAt: this.ago(47),
        outcome: 'The total is not a decimal: line 3 of the order has the price "12,50".',
        correlation: 'order/shopify-main/1031',
      },
    ]
    this.events = Array.from({ length: 12 }, (_, index) => this.event(index + 1, 12 - index))
    this.overview = this.#overview()
  }

  ago(minutes: number): string {
    return new Date(this.start - minutes * MINUTE_MS).toISOString()
  }

  event(position: number, secondsAgo: number): LiveEvent {
    const kinds = [
      ['order.placed', 'Placed for €84.50'],
      ['order.confirmed', 'Odoo confirmed sale S00981'],
      ['stock.published', 'shopify-main now shows 14'],
      ['order.shipped', 'All parcels have left'],
    ] as const
    const [type, title] = kinds[position % kinds.length]!
    const sku = type === 'stock.published'
    const id = 1130 - (position % 20)
    return {
      position,
      type,
      title,
      at: new Date(this.start - secondsAgo * 1_000).toISOString(),
      stream: sku ? 'stock/WH/MUG-BLUE-330' : `order/shopify-main/${id}`,
      label: sku ? 'MUG-BLUE-330' : `#${id}`,
    }
  }

  listOrders({
    status,
    attention,
    q,
    cursor,
    limit,
  }: { [Name in 'status' | 'q' | 'cursor']?: string | undefined } & {
    attention?: boolean | undefined
    limit: number
  }): { rows: OrderRow[]; next: string | null } {
    const name = q?.replace(/^#?/, '#')
    const found = this.orders.filter(
      (row) =>
        (status === undefined || row.status === status) &&
        (attention === undefined || row.attention === attention) &&
        (name === undefined || row.label.startsWith(name)),
    )
    return pageAt(found, cursor, limit)
  }

  listStock({
    attention,
    pool,
    mode,
    waiting,
    q,
    cursor,
    limit,
  }: {
    q?: string | undefined
    cursor?: string | undefined
    attention?: boolean | undefined
    pool?: string | undefined
    mode?: StockRow['mode'] | undefined
    waiting?: boolean | undefined
    limit: number
  }): {
    rows: StockRow[]
    next: string | null
  } {
    const found = this.stock.filter(
      (row) =>
        (attention === undefined || row.attention === attention) &&
        (pool === undefined || row.pool === pool) &&
        (mode === undefined || row.mode === mode) &&
        (waiting === undefined || row.channels.some(({ waits }) => waits !== null) === waiting) &&
        (!q || row.sku.startsWith(q.toUpperCase())),
    )
    return pageAt(found, cursor, limit)
  }

  orderPage(channel: string, externalId: string): OrderPage | null {
    const row = this.orders.find((one) => one.channel === channel && one.externalId === externalId)
    if (!row) return null
    const placedMs = Date.parse(row.placedAt ?? row.updatedAt)
    const back = this.returns.find((one) => one.channel === channel && one.externalId === externalId) ?? null
    const life = back?.status === 'settled' ? lifeOf(placedMs) : []
    const trace = [...traceOf(row, placedMs), ...life].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    const page = pageOf(row, trace, SENTENCES)
    const payments = back ? PAYMENTS : []
    return { ...page, spans: this.spans, holds: this.holdsOf(channel, externalId), back, payments }
  }

  holdsOf(channel: string, externalId: string): Held[] {
    return this.holds.filter((one) => one.channel === channel && one.externalId === externalId)
  }

  /** The first of two people asks; what needs one, or was asked for, is let go. */
  decideHold(place: { channel: string; externalId: string; kind: string }, action: string, by: string): void {
    const hold = this.holdsOf(place.channel, place.externalId).find(({ kind }) => kind === place.kind)
    if (!hold || action === 'keep') return
    if (hold.release === 'second_person' && !hold.asked) hold.asked = { by, note: '', at: this.ago(0) }
    else this.holds = this.holds.filter((one) => one !== hold)
  }

  stockPage(pool: string, sku: string): StockPage | null {
    const row = this.stock.find((one) => one.pool === pool && one.sku === sku)
    return row ? skuPageOf(row, this.start) : null
  }

  /** What failed works this time. */
  retry(channel: string, externalId: string): void {
    this.orders = this.orders.map((row) =>
      row.channel === channel && row.externalId === externalId
        ? { ...row, status: 'confirmed', attention: false, codes: [] }
        : row,
    )
  }

  /** A person's choice; null leaves it to policy. */
  setMode(sku: string, mode: StockRow['mode'] | null): void {
    this.stock = this.stock.map((row) =>
      row.sku === sku ? { ...row, mode: mode ?? 'exclusive', modeByHand: mode !== null } : row,
    )
  }

  #order(index: number): OrderRow {
    const id = 1130 - index
    const stuck = index % 11 === 6
    const late = [
      'completed',
      'completed',
      'shipped',
      'invoiced',
      'completed',
      'cancelled',
      'part_shipped',
      'cancelling',
    ] as const
    const early = ['waiting', 'releasing', 'confirmed', 'confirmed'] as const
    const code = CODES[Math.floor(index / 11) % CODES.length]!
    return {
      channel: 'shopify-main',
      externalId: String(id),
      label: `#${id}`,
      status: stuck
        ? code === 'invoice_failed'
          ? 'shipped'
          : 'held_back'
        : index < 8
          ? early[index % 4]!
          : late[index % 8]!,
      attention: stuck,
      codes: stuck ? [code] : [],
      total: moneyOf(1_990 + ((id * 7_919) % 24_000)),
      placedAt: this.ago(index * 3 + 0.4),
      updatedAt: this.ago(index * 3),
      customerMasked: CUSTOMERS[index % CUSTOMERS.length]!,
    }
  }

  #sku(sku: string, index: number): StockRow {
    const free = (index * 37) % 90
    const held = index % 5
    const trouble = index === 3 ? 'Shopify: the location was deactivated.' : null
    const shown = Math.max(0, free - held)
    const waits = index === 2 || index === 9
    return {
      pool: 'WH',
      sku,
      held,
      safety: 0,
      attention: trouble !== null,
      status: index === 21 ? 'uncounted' : 'stocked',
      onHand: free + 12,
      free,
      available: free - held,
      updatedAt: this.ago(index + 1),
      channels: [
        {
          name: 'shopify-main',
          shown: trouble ? shown + 6 : shown,
          bound: shown,
          share: shown,
          writes: 'swap',
          trouble,
          inFlight: index === 5 ? { from: shown, to: shown - 2 } : null,
          waits: null,
          waitsFor: null,
          standing: 'It has its share.',
        },
        ...(waits
          ? [
              {
                name: 'woo-outlet',
                shown: 4,
                bound: 6,
                share: 4,
                writes: 'plain' as const,
                trouble: null,
                inFlight: null,
                waits: 'All orders of woo-outlet have to be known.',
                waitsFor: this.ago(2),
                standing: 'It took a number. What it sold before that is not known yet, and counts until it is.',
              },
            ]
          : []),
      ],
      mode: index === 7 ? 'shared' : 'exclusive',
      modeByHand: index === 7,
      incidents: trouble ? ['The ERP has -1 on hand: more was taken out than was there. Count it.'] : [],
    }
  }

  #overview(): Overview {
    const held = this.orders.filter(({ attention }) => attention)
    const worth: Amount = moneyOf(held.reduce((all, { total }) => all + (total?.amount ?? 0), 0))
    const minute = Math.floor(this.start / MINUTE_MS) * MINUTE_MS
    const wave = (index: number, lag: number) => Math.round(7 + 4 * Math.sin((index - lag) / 6) + ((index * 5) % 4))
    return {
      now: new Date(this.start).toISOString(),
      ordersPerMinute: Array.from({ length: 60 }, (_, index) => ({
        minute: new Date(minute - (59 - index) * MINUTE_MS).toISOString(),
        placed: index === 59 ? 2 : wave(index, 0),
        confirmed: index === 59 ? 2 : Math.max(0, wave(index, 1) - (index % 3 === 0 ? 1 : 0)),
        shipped: index === 59 ? 1 : Math.round(wave(index, 9) * 0.7),
      })),
      byStatus: ORDER_STATUS_VALUES.map((status) => ({
        status,
        count: this.orders.filter((row) => row.status === status).length,
      })),
      stuck: {
        count: held.length,
        value: [worth],
        oldest: held
          .slice(-10)
          .reverse()
          .map((row) => ({
            channel: row.channel,
            externalId: row.externalId,
            label: row.label,
            codes: row.codes,
            detail: SENTENCES[row.codes[0] as (typeof CODES)[number]],
            since: row.updatedAt,
            value: row.total,
          })),
      },
      stock: {
        skus: this.stock.length,
        agreeing: this.stock.length - 2,
        disagreeingCount: 2,
        oversold: 0,
        overOffered: 0,
        incidents: 0,
        disagreeing: [this.stock[3]!, this.stock[5]!].map(({ pool, sku, channels: [one], updatedAt }) => ({
          pool,
          sku,
          channel: one!.name,
          shown: one!.shown,
          promised: one!.bound,
          trouble: one!.trouble,
          since: updatedAt,
        })),
      },
      stores: storesNowAt((minutes) => this.ago(minutes)),
      acceptances: {
        open: 2,
        soonest: [
          {
            channel: 'shopify-main',
            externalId: ASKING,
            label: `#${ASKING}`,
            by: this.ago(-42.2),
            value: moneyOf(5_590),
          },
          { channel: 'shopify-main', externalId: '1122', label: '#1122', by: this.ago(-190), value: null },
        ],
      },
      connections: [
        {
          name: 'shopify-main',
          kind: 'shopify',
          role: 'channel',
          state: 'ok',
          breaker: 'closed',
          openUntil: null,
          failuresInARow: 0,
          pausedBecause: null,
          openIntents: 0,
          oldestOpenAt: null,
          lastFault: null,
          lastHeardAt: this.ago(0.05),
          feeds: [
            { name: 'orders', caughtUpAt: this.ago(0.3), report: null },
            { name: 'products', caughtUpAt: this.ago(4), report: null },
          ],
          watchdog: 'The feed orders was read again from 2026-11-21 04:00 UTC on: 2 of 31 were missed.',
        },
        {
          name: 'odoo',
          kind: 'odoo',
          role: 'erp',
          state: 'waiting',
          breaker: 'closed',
          openUntil: null,
          failuresInARow: 0,
          pausedBecause: null,
          openIntents: 14,
          oldestOpenAt: this.ago(2),
          lastHeardAt: this.ago(0.2),
          lastFault: {
            kind: 'throttled',
            code: 'too_many_requests',
            message: 'Odoo asked for a pause of 20 seconds.',
            at: this.ago(1),
          },
          feeds: [
            { name: 'shipments', caughtUpAt: this.ago(1), report: null },
            { name: 'stock', caughtUpAt: null, report: 'Two products share the reference MUG-RED.' },
          ],
          watchdog: null,
        },
      ],
      queue: {
        undecided: 3,
        oldestUndecidedAt: this.ago(0.02),
        dead: this.inbox.length,
        deadLetters: this.letters.length,
        findings: 1,
      },
      duplicatesDropped: 41,
      uptimeSeconds: 12_400,
      version: '0.1.0',
    }
  }
}
