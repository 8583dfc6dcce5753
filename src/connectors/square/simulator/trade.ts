/** The control plane: staff ring up sales and take goods back, customers order online, tills lose their line. */
import { createHash } from 'node:crypto'
import type { Hooks } from './hooks.ts'
import { type Bill, type NewLine, priced } from './pricing.ts'
import {
  type Account,
  type Cash,
  type FulfilmentRow,
  moment,
  type OrderRow,
  type PaymentRow,
  type Row,
} from './state.ts'
import { SCALE, type Stock } from './stock.ts'
import { openReturns, paymentNews, type Returns } from './returns.ts'

export type TenderKind = 'card' | 'cash' | 'gift_card' | 'wallet' | 'check'

export interface NewSale extends Bill {
  locationId?: string
  /** How it is paid; all of it by card unless said. Amounts in minor units; the last one may be left out. */
  tenders?: readonly { kind: TenderKind; amount?: number }[]
  deviceId?: string
}

export interface NewOnlineOrder extends Bill {
  locationId?: string
  type?: FulfilmentRow['type']
  recipient?: Row
  customerId?: string
  referenceId?: string
  sourceName?: string
  note?: string
  /** Authorised only, or not paid at all; paid unless said. */
  payment?: 'paid' | 'authorised' | 'none'
  /** How it is paid, as at a counter; all of it by card unless said. */
  tenders?: NonNullable<NewSale['tenders']>
}

export interface Trade extends Returns {
  /** A sale on a terminal. @returns the id of the order. */
  ringUp(sale: NewSale): string
  /** A sale on a terminal without a line, at the present moment: Square hears of it when `uploadOffline` is called. */
  ringUpOffline(sale: NewSale): void
  /** The terminal's line is back: everything rung up without it arrives. @returns the ids of the orders. */
  uploadOffline(): string[]
  /** An order online, for pick-up or shipment. @returns its id; null when there is not enough in stock. */
  placeOrder(order: NewOnlineOrder): string | null
  /** The fulfilments of an online order are called off; the money is given back. */
  cancelOrder(orderId: string): void
  /** The customer adds a tip afterwards, within the time a terminal allows. */
  addTip(orderId: string, tip: number): void
}

export interface OfflineSale {
  at: number
  sale: NewSale
}

