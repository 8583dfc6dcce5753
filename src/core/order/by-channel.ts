/** Orders that the channel ships itself, from goods that lie with it: nobody here packs, and nobody has to be told. */
import type { Order } from '#canon/order.ts'
import type { Intent } from '../intents.ts'
import type { ChannelPolicy } from '../policy.ts'
import type { OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'

/** The pool is empty while nobody has named the one for goods that lie with the channel. */
export const homeOf = ({ fulfilledBy }: Order, channel: ChannelPolicy): string =>
  fulfilledBy === 'channel' ? (channel.channelPool ?? '') : channel.pool

/** Pieces of one line that the channel has sent. */
export interface Left {
  lineId: string
  saleLineId: string
  quantity: number
}

/** What the ERP is told of goods that lie with the channel. */
export type LeftChannel = Extract<OrderEvent, { type: 'order.leftChannel' }>

/** Kept of such an order: which line of the sale stands for which of its own, and what was said to have left. */
export interface Leaving {
  saleLines: readonly { lineId: string; saleLineId: string }[]
  told: readonly LeftChannel[]
  /** Keys the ERP has not booked, as far as is known. */
  open: readonly string[]
}

/**
 * What the channel sent from the goods that lie with it, once the ERP has the sale: its delivery there is completed by
 * that. @returns null when the ERP was told of all of it.
 */
export function leftByChannel({ order, leaving }: OrderState): LeftChannel | null {
  if (order?.fulfilledBy !== 'channel' || !leaving) return null
  const sent = order.fulfilments.filter(({ status }) => status === 'success').flatMap(({ lines }) => lines)
  const sum = (all: readonly { lineId: string; quantity: number }[], id: string): number =>
    all.reduce((pieces, { lineId, quantity }) => pieces + (lineId === id ? quantity : 0), 0)
  const told = leaving.told.flatMap(({ lines }) => lines)
  const lines = order.lines.flatMap(({ id: lineId, ordered, requiresShipping }): Left[] => {
    const saleLineId = leaving.saleLines.find((one) => one.lineId === lineId)?.saleLineId
    const quantity = Math.min(sum(sent, lineId), ordered) - sum(told, lineId)
    return saleLineId !== undefined && requiresShipping && quantity > 0 ? [{ lineId, saleLineId, quantity }] : []
  })
  if (lines.length === 0) return null
  return { type: 'order.leftChannel', key: `sent-${leaving.told.length + 1}`, at: order.updatedAt, lines }
}

/** Once the ERP has the sale of such an order. */
export const leavingOf = ({ order }: OrderState, lines: Leaving['saleLines']): { leaving?: Leaving } =>
  order?.fulfilledBy === 'channel' ? { leaving: { saleLines: lines, told: [], open: [] } } : {}

/** What was given up is asked for again, under the same key. */
export const leftAgain = ({ leaving }: OrderState): LeftChannel[] =>
  leaving ? leaving.told.filter(({ key }) => leaving.open.includes(key)) : []

/** @param event the same again says nothing new. */
export function evolveLeft(
  state: OrderState,
  event: LeftChannel | { type: 'order.leftBooked'; key: string },
): OrderState {
  const { leaving } = state
  if (!leaving) return state
  const open = leaving.open.filter((key) => key !== event.key)
  if (event.type === 'order.leftBooked') return { ...state, leaving: { ...leaving, open } }
  const told = [...leaving.told.filter(({ key }) => key !== event.key), event]
  return { ...state, leaving: { ...leaving, told, open: [...open, event.key] } }
}

export function leftIntent({ key, at: shippedAt, lines }: LeftChannel, state: OrderState): Intent {
  const { order, pool: warehouse } = state
  const orderRef = `${order!.channel}:${order!.externalId}`
  const pieces = lines.map(({ saleLineId, quantity }) => ({ saleLineId, quantity }))
  return { type: 'delivery.ensure', to: 'erp', ask: { orderRef, warehouse, key, shippedAt, lines: pieces } }
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
