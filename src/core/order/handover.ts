/**
 * Parts of an order that leave from warehouses run by somebody else: handed over once the sale is confirmed, and
 * stopped there before the sale is cancelled, since only they know what has left.
 */
import type { Order } from '#canon/order.ts'
import { type Note, note } from '../decider.ts'
import type { Answer, Ask, Done, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import { type Instruction, referenceOf, type WantedLine } from '../warehouse-order/state.ts'
import { recalled } from './moving.ts'
import type { OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'

export interface HandedPart {
  pool: string
  /** Name of the connection to whoever runs the warehouse. */
  fulfiller: string
  lines: readonly WantedLine[]
}

export type HandoverCommand =
  /** From a warehouse order: what became of the wish to cancel. */
  | { type: 'order.noteWarehouse'; pool: string; outcome: 'cancelled' | 'kept' | 'failed'; detail: string }
  /** From a stream of the order: what it raised is over. */
  | { type: 'order.clearExceptions'; codes: readonly string[] }

export type HandoverEvent =
  /** The warehouse will send nothing more of it. */
  | { type: 'order.warehouseCancelled'; pool: string }
  | { type: 'order.warehousesRetried' }
  | { type: 'order.exceptionsCleared'; codes: readonly string[] }

/** What a confirmed sale means to warehouses of others. What cannot be handed over is a person's business. */
export function handover(
  { cancel }: OrderState,
  { ask, answer }: Confirmed,
  policy: Policy,
): { handed: { handed?: HandedPart[] }; raise: OrderEvent[] } {
  const handed = cancel ? [] : handedParts(ask, answer, policy)
  if (handed.length === 0) return { handed: {}, raise: [] }
  if (ask.order.shippingAddress) return { handed: { handed }, raise: [] }
  const detail = `Warehouse ${handed[0]!.pool} was not told of the order, since there is no address. Send it there by hand.`
  return { handed: {}, raise: [{ type: 'order.exceptionRaised', code: 'warehouse_address', detail }] }
}

type Confirmed = Extract<Done, { intent: 'sale.ensure' }>

/** What warehouses of others are asked to send of the order as it was released. */
export function handedParts(
  { order, warehouse, sources = [] }: Ask<'sale.ensure'>,
  { lines }: Pick<Answer<'sale.ensure'>, 'lines'>,
  policy: Policy,
): HandedPart[] {
  const { warehouses } = policy
  if (!warehouses || order.fulfilledBy === 'channel') return []
  const parts = new Map<string, HandedPart & { lines: WantedLine[] }>()
  for (const { id: lineId, sku, title, quantity, unitPrice, requiresShipping } of order.lines) {
    const saleLineId = lines.find((one) => one.lineId === lineId)?.saleLineId
    if (sku === null || !requiresShipping || quantity === 0 || saleLineId === undefined) continue
    const pool = sources.find((one) => one.sku === sku)?.warehouse ?? warehouse
    const fulfiller = Object.hasOwn(warehouses, pool) ? warehouses[pool]!.fulfilledBy : undefined
    if (fulfiller === undefined) continue
    const part = parts.get(pool) ?? { pool, fulfiller, lines: [] }
    part.lines.push({ lineId, saleLineId, sku, title, quantity, unitPrice })
    parts.set(pool, part)
  }
  return [...parts.values()]
}

const streamOf = ({ channel, externalId }: Order, pool: string): string =>
  streams.warehouseOrder(channel, externalId, pool)

/** The sale is there. Without an address nobody can send anything, and validation held the order back for that. */
export function handoverNotes(order: Order, handed: readonly HandedPart[] = []): Note[] {
  const { channel, externalId, shippingAddress } = order
  if (!shippingAddress) return []
  const orderRef = `${channel}:${externalId}`
  return handed.map(({ pool, fulfiller, lines }) => {
    const instruction: Instruction = {
      reference: referenceOf(orderRef, pool),
      orderRef,
      orderName: order.name,
      pool,
      placedAt: order.placedAt,
      shippingAddress,
      customer: order.customer,
      shippingMethod: order.shipping[0]?.code ?? null,
      lines,
    }
    return note(streamOf(order, pool), { type: 'warehouseOrder.open', fulfiller, instruction })
  })
}

/** The warehouses first: the sale may be cancelled once all of them have said that nothing more leaves. */
export function cancelWork(state: OrderState, reason: string): (Intent | Note)[] {
  const order = state.order!
  const open = (state.handed ?? []).filter(({ cancelled }) => !cancelled)
  if (open.length > 0)
    return open.map(({ pool }) => note(streamOf(order, pool), { type: 'warehouseOrder.cancel', reason }))
  const orderRef = `${order.channel}:${order.externalId}`
  return [{ type: 'sale.cancel', to: 'erp', ask: { orderRef, orderName: order.name, reason } }]
}

export const retryNotes = ({ order, handed = [] }: OrderState): Note[] =>
  handed.map(({ pool }) => note(streamOf(order!, pool), { type: 'warehouseOrder.retry' }))

/** What a retry by a person is for. */
export const retriesWarehouses = (codes: readonly string[]): boolean =>
  codes.some((code) => code === 'warehouse_failed' || code === 'warehouse_refused' || code === 'delivery_failed')

export function handoverEvents(state: OrderState, command: HandoverCommand): OrderEvent[] {
  if (command.type === 'order.clearExceptions') {
    const codes = command.codes.filter((code) => state.exceptions.some((one) => one.code === code))
    return codes.length > 0 ? [{ type: 'order.exceptionsCleared', codes }] : []
  }
  const { pool, outcome, detail } = command
  if (!state.cancel) return recalled(state, pool, outcome, detail)
  const parted = (pools: readonly string[]): OrderEvent[] =>
    pools.length === 0
      ? []
      : [
          {
            type: 'order.exceptionRaised',
            code: 'warehouse_cancelled',
            detail: `${pools.join(', ')} cancelled its part while another part leaves: cancel its delivery in the ERP.`,
          },
        ]
  if (state.cancel.done) return outcome === 'cancelled' ? parted([pool]) : []
  if (outcome === 'cancelled') return [{ type: 'order.warehouseCancelled', pool }]
  if (outcome === 'failed') return [{ type: 'order.cancelRefused', outcome: 'failed', detail }]
  const stopped = (state.handed ?? []).filter(({ cancelled }) => cancelled).map((one) => one.pool)
  return [{ type: 'order.cancelRefused', outcome: 'shipped', detail }, ...parted(stopped)]
}

export function evolveHandover(state: OrderState, event: HandoverEvent): OrderState {
  switch (event.type) {
    case 'order.warehouseCancelled': {
      const handed = (state.handed ?? []).map((one) => (one.pool === event.pool ? { ...one, cancelled: true } : one))
      return { ...state, handed }
    }
    case 'order.warehousesRetried':
      return state
    case 'order.exceptionsCleared':
      return { ...state, exceptions: state.exceptions.filter(({ code }) => !event.codes.includes(code)) }
  }
}
