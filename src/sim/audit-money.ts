/**
 * The auditor of money: for each order and in all, what the provider has taken and given back, what Odoo has invoiced
 * and credited, and what the hub's own books say, are the same to the cent.
 */
import { streams } from '#core/streams.ts'
import type { PaymentState } from '#core/payment/state.ts'
import { refundedOf } from '#core/payment/state.ts'
import type { Database } from '#store/database.ts'
import type { Estate } from './estate.ts'
import type { Held } from './outlets/outlet.ts'

/** Everything that is known of one order's money, in hundredths. */
export interface Money {
  name: string
  cancelled: boolean
  /** Goods have left, so that a cancellation is a person's business. */
  left: boolean
  total: number
  held: readonly (Held & { provider: string; books: Books | null })[]
  invoiced: number
  credited: number
  /** What gift cards paid of it and no provider has. */
  redeemed?: number
  /** What waits for a payout in Odoo, where it is booked so. */
  taken?: number
}

export interface Books {
  captured: number
  refunded: number
  troubles: readonly { code: string }[]
}

/** When the day is over and everything has arrived. */
export async function auditMoney(estate: Estate, database: Database): Promise<string[]> {
  const providers = estate.outlets.filter(({ money }) => money)
  const cards = auditGiftCards(estate)
  if (providers.length === 0) return cards
  const rows = await database.query<{ stream: string; state: PaymentState }>(
    `select stream, state from stream where kind = 'payment'`,
  )
  const books = new Map(
    rows.map(({ stream, state }): [string, Books] => [
      stream,
      { captured: state.captured, refunded: refundedOf(state), troubles: state.troubles },
    ]),
  )
  const held = providers.flatMap((one) => one.money!().map((each) => ({ ...each, provider: one.name })))
  const paidFor = new Set(held.map(({ channel }) => channel))
  const sales = new Map(estate.erp.beliefs().sales.map((sale) => [sale.ref, sale]))
  const orders = estate.outlets.flatMap(({ name, believes }) =>
    paidFor.has(name) ? believes().orders.map((order) => ({ ...order, channel: name })) : [],
  )
  const all = orders.map((order): Money => {
    const sale = sales.get(`crossdock:${order.channel}:${order.id}`)
    const posted = (sale?.invoices ?? []).filter(({ state }) => state === 'posted')
    const mine = held.filter(({ channel, orderId }) => channel === order.channel && orderId === order.id)
    return {
      name: order.name,
      cancelled: order.cancelled,
      left: sale?.deliveries.some(({ state }) => state === 'done') ?? false,
      total: cents(order.total),
      held: mine.map((one) => ({ ...one, books: books.get(streams.payment(one.provider, one.paymentId)) ?? null })),
      invoiced: sum(posted.filter(({ total }) => total >= 0).map(({ total }) => cents(total))),
      credited: -sum(posted.filter(({ total }) => total < 0).map(({ total }) => cents(total))),
      ...(order.redeemed === undefined ? {} : { redeemed: order.redeemed }),
      ...(mine.length > 0 && posted.length > 0 ? { taken: cents(sale?.taken ?? 0) } : {}),
    }
  })
  const unknown = [...books.keys()].filter(
    (stream) => !held.some((one) => streams.payment(one.provider, one.paymentId) === stream),
  )
  return [
    ...cards,
    ...unknown.map((stream) => `Money: the hub knows ${stream}, and no provider does.`),
    ...compare(all),
  ]
}

/** Once it is invoiced, what a gift card paid is off the debt in Odoo, and what went back to it is owed again. */
function auditGiftCards({ outlets, erp }: Estate): string[] {
  if (!outlets.some(({ believes }) => believes().orders.some(({ redeemed }) => redeemed !== undefined))) return []
  const sales = new Map(erp.beliefs().sales.map((sale) => [sale.ref, sale]))
  return outlets.flatMap(({ name: channel, believes }) =>
    believes().orders.flatMap(({ id, name, redeemed }) => {
      const sale = sales.get(`crossdock:${channel}:${id}`)
      const isInvoiced = sale?.invoices.some(({ state }) => state === 'posted')
      return isInvoiced ? cardFindings(name, redeemed ?? 0, cents(sale?.redeemed ?? 0)) : []
    }),
  )
}

export const cardFindings = (name: string, channel: number, erp: number): string[] =>
  channel === erp ? [] : [`Money of order ${name}: gift cards paid ${channel} of it, and ${erp} is off what is owed.`]

/** What is wrong, in words. */
export function compare(all: readonly Money[]): string[] {
  const findings = all.flatMap(compareOne)
  const of = (read: (one: Money) => number) => sum(all.map(read))
  const taken = of((one) => sum(one.held.map(({ captured, refunded }) => captured - refunded)))
  const booked = of((one) => sum(one.held.map(({ books }) => (books ? books.captured - books.refunded : 0))))
  if (taken !== booked) findings.push(`Money: in all the providers have ${taken}, and our books ${booked}.`)
  const settled = all.filter(({ cancelled, left }) => !(cancelled && left))
  const kept = sum(
    settled.map((one) => (one.redeemed ?? 0) + sum(one.held.map(({ captured, refunded }) => captured - refunded))),
  )
  const billed = sum(settled.map(({ invoiced, credited }) => invoiced - credited))
  if (kept !== billed) findings.push(`Money: in all ${kept} was taken and kept, and ${billed} invoiced.`)
  return findings
}

function compareOne(order: Money): string[] {
  const { name, cancelled, left, total, held, invoiced, credited, redeemed = 0, taken } = order
  const findings: string[] = []
  const say = (what: string) => findings.push(`Money of order ${name}: ${what}`)
  for (const { provider, paymentId, authorised, captured, refunded, books } of held) {
    const about = `${paymentId} at ${provider}`
    if (captured > authorised) say(`${about} has ${captured} captured of ${authorised} authorised.`)
    if (refunded > captured) say(`${about} gave back ${refunded} of ${captured} captured.`)
    if (!books) say(`the hub has never heard of ${about}.`)
    else if (books.captured !== captured || books.refunded !== refunded)
      say(`${about} has ${captured} less ${refunded}, our books ${books.captured} less ${books.refunded}.`)
    for (const { code } of books?.troubles ?? []) say(`${about} is in trouble: ${code}.`)
  }
  const kept = redeemed + sum(held.map(({ captured, refunded }) => captured - refunded))
  if (cancelled && left) return findings
  if (cancelled) {
    if (kept !== 0) say(`it was cancelled before anything left, and ${kept} was kept.`)
    if (held.some(({ open }) => open > 0)) say('it was cancelled, and money is still set aside.')
  } else {
    if (kept !== total) say(`it comes to ${total}, and ${kept} was taken.`)
    if (held.some(({ open }) => open > 0)) say('all of it has left, and money is still set aside.')
  }
  if (taken !== undefined && taken !== kept - redeemed)
    say(`providers kept ${kept - redeemed} of it, and ${taken} waits for a payout in Odoo.`)
  if (kept !== invoiced - credited) say(`${kept} was taken, ${invoiced} invoiced and ${credited} credited.`)
  return findings
}

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0)
const cents = (amount: string | number): number => Math.round(Number(amount) * 100)
