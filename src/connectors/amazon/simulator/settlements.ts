/**
 * Settlements of the simulated marketplace: what was shipped and given back becomes amounts, Amazon keeps its fees and
 * a reserve, and a report of it is made. Nobody can ask for one.
 */
import { formatMoney, money } from '#canon/money.ts'
import { SETTLEMENT_REPORT } from '../reports.ts'
import { SETTLEMENT_COLUMNS, type SettlementColumn } from '../settlement-row.ts'
import { tellReport } from './notify.ts'
import { moment, type Order, type World } from './state.ts'

/** One amount of a settlement, in minor units. */
export interface Posting {
  transaction: string
  orderId: string
  type: string
  description: string
  amount: number
  at: number
}

export interface Settled {
  id: string
  reportId: string
  total: number
  postings: Posting[]
}

export interface SettleOptions {
  /** End of the period; now unless said. */
  until?: number
  /** Kept back, and given back with the next settlement. */
  reserve?: number
  /** Amounts that Amazon posts of its own accord: fees, orders of long ago. */
  others?: readonly (Pick<Posting, 'type' | 'description' | 'amount'> & Partial<Posting>)[]
  /** The report says something else than what was settled. */
  alter?(report: string): string
  charset?: 'utf-8' | 'cp1252'
}

export interface Settlements {
  /** Closes the period. @returns what Amazon believes of it. */
  closePeriod(options?: SettleOptions): Settled
  /** The same settlement is offered in another report. @returns its id. */
  offerAgain(settlementId: string): string
  /** The buyer gets so much of the goods back; or the bank takes it. @returns whether there was so much. */
  giveBack(orderId: string, amount: number, how?: 'Refund' | 'Chargeback Refund'): boolean
}

const COMMISSION = 0.15
const FBA_PER_PIECE = 322
const REFUND_COMMISSION = 0.2

export function openSettlements(world: World): Settlements {
  const { state, io } = world
  return {
    closePeriod({
      until = io.now(),
      reserve = 0,
      others = [],
      alter = (report: string) => report,
      charset = 'utf-8',
    } = {}) {
      const { settled } = state
      const last = settled.at(-1)
      const lastReserve = last?.postings.find(({ description }) => description === 'Current Reserve Amount')
      const postings = [
        ...[...state.orders.values()].flatMap((order) => sold(world, order, until)),
        ...state.givenBack.splice(0).flatMap(back),
        ...others.map((one) => ({ transaction: 'other-transaction', orderId: '', at: until, ...one })),
        ...(lastReserve ? [reserved('Previous Reserve Amount Balance', -lastReserve.amount, until)] : []),
        ...(reserve > 0 ? [reserved('Current Reserve Amount', -reserve, until)] : []),
      ]
      const total = postings.reduce((sum, { amount }) => sum + amount, 0)
      const id = String(18_000_000_000 + world.next())
      const report = alter(tableOf(world, { id, from: state.settledUntil ?? 0, until, total, postings }))
      const one: Settled = { id, reportId: reportOf(world, report, charset), total, postings }
      settled.push(one)
      state.settledUntil = until
      return structuredClone(one)
    },
    offerAgain(settlementId) {
      const one = state.settled.find(({ id }) => id === settlementId)
      const { documentId } = state.reports.get(one?.reportId ?? '') ?? {}
      const { text = '', charset = 'utf-8' } = state.documents.get(documentId ?? '') ?? {}
      return reportOf(world, text, charset)
    },
    giveBack(orderId, amount, how = 'Refund') {
      const order = state.orders.get(orderId)
      const paid = order?.items.reduce((sum, { goods }) => sum + goods.price - goods.discount, 0) ?? 0
      if (order?.status !== 'SHIPPED' || amount > paid) return false
      state.givenBack.push({ orderId, amount, how, at: io.now() })
      return true
    },
  }
}

const reserved = (description: string, amount: number, at: number): Posting => ({
  transaction: 'other-transaction', orderId: '', type: 'other-transaction', description, amount, at,
}) // prettier-ignore

