/**
 * An order that is changed in its channel after the ERP has it. The ERP is asked to make its sale the same; it does so
 * only as long as nothing that would have to come off has left, is packed or billed. What cannot be carried over is a
 * case for people: no change is ever passed over in silence.
 */
import { formatMoney } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import { note, type Note } from '../decider.ts'
import { promiseNotes } from './promises.ts'
import type { Answer, Done, Intent } from '../intents.ts'
import type { ChannelPolicy } from '../policy.ts'
import type { HoldCommand } from '../stock/stock.ts'
import { streams } from '../streams.ts'
import { type Demand, demandOf } from './demand.ts'
import type { OrderEvent } from './order.ts'
import { headPool, poolOf, sourcesBeside } from './route.ts'
import { homeOfSku } from './seats.ts'
import type { OrderState } from './state.ts'
import { obstacles } from './validation.ts'

/** Only of an order that was changed after its release. */
export interface Edit {
  /** The ERP does not know of the last change yet. */
  pending: boolean
  /** It was asked to make a change, and has not answered. */
  asked: boolean
  /** The last change failed for good; a person may ask again. */
  failed: boolean
  /** What it reserves for the order. */
  held: readonly Demand[]
  /** Held in the ledger beyond that, for changes it was not asked for yet, and for the one it was asked for. */
  added: readonly Demand[]
  asking: readonly Demand[]
  /** Lines it may still have that the channel does not name any more. */
  gone: readonly string[]
  /** Of the sale. */
  warehouse: string
  /** What its total has moved by, in minor units, and no refund explains: owed by the customer, or to them. */
  delta?: number
}

type Refusal = Exclude<Answer<'sale.change'>['outcome'], 'changed'> | 'elsewhere' | 'handed' | 'billed' | 'failed'

export type EditEvent =
  | {
      type: 'order.changeRequested'
      order: Order
      removed: readonly string[]
      warehouse: string
      sources?: readonly { sku: string; warehouse: string }[]
    }
  | {
      type: 'order.changeCarried'
      lines: readonly { lineId: string; saleLineId: string | null; quantity: number }[]
      held: readonly Demand[]
      /** Reserved there beyond what was before. */
      more: readonly Demand[]
      /** Held for a change that was taken back before it was told. */
      over: readonly Demand[]
    }
  | { type: 'order.changeRefused'; outcome: Refusal; detail: string }
  /** Nothing to carry over: everything had left before, so that pieces taken off are returned goods. */
  | { type: 'order.changeDropped' }
  | { type: 'order.changeRetried' }

export const EDITED = 'edited_after_release'

type Changed = Extract<OrderEvent, { type: 'order.changed' }>

const OF_THE_SALE = ['lines', 'amounts', 'shipping', 'address']

/** What a change in the channel means for an order that was released before. */
export function noteEdit(state: OrderState, event: Changed): Edit | undefined {
  const { order, changes, moves } = event
  const { edit, stage } = state
  const atErp = stage === 'releasing' || stage === 'confirmed' || (stage === 'placed' && state.releaseFailed)
  if (!atErp) return edit
  if (state.order === null || order.cancelledAt || !changes.some((change) => OF_THE_SALE.includes(change))) return edit
  const known = edit ?? {
    pending: true, asked: false, failed: false, held: demandOf(state.order), added: [], asking: [], gone: [],
    warehouse: state.soldFrom ?? headPool(state),
  } // prettier-ignore
  const ids = order.lines.map(({ id }) => id)
  const gone = [...known.gone, ...state.order.lines.map(({ id }) => id)].filter((id) => !ids.includes(id))
  const wanted = moves.map(({ sku, change: quantity }) => ({ sku, quantity }))
  const delta = (known.delta ?? 0) + unexplained(state.order, order)
  const base = { ...known, pending: true, failed: false, added: sumOf(known.added, wanted), gone: [...new Set(gone)] }
  return delta === 0 && known.delta === undefined ? base : { ...base, delta }
}