export function openTrade(account: Account, hooks: Hooks, stock: Stock, offline: OfflineSale[]): Trade {
  const { state, io } = account
  const returns = openReturns(account, hooks, stock)

  function sell(lines: readonly NewLine[], locationId: string, at: string): void {
    for (const { sku, quantity } of lines) {
      const variation = [...state.variations.values()].find((one) => one.sku === sku)
      if (!variation?.tracked) continue
      stock.add({
        kind: 'ADJUSTMENT',
        variationId: variation.id,
        locationId,
        quantity: -Math.round(Number(quantity) * SCALE),
        states: ['IN_STOCK', 'SOLD'],
        referenceId: null,
        occurredAt: at,
      })
    }
  }

  function pay(order: OrderRow, tender: { kind: TenderKind; amount: number; tip: number }, how: How): PaymentRow {
    const { money } = account
    const now = account.now()
    const id = account.id('payment')
    const total = money(tender.amount)
    const row: PaymentRow = {
      id,
      created_at: how.offlineAt === null ? how.at : now,
      updated_at: now,
      amount_money: money(tender.amount - tender.tip),
      ...(tender.tip > 0 ? { tip_money: money(tender.tip) } : {}),
      total_money: total,
      status: how.status ?? 'COMPLETED',
      ...sourceOf(tender.kind, total),
      location_id: order.location_id,
      order_id: order.id,
      receipt_number: id.slice(0, 4),
      ...(how.deviceId === null ? {} : { device_details: { device_id: how.deviceId, device_name: 'Till' } }),
      application_details: { square_product: how.product, application_id: 'sq0idp-w46nJ_NCNDMSOywaCY0mwA' },
      ...(how.offlineAt === null
        ? {}
        : { is_offline_payment: true, offline_payment_details: { client_created_at: how.offlineAt } }),
      version_token: createHash('sha256').update(`${id} ${now}`).digest('base64url'),
    }
    state.payments.set(id, row)
    lag(id)
    order.tenders = [...(order.tenders ?? []), tenderRow(order, row, tender)]
    return row
  }

  const lag = (id: string) => {
    if (account.options.listLagMs) state.visibleAt.set(id, io.now() + account.options.listLagMs)
  }

  function take(sale: NewSale, offlineMs: number | null): string {
    const locationId = sale.locationId ?? [...state.locations.keys()][0]!
    const at = offlineMs === null ? account.now() : moment(offlineMs)
    const order: OrderRow = {
      id: account.id('order'),
      location_id: locationId,
      source: { name: 'Square Point of Sale' },
      state: 'COMPLETED',
      // The moment it was made, not the one it was handed in.
      created_at: at,
      updated_at: account.now(),
      closed_at: account.now(),
      ...priced(account, sale),
    }
    state.orders.set(order.id, order)
    lag(order.id)
    const how: How = {
      at,
      offlineAt: offlineMs === null ? null : at,
      deviceId: sale.deviceId ?? 'till-1',
      product: 'SQUARE_POS',
    }
    const payments = splitOf(sale, order.total_money.amount).map((tender) => pay(order, tender, how))
    sell(sale.lines, locationId, at)
    hooks.emit('order.created', orderNews('order_created', order))
    for (const payment of payments) hooks.emit('payment.created', paymentNews(payment))
    return order.id
  }

  return {
    ...returns,
    ringUp: (sale) => take(sale, null),
    ringUpOffline: (sale) => void offline.push({ at: io.now(), sale }),
    uploadOffline: () => offline.splice(0).map(({ at, sale }) => take(sale, at)),

    placeOrder(wanted) {
      const locationId = wanted.locationId ?? [...state.locations.keys()][0]!
      const short = wanted.lines.some(({ sku, quantity }) => {
        const variation = [...state.variations.values()].find((one) => one.sku === sku)
        return sku && (!variation || (variation.tracked && stock.available(sku, locationId) < Number(quantity)))
      })
      if (short) return null
      const at = account.now()
      const type = wanted.type ?? 'SHIPMENT'
      const order: OrderRow = {
        id: account.id('order'),
        location_id: locationId,
        source: { name: wanted.sourceName ?? 'Square Online' },
        ...(wanted.customerId ? { customer_id: wanted.customerId } : {}),
        ...(wanted.referenceId ? { reference_id: wanted.referenceId } : {}),
        state: 'OPEN',
        version: 1,
        created_at: at,
        updated_at: at,
        ...priced(account, wanted),
        fulfillments: [newFulfilment(type, wanted, at)],
      }
      state.orders.set(order.id, order)
      lag(order.id)
      const amount = order.total_money.amount
      const status = wanted.payment === 'authorised' ? 'APPROVED' : 'COMPLETED'
      const how: How = { at, offlineAt: null, deviceId: null, product: 'ONLINE_STORE', status }
      const payments = wanted.payment === 'none' ? [] : splitOf(wanted, amount).map((one) => pay(order, one, how))
      sell(wanted.lines, locationId, at)
      hooks.emit('order.created', orderNews('order_created', order))
      for (const payment of payments) hooks.emit('payment.created', paymentNews(payment))
      return order.id
    },

    cancelOrder(orderId) {
      const order = state.orders.get(orderId)!
      order.fulfillments = (order.fulfillments ?? []).map((one) => ({ ...one, state: 'CANCELED' }))
      order.state = 'CANCELED'
      order.closed_at = account.now()
      touch(account, hooks, order)
      for (const payment of [...state.payments.values()].filter((one) => one.order_id === orderId))
        returns.refundAmount(orderId, payment.total_money.amount - (payment.refunded_money?.amount ?? 0))
    },

    addTip(orderId, tip) {
      const order = state.orders.get(orderId)!
      const payment = [...state.payments.values()].find((one) => one.order_id === orderId)!
      const { money } = account
      payment.tip_money = money(tip)
      payment.total_money = money(payment.total_money.amount + tip)
      payment.updated_at = account.now()
      order.total_tip_money = money(tip)
      order.total_money = money(order.total_money.amount + tip)
      order.tenders = (order.tenders ?? []).map((one) =>
        one['payment_id'] === payment.id ? { ...one, amount_money: payment.total_money, tip_money: money(tip) } : one,
      )
      touch(account, hooks, order)
      hooks.emit('payment.updated', paymentNews(payment))
    },
  }
}

