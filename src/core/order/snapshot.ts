/** Comparing two pictures of the same order: which one is newer, and what is different. */
import type { Acceptance, Order, PaymentStatus } from '#canon/order.ts'
import { canonicalJson } from '#canon/json.ts'

/** How far a payment has come; among pictures of the same moment the furthest wins. */
const PAYMENT_RANK: Record<PaymentStatus, number> = {
  pending: 0, expired: 1, authorised: 2, partly_paid: 3, paid: 4, voided: 5, partly_refunded: 6, refunded: 7,
} // prettier-ignore

const ACCEPTANCE_RANK: Record<Acceptance, number> = { later: 0, needed: 1, accepted: 2, refused: 3 }

/**
 * Whether `next` replaces `known`. The channel's clock ticks in seconds, so two changes can carry the same `updatedAt`:
 * then the one that has come further is the later, since cancelling, paying, refunding, shipping and removing never go
 * back.
 */
export function supersedes(next: Order, known: Order): boolean {
  if (next.updatedAt !== known.updatedAt) return next.updatedAt > known.updatedAt
  const [a, b] = [progress(next), progress(known)]
  const at = a.findIndex((step, index) => step !== b[index])
  if (at >= 0) return a[at]! > b[at]!
  // Nothing tells them apart: always the same one wins, so that the order of arrival decides nothing.
  return canonicalJson(next) > canonicalJson(known)
}

function progress({ cancelledAt, paymentStatus, refunded, fulfilments, lines, acceptance, redeemed }: Order): number[] {
  const fulfilled = fulfilments.flatMap((one) => (one.status === 'success' ? one.lines : []))
  return [
    cancelledAt ? 1 : 0,
    PAYMENT_RANK[paymentStatus],
    refunded.amount,
    fulfilled.reduce((all, { quantity }) => all + quantity, 0),
    lines.reduce((all, { restocked }) => all + restocked, 0),
    -lines.reduce((all, { quantity }) => all + quantity, 0),
    // Taken off the shelf a moment after the order, put back a moment after it was cancelled.
    (cancelledAt ? -1 : 1) * lines.reduce((all, { offShelf = 0 }) => all + offShelf, 0),
    acceptance ? ACCEPTANCE_RANK[acceptance] : 0,
    // Read a moment after the order.
    redeemed ? redeemed.length + 1 : 0,
  ]
}

const PARTS = {
  lines: ({ lines }: Order) => lines.map(({ id, sku, quantity, unitPrice }) => [id, sku, quantity, unitPrice]),
  amounts: ({ total, totalTax, lines }: Order) => [
    total,
    totalTax,
    lines.map(({ discount, taxes }) => [discount, taxes]),
  ],
  payment: ({ paymentStatus, refunded, redeemed }: Order) => [paymentStatus, refunded, ...(redeemed ? [redeemed] : [])],
  customer: ({ customer }: Order) => customer,
  address: ({ shippingAddress }: Order) => shippingAddress,
  shipping: ({ shipping }: Order) => shipping,
  fulfilments: ({ fulfilments }: Order) => fulfilments,
  cancellation: ({ cancelledAt }: Order) => cancelledAt,
  places: ({ lines }: Order) => lines.map(({ id, shelves }) => (shelves ? [id, shelves] : null)),
  acceptance: ({ acceptance }: Order) => acceptance ?? null,
  refunds: ({ refunds, lostRefunds = [] }: Order) => [refunds ?? [], ...lostRefunds],
} as const

/** Names of the parts that differ, for people and for deciding what follows. */
export function changesBetween(before: Order, after: Order): string[] {
  return Object.entries(PARTS)
    .filter(([, part]) => canonicalJson(part(before)) !== canonicalJson(part(after)))
    .map(([name]) => name)
}