/** A refund takes pieces or shipping off and never makes an order dearer; any other change of the total is an edit. */
function unexplained(before: Order, after: Order): number {
  const moved = after.total.amount - before.total.amount
  const isLess = after.lines.some(
    ({ id, quantity }) => quantity < (before.lines.find((line) => line.id === id)?.quantity ?? 0),
  )
  const isRefunded =
    after.refunded.amount !== before.refunded.amount || (after.refunds ?? []).length !== (before.refunds ?? []).length
  return moved > 0 || (!isLess && !isRefunded) ? moved : 0
}

/** Whether an invoice, or the end, has to wait for the ERP to hear of a change. */
export const isBeingEdited = ({ edit, shipped }: OrderState): boolean =>
  edit !== undefined && (edit.asked || (edit.pending && shipped !== 'all'))

/** What a change that the ERP has not heard of calls for. */
export function editStep(state: OrderState, channel: ChannelPolicy): OrderEvent | null {
  const { edit, order, holds, shipped, invoice } = state
  if (!edit?.pending || edit.asked || !order || state.moving) return null
  const found = obstacles(order, holds, channel)
  if (found.some(({ code }) => code === 'stock_asked')) return null
  const more = moreOf(demandOf(order), edit.held)
  if (shipped === 'all' && more.length === 0)
    return edit.delta && invoice !== 'none' ? billed(order, edit.delta) : { type: 'order.changeDropped' }
  if (invoice !== 'none') return refusal('invoiced')
  if (state.handed?.some(({ cancelled }) => !cancelled)) return refusal('handed')
  // What is wanted more is held at home, and one line of a sale leaves from one warehouse.
  if (more.some(({ sku }) => poolOf(state, sku) !== homeOfSku(state, sku))) return refusal('elsewhere')
  const blocking = found.filter(({ code }) => BLOCKING.includes(code))
  if (blocking.length > 0) {
    const detail = `${OPENING} It waits: ${blocking.map((one) => one.detail).join(' ')}`
    const told = state.exceptions.some((one) => one.code === EDITED && one.detail === detail)
    return told ? null : { type: 'order.exceptionRaised', code: EDITED, detail }
  }
  const { warehouse, gone } = edit
  const sources = sourcesBeside(state, warehouse).map(({ sku, pool }) => ({ sku, warehouse: pool }))
  const elsewhere = sources.length > 0 ? { sources } : {}
  return { type: 'order.changeRequested', order, removed: gone, warehouse, ...elsewhere }
}

/** What would keep a new order from the ERP keeps a changed one, but for what was settled by its release. */
const BLOCKING = [
  'nothing_wanted', 'address_missing', 'status_unknown', 'tax_unknown', 'shipping_unknown', 'sku_missing', 'sku_unknown',
  'stock_short',
] // prettier-ignore

const OPENING = 'The order was changed in the channel after it went to the ERP.'

const WHY: Record<Exclude<Refusal, 'failed' | 'billed'>, string> = {
  shipped: 'Pieces that came off have left the warehouse already: arrange their return.',
  picked:
    'Pieces that came off are packed already: take them out, change the sale there, or let them go and return them.',
  invoiced: 'It is invoiced already: change the sale and its invoice there by hand.',
  elsewhere:
    'More is wanted of what comes from another warehouse: order the rest anew, or change the sale there by hand.',
  handed:
    'A warehouse that somebody else runs has the order: ask there what can still be changed, then change the sale.',
  other_goods: 'A line stands for other goods than before: change the sale there by hand.',
  gone: 'The sale is not there any more, or cancelled: look at it there.',
}

const refusal = (outcome: keyof typeof WHY): OrderEvent => ({
  type: 'order.changeRefused',
  outcome,
  detail: `${OPENING} ${WHY[outcome]}`,
})

/** Everything has left and is billed, and the channel asks for another sum: more goods or returned ones are not it. */
function billed({ currency }: Order, delta: number): OrderEvent {
  const sum = `${formatMoney({ amount: Math.abs(delta), currency })} ${currency}`
  const what = delta > 0 ? `it now costs ${sum} more: charge` : `it now costs ${sum} less: credit`
  const detail = `${OPENING} All of it has left and is invoiced, and ${what} the difference there, or undo the change.`
  return { type: 'order.changeRefused', outcome: 'billed', detail }
}

