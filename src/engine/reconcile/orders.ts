/**
 * Orders twice: a channel's against the hub's books, which finds lost news; and against the ERP's sales, with the books
 * in the middle, which know of what waits, what is in work, and what a person has before their eyes already.
 */
import type { Sql } from '#store/database.ts'
import { type BookedOrder, ordersNamed } from '#store/reconcile-books.ts'
import { orderStreamOf } from './books.ts'
import type { Difference, FindingKind } from './definition.ts'

export const ORDER_FIELDS = (tolerance: number) =>
  [
    { name: 'total', as: 'money', tolerance },
    { name: 'currency', as: 'exact', tolerance: 0 },
    { name: 'cancelled', as: 'exact', tolerance: 0 },
  ] as const

/** Lost news, unless it came meanwhile; a cancellation that is being carried out is not lost. */
export async function explainOrders(sql: Sql, differences: readonly Difference[]): Promise<Difference[]> {
  const books = await booksOf(sql, differences)
  return differences.filter(({ kind, key, field }) => {
    const book = books.get(key)
    // It arrived while the sides were read.
    if (kind === 'missed') return !book?.changed_at
    return !(kind === 'mismatched' && field === 'cancelled' && book?.cancelling)
  })
}

export async function explainSales(sql: Sql, differences: readonly Difference[]): Promise<Difference[]> {
  const books = await booksOf(sql, differences)
  return differences.filter((difference) => !isKnown(difference, books.get(difference.key)))
}

async function booksOf(sql: Sql, differences: readonly Difference[]): Promise<Map<string, BookedOrder>> {
  const streams = new Map(differences.map(({ key }) => [orderStreamOf(key), key]))
  const rows = await ordersNamed(sql, [...streams.keys()])
  return new Map(rows.map((row) => [streams.get(row.stream)!, row]))
}

/** Whether the hub knows why the channel and the ERP differ about an order. */
function isKnown({ kind, field, left, right }: Difference, book: BookedOrder | undefined): boolean {
  const [order, sale] = [left[0], right[0]]
  if (kind === 'duplicate') return false
  // The other comparison finds news that was lost; a sale nobody knows of stands.
  if (!book?.changed_at) return order !== undefined
  if (order?.changedAt && order.changedAt > book.changed_at) return true
  if (book.excepted || book.cancelling || book.release_failed) return true
  if (kind === 'missed') return book.stage !== 'confirmed' && book.stage !== 'completed'
  // Refunds and removals after it went to the ERP leave the sale as it was.
  if (kind === 'mismatched' && field === 'total') return sale?.fields['total'] === order?.also?.['placedTotal']
  return false
}

export function orderCure(kind: FindingKind): string {
  switch (kind) {
    case 'missed':
      return 'Its news was lost. It is handed in by itself; if it stays, look for it among the messages nobody could decide.'
    case 'unexpected':
      return 'The channel no longer has the order. If it was deleted there, cancel it in the hub.'
    case 'duplicate':
      return 'The channel lists the order twice: run the comparison again.'
    case 'stale':
    case 'mismatched':
      return 'Later news of it was lost. It is handed in by itself; if it stays, look at the page of the order.'
  }
}

export function saleCure(kind: FindingKind, field: string): string {
  switch (kind) {
    case 'missed':
      return 'The sale was confirmed and is gone from the ERP. Find out who deleted it; enter it again by hand, or cancel the order.'
    case 'unexpected':
      return 'The ERP has a sale for an order the channel does not have. Cancel it in the ERP unless the order was deleted by mistake.'
    case 'duplicate':
      return 'The ERP has several sales for one order. Leave the one that the page of the order names, cancel the others before they ship.'
    case 'stale':
    case 'mismatched':
      return field === 'cancelled'
        ? 'One side has cancelled and the other has not. Cancel the other as well, or ask the customer.'
        : 'The sale was changed in the ERP after it was created. Put it right there, or correct the order in the channel.'
  }
}