interface How {
  at: string
  offlineAt: string | null
  deviceId: string | null
  product: string
  status?: string
}

/** Orders of a till carry no version. */
export function touch(account: Account, hooks: Hooks, order: OrderRow): void {
  order.updated_at = account.now()
  if (order.version !== undefined) order.version += 1
  hooks.emit('order.updated', orderNews('order_updated', order))
}

const orderNews = (type: string, { id, location_id, state, version, created_at, updated_at }: OrderRow): Row => ({
  type,
  id,
  object: {
    [type]: {
      order_id: id,
      location_id,
      state,
      created_at,
      ...(version === undefined ? {} : { version }),
      ...(type === 'order_updated' ? { updated_at } : {}),
    },
  },
})

function splitOf({ tenders = [{ kind: 'card' }], tip = 0 }: Pick<NewSale, 'tenders' | 'tip'>, total: number) {
  let left = total
  return tenders.map(({ kind, amount }, index) => {
    const part = index === tenders.length - 1 ? left : (amount ?? left)
    left -= part
    return { kind, amount: part, tip: index === 0 ? tip : 0 }
  })
}

const CARD = { card_brand: 'VISA', last_4: '1111', exp_month: 12, exp_year: 2030 } as const

function sourceOf(kind: TenderKind, total: Cash): Pick<PaymentRow, 'source_type'> & Row {
  const card = (brand: string) => ({
    source_type: 'CARD',
    card_details: { status: 'CAPTURED', card: { ...CARD, card_brand: brand }, entry_method: 'EMV' },
  })
  if (kind === 'card') return card('VISA')
  if (kind === 'gift_card') return card('SQUARE_GIFT_CARD')
  if (kind === 'cash') {
    const change = { ...total, amount: 0 }
    return { source_type: 'CASH', cash_details: { buyer_supplied_money: total, change_back_money: change } }
  }
  if (kind === 'wallet') return { source_type: 'WALLET', wallet_details: { status: 'CAPTURED', brand: 'CASH_APP' } }
  return { source_type: 'EXTERNAL', external_details: { type: 'CHECK', source: 'Paper check' } }
}

const TENDERS = { card: 'CARD', gift_card: 'SQUARE_GIFT_CARD', cash: 'CASH', wallet: 'WALLET', check: 'OTHER' } as const

const tenderRow = (order: OrderRow, payment: PaymentRow, { kind, tip }: { kind: TenderKind; tip: number }): Row => ({
  id: payment.id,
  location_id: order.location_id,
  transaction_id: order.id,
  created_at: payment.created_at,
  amount_money: payment.total_money,
  ...(tip > 0 ? { tip_money: { ...payment.total_money, amount: tip } } : {}),
  type: TENDERS[kind],
  ...(kind === 'card' ? { card_details: { status: 'CAPTURED', card: CARD, entry_method: 'EMV' } } : {}),
  ...(kind === 'cash' ? { cash_details: { buyer_tendered_money: payment.total_money } } : {}),
  payment_id: payment.id,
})

function newFulfilment(type: FulfilmentRow['type'], { recipient, note }: NewOnlineOrder, at: string): FulfilmentRow {
  const details = {
    ...(recipient ? { recipient } : {}),
    ...(note ? (type === 'SHIPMENT' ? { shipping_note: note } : { note }) : {}),
    placed_at: at,
  }
  return {
    uid: 'fulfilment-0',
    type,
    state: 'PROPOSED',
    line_item_application: 'ALL',
    [`${type.toLowerCase()}_details`]: details,
  }
}