const sumOf = (some: readonly Demand[], others: readonly Demand[]): Demand[] => {
  const pieces = new Map(some.map(({ sku, quantity }) => [sku, quantity]))
  for (const { sku, quantity } of others) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity)
  return [...pieces].map(([sku, quantity]) => ({ sku, quantity })).filter(({ quantity }) => quantity > 0)
}

/** What the first has beyond the second. */
const moreOf = (now: readonly Demand[], before: readonly Demand[]): Demand[] =>
  now.flatMap(({ sku, quantity }) => {
    const more = quantity - (before.find((one) => one.sku === sku)?.quantity ?? 0)
    return more > 0 ? [{ sku, quantity: more }] : []
  })

/** The ERP has made its sale the same, or says why not. */
export function endEdit({ edit }: OrderState, { answer, ask }: Extract<Done, { intent: 'sale.change' }>): OrderEvent[] {
  if (!edit?.asked) return []
  if (answer.outcome !== 'changed') return [refusal(answer.outcome)]
  const held = demandOf(ask.order)
  const lines = ask.order.lines
    .filter(({ requiresShipping, quantity }) => requiresShipping && quantity > 0)
    .map(({ id, quantity }) => ({
      lineId: id,
      quantity,
      saleLineId: answer.lines.find(({ lineId }) => lineId === id)?.saleLineId ?? null,
    }))
  const more = moreOf(held, edit.held)
  return [{ type: 'order.changeCarried', lines, held, more, over: moreOf(edit.asking, more) }]
}

export const failEdit = ({ edit }: OrderState, message: string): OrderEvent[] =>
  edit?.asked ? [{ type: 'order.changeRefused', outcome: 'failed', detail: `${OPENING} ${message}` }] : []

export function evolveEdit(state: OrderState, event: EditEvent): OrderState {
  const edit = state.edit!
  const exceptions = state.exceptions.filter(({ code }) => code !== EDITED)
  switch (event.type) {
    case 'order.changeRequested':
      return { ...state, edit: { ...edit, pending: false, asked: true, asking: edit.added, added: [] } }
    case 'order.changeCarried':
      return {
        ...state,
        exceptions,
        edit: {
          ...edit,
          asked: false,
          failed: false,
          held: event.held,
          asking: [],
          gone: edit.pending ? edit.gone : [],
        },
      }
    case 'order.changeRefused': {
      const pending = edit.asked && edit.pending
      const failed = event.outcome === 'failed'
      const raised = [...exceptions, { code: EDITED, detail: event.detail }]
      const added = sumOf(edit.asking, edit.added)
      return { ...state, exceptions: raised, edit: { ...edit, pending, asked: false, asking: [], added, failed } }
    }
    case 'order.changeDropped':
      return { ...state, edit: { ...edit, pending: false } }
    case 'order.changeRetried':
      return { ...state, exceptions, edit: { ...edit, pending: true, failed: false } }
  }
}

export function reactToEdit(event: EditEvent, state: OrderState): (Intent | Note)[] {
  const { channel, externalId } = state.order!
  const orderRef = `${channel}:${externalId}`
  if (event.type === 'order.changeRequested') {
    const { order, warehouse, sources, removed } = event
    const elsewhere = sources ? { sources: [...sources] } : {}
    return [
      { type: 'sale.change', to: 'erp', ask: { order, orderRef, warehouse, removed: [...removed], ...elsewhere } },
    ]
  }
  if (event.type !== 'order.changeCarried') return []
  const confirm = ({ sku, quantity }: Demand): Note =>
    note<HoldCommand>(streams.stock(poolOf(state, sku), sku), {
      type: 'stock.confirmHold',
      orderRef,
      quantity,
      more: true,
    })
  const letGo = ({ sku, quantity }: Demand): Note =>
    note<HoldCommand>(streams.stock(homeOfSku(state, sku), sku), {
      type: 'stock.hold', orderRef, channel, change: -quantity, sold: 0, restocked: 0,
    }) // prettier-ignore
  return [
    ...event.more.map(confirm),
    ...event.over.map(letGo),
    ...promiseNotes(state),
    note(streams.fulfilment(channel, externalId), { type: 'fulfilment.change', lines: event.lines } as {
      type: string
    }),
  ]
}

export const isOfEdit = (event: OrderEvent): event is EditEvent =>
  event.type.startsWith('order.change') && event.type !== 'order.changed'
