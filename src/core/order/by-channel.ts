/** Orders that the channel ships itself, from goods that lie with it: nobody here packs, and nobody has to be told. */
import type { Order } from '#canon/order.ts'
import type { ChannelPolicy } from '../policy.ts'
import type { OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'

/** The pool is empty while nobody has named the one for goods that lie with the channel. */
export const homeOf = ({ fulfilledBy }: Order, channel: ChannelPolicy): string =>
  fulfilledBy === 'channel' ? (channel.channelPool ?? '') : channel.pool

/** Pieces of one line that the channel has sent in all. */
export interface Left {
  lineId: string
  quantity: number
}

/**
 * What the channel sent from the goods that lie with it, once the ERP has the sale: its delivery there is completed by
 * that. @returns null when the ERP was told of all of it.
 */
export function leftByChannel({ order, sale, left = [] }: OrderState): OrderEvent | null {
  if (order?.fulfilledBy !== 'channel' || !sale) return null
  const sent = order.fulfilments.filter(({ status }) => status === 'success').flatMap(({ lines }) => lines)
  const lines = order.lines.flatMap(({ id: lineId, ordered, requiresShipping }): Left[] => {
    const told = left.find((one) => one.lineId === lineId)?.quantity ?? 0
    const pieces = sent.reduce((all, one) => all + (one.lineId === lineId ? one.quantity : 0), 0)
    const quantity = Math.max(told, Math.min(pieces, ordered))
    return requiresShipping && quantity > 0 ? [{ lineId, quantity }] : []
  })
  const told = left.reduce((all, { quantity }) => all + quantity, 0)
  if (lines.reduce((all, { quantity }) => all + quantity, 0) === told) return null
  return { type: 'order.leftChannel', lines }
}

/** What the channel says of its own parcels is all there is. @returns null while something has not left. */
export function shippedByChannel(order: Order): OrderEvent | null {
  if (order.fulfilledBy !== 'channel') return null
  const left = order.fulfilments.filter(({ status }) => status === 'success').flatMap(({ lines }) => lines)
  const piecesOf = (id: string): number =>
    left.reduce((all, { lineId, quantity }) => all + (lineId === id ? quantity : 0), 0)
  if (!order.lines.every(({ id, quantity }) => piecesOf(id) >= quantity)) return null
  return { type: 'order.shipped', complete: true, announced: true, date: order.updatedAt.slice(0, 10) }
}

/** The channel had said that it shipped; once the ERP has the delivery as well, it may find something to invoice. */
export const invoicesLater = ({ order, cancel, exceptions }: OrderState): boolean =>
  order?.fulfilledBy === 'channel' && !cancel && exceptions.some(({ code }) => code === 'invoice_failed')
