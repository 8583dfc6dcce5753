/**
 * Goods that come back: asked for, authorised, received by somebody or put back on sale by the channel. Of each line no
 * more is booked than had left, and pieces that are told of twice, by the channel and by a person, are booked once.
 */
import type { Refund } from '#canon/order.ts'
import { type Refused, refused } from '../decider.ts'
import type { ChannelPolicy } from '../policy.ts'
import { DEFAULT_RETURNS, type ReturnPolicy } from '../policy.ts'
import type { ExchangeAsk, ExchangeOffer } from './exchange.ts'
import type { ReturnEvent } from './return.ts'
import {
  backOf, countOf, type OrderFacts, type Pieces, plus, type Received, RETURN_REASONS, type ReturnReason,
  type ReturnState,
} from './state.ts' // prettier-ignore

export interface AskReturn {
  type: 'return.ask'
  returnId: string
  lines: readonly Pieces[]
  /** Ours, or a word that the policy of the channel knows. */
  reason: string
  /** Other goods go out instead; `offer` is added by the order. */
  exchange?: ExchangeAsk | undefined
  offer?: ExchangeOffer | undefined
}

export interface ReceiveReturn {
  type: 'return.receive'
  receiptId: string
  returnId?: string | undefined
  /** Where the goods are; the warehouse that served the order unless said. */
  pool?: string | undefined
  lines: readonly Received[]
}

/** Of each line, pieces that had left and are asked for or came back already. */
const spoken = (state: ReturnState, lineId: string): number => {
  const open = state.returns.filter(({ step }) => step === 'authorised')
  return open.reduce((all, { lines }) => all + countOf(lines, lineId), 0) + backOf(state, lineId)
}

export function askEvents(
  state: ReturnState,
  { returnId, lines, reason: told }: AskReturn,
  reasons: ReturnPolicy['reasons'] = {},
): ReturnEvent[] | Refused {
  const over = plus([], lines).find(
    ({ lineId, quantity }) => quantity + spoken(state, lineId) > countOf(state.left, lineId),
  )
  if (over)
    return refused('more_than_left', `More pieces of line ${over.lineId} are to come back than are with the customer.`)
  const known = (RETURN_REASONS as readonly string[]).includes(told) ? (told as ReturnReason) : reasons[told]
  const authorised = { type: 'return.authorised', returnId, lines: plus([], lines) } as const
  return [known ? { ...authorised, reason: known } : { ...authorised, reason: 'other', told }]
}

export function receiveEvents(
  state: ReturnState,
  { receiptId, returnId, pool, lines }: ReceiveReturn,
  facts: OrderFacts,
): ReturnEvent[] | Refused {
  if (returnId !== undefined && !state.returns.some(({ id }) => id === returnId))
    return refused('return_unknown', `No return ${returnId} was asked for.`)
  const here = lines.filter(({ disposition }) => disposition !== 'missing')
  const told = plus(state.told.receipt, here)
  const over = told.find(({ lineId, quantity }) => quantity > countOf(state.left, lineId))
  if (over) return refused('more_than_left', `More pieces of line ${over.lineId} came back than had left.`)
  const booked = newly(state, here, 'receipt')
  const events: ReturnEvent[] = [
    { type: 'return.received', receiptId, lines, ...(returnId === undefined ? {} : { returnId }) },
  ]
  if (booked.length > 0)
    events.push({
      type: 'return.arrived',
      key: `r-${receiptId}`,
      from: 'receipt',
      lines: booked,
      pool: pool ?? facts.pool,
    })
  return events
}

/**
 * What is not booked yet of these pieces. Whoever tells of a line second tells of the same pieces, until they tell of
 * more than the other did.
 */
function newly<T extends Received>(state: ReturnState, lines: readonly T[], by: 'channel' | 'receipt'): T[] {
  const here = new Map<string, { told: number; booked: number }>()
  return lines.flatMap((line) => {
    const { told, booked } = here.get(line.lineId) ?? { told: 0, booked: 0 }
    const back = backOf(state, line.lineId) + booked
    const known = Math.max(0, back - countOf(state.told[by], line.lineId) - told)
    const room = Math.max(0, countOf(state.left, line.lineId) - back)
    const quantity = Math.min(Math.max(0, line.quantity - known), room)
    here.set(line.lineId, { told: told + line.quantity, booked: booked + quantity })
    return quantity > 0 ? [{ ...line, quantity }] : []
  })
}

/**
 * What of a refund came back: pieces the channel does not want sent any more although they had left. Those it put on
 * sale again are booked where it put them, if it is the channel that says what came back.
 */
export function judged(state: ReturnState, { refund }: { refund: Refund }, channel: ChannelPolicy): ReturnEvent[] {
  const facts = state.facts!
  const rules = channel.returns ?? DEFAULT_RETURNS
  const back: Pieces[] = []
  const arrived: (Received & { pool: string })[] = []
  for (const line of refund.lines) {
    const before = state.refunds.reduce((all, one) => all + countOf(one.back ?? [], line.lineId), 0)
    const taken = before + countOf(back, line.lineId)
    const left = countOf(state.left, line.lineId)
    // A channel that does not say what came back: of pieces it wants no more, those that had left.
    const gone = left - countOf(facts.wanted, line.lineId)
    const quantity = Math.max(
      0,
      Math.min(line.returned ?? line.restocked, (line.returned === undefined ? gone : left) - taken),
    )
    if (quantity === 0) continue
    back.push({ lineId: line.lineId, quantity })
    const pool = channel.locations.find(({ locationId }) => locationId === line.locationId)?.pool ?? facts.pool
    arrived.push({ lineId: line.lineId, quantity, disposition: 'sellable', pool })
  }
  const events: ReturnEvent[] = [{ type: 'refund.judged', refundId: refund.id, back }]
  if (rules.goods === 'receipts') return events
  for (const [pool, group] of Map.groupBy(newly(state, arrived, 'channel'), (one) => one.pool)) {
    const lines = group.map(({ lineId, quantity, disposition }) => ({ lineId, quantity, disposition }))
    events.push({ type: 'return.arrived', key: `f-${refund.id}-${pool}`, from: 'channel', lines, pool })
  }
  return events
}