/** What an order brings, once all of it has left. */
function sold(world: World, order: Order, until: number): Posting[] {
  const at = order.shippedAt
  if (at === undefined || order.status !== 'SHIPPED' || order.isSettled || at > until) return []
  order.isSettled = true
  return order.items.flatMap(({ goods, shipping, shipped }) => {
    const post = (type: string, description: string, amount: number): Posting[] =>
      amount === 0 ? [] : [{ transaction: 'Order', orderId: order.id, type, description, amount, at }]
    const tax = world.taxesIncluded ? 0 : goods.tax
    const shippingTax = world.taxesIncluded ? 0 : shipping.tax
    const withheld = world.options.taxByAmazon ?? true
    return [
      ...post('ItemPrice', 'Principal', goods.price),
      ...post('ItemPrice', 'Tax', tax),
      ...post('ItemPrice', 'Shipping', shipping.price),
      ...post('ItemPrice', 'ShippingTax', shippingTax),
      ...(withheld ? post('ItemWithheldTax', 'MarketplaceFacilitatorTax-Principal', -goods.tax) : []),
      ...(withheld ? post('ItemWithheldTax', 'MarketplaceFacilitatorTax-Shipping', -shipping.tax) : []),
      ...post('Promotion', 'Principal', -goods.discount),
      ...post('ItemFees', 'Commission', -commissionOf(goods.price - goods.discount + shipping.price)),
      ...(order.fulfilledBy === 'AMAZON' ? post('ItemFees', 'FBAPerUnitFulfillmentFee', -FBA_PER_PIECE * shipped) : []),
    ]
  })
}

const commissionOf = (amount: number): number => Math.round(amount * COMMISSION)

export interface GivenBack {
  orderId: string
  amount: number
  how: string
  at: number
}

/** Amazon gives its commission back, and keeps a part of it for the work. */
function back({ orderId, amount, how, at }: GivenBack): Posting[] {
  const commission = commissionOf(amount)
  const post = (type: string, description: string, of: number): Posting => ({
    transaction: how, orderId, type, description, amount: of, at,
  }) // prettier-ignore
  return [
    post('ItemPrice', 'Principal', -amount),
    post('ItemFees', 'Commission', commission),
    post('ItemFees', 'RefundCommission', -Math.round(commission * REFUND_COMMISSION)),
  ]
}

function reportOf(world: World, text: string, charset: 'utf-8' | 'cp1252'): string {
  const { state, io } = world
  const id = String(50_000_000_000 + world.next())
  const documentId = `amzn1.spdoc.1.4.na.${world.next()}`
  state.documents.set(documentId, { id: documentId, text, gzip: true, charset })
  const report = { id, type: SETTLEMENT_REPORT, createdAt: io.now(), dueAt: io.now(), documentId, cancelled: false }
  state.reports.set(id, report)
  tellReport(world, report)
  return id
}

interface Table extends Pick<Settled, 'id' | 'total' | 'postings'> {
  from: number
  until: number
}

/** The first line after the head has the totals, all others an amount each. */
function tableOf(world: World, { id, from, until, total, postings }: Table): string {
  const decimal = (amount: number): string => formatMoney(money(amount, world.currency))
  const utc = (at: number): string => `${moment(at).slice(0, 19).replace('T', ' ')} UTC`
  const row = (cells: Partial<Record<SettlementColumn, string>>): string =>
    SETTLEMENT_COLUMNS.map((name) => cells[name] ?? '').join('\t')
  const totals = row({
    'settlement-id': id, 'settlement-start-date': utc(from), 'settlement-end-date': utc(until),
    'deposit-date': utc(until + 2 * 86_400_000), 'total-amount': decimal(total), 'currency': world.currency,
  }) // prettier-ignore
  const lines = postings.map(
    ({ transaction, orderId, type, description, amount, at }) =>
    row({
      'settlement-id': id, 'transaction-type': transaction, 'order-id': orderId, 'amount-type': type,
      'amount-description': description, 'amount': decimal(amount), 'posted-date': moment(at).slice(0, 10),
      'posted-date-time': utc(at),
    }), // prettier-ignore
  )
  return `${[SETTLEMENT_COLUMNS.join('\t'), totals, ...lines].join('\n')}\n`
}
