/**
 * Accepting and refusing, line by line (OR21). An order that waits no more says so (400); then it is looked at: perhaps
 * it was our own first attempt whose answer was lost, perhaps the marketplace was faster.
 */
import { Fault } from '../../fault.ts'
import type { Answer } from '#core/intents.ts'
import { z } from 'zod'
import type { Sent } from '../kit/connector.ts'
import type { Observed } from '../kit/shadow.ts'
import { type SeenOrder, seenOrder } from './shape.ts'
import { shapedAnswer, type Wire } from './wire.ts'

type Outcome = Answer<'order.accept'>['outcome']

export async function orderAccept(wire: Wire, { ask }: Sent<'order.accept'>): Promise<Answer<'order.accept'>> {
  const path = `/api/orders/${encodeURIComponent(ask.externalId)}/accept`
  const body = { order_lines: ask.lines.map(({ lineId, accepted }) => ({ id: lineId, accepted })) }
  const { status, refused } = await wire.call({ operation: 'OR21', method: 'PUT', path, body }, [400, 404])
  if (status < 300) return { outcome: ask.lines.some(({ accepted }) => accepted) ? 'accepted' : 'refused' }
  if (refused.includes('ORDER_PARTIAL_ACCEPTANCE_DISABLED')) return { outcome: 'whole_only' }
  const seen = await readOrder(wire, ask.externalId)
  const outcome = outcomeOf(seen)
  if (outcome) return { outcome }
  const why = refused.length > 0 ? ` (${refused.join(', ')})` : ''
  const message = `The marketplace did not take the decision about the order${why}, which still waits for it. Decide it in its back office.`
  throw new Fault('rejected', message, { code: 'mirakl.acceptance_refused' })
}

/** What became of the order; null while it still waits. */
export function outcomeOf(seen: SeenOrder | null): Outcome | null {
  if (seen === null || seen.order_state === 'CANCELED') return 'void'
  if (seen.order_state === 'WAITING_ACCEPTANCE' || seen.order_state === 'STAGING') return null
  if (seen.order_state !== 'REFUSED') return 'accepted'
  // Nobody decided: it was refused by the clock.
  return seen.acceptance_decision_date ? 'refused' : 'lapsed'
}

const found = z.object({ orders: z.array(seenOrder) })

/** null when the marketplace has no such order. */
export async function readOrder(wire: Pick<Wire, 'call'>, externalId: string): Promise<SeenOrder | null> {
  const query = { order_ids: externalId, max: 1 }
  const answer = await wire.call({ operation: 'OR11-ids', path: '/api/orders', query })
  return shapedAnswer(found, answer, 'OR11-ids').orders[0] ?? null
}

/** What somebody else decided. */
export async function observeAccept(
  wire: Wire,
  { ask }: Sent<'order.accept'>,
): Promise<Observed<'order.accept'> | null> {
  const seen = await readOrder(wire, ask.externalId)
  const outcome = outcomeOf(seen)
  if (!outcome) return null
  const refused = new Set(
    (seen?.order_lines ?? []).filter((line) => line.order_line_state === 'REFUSED').map((line) => line.order_line_id),
  )
  const lines = (accepted: (lineId: string, ours: boolean) => boolean) =>
    Object.fromEntries(ask.lines.map((line) => [line.lineId, accepted(line.lineId, line.accepted) ? 'yes' : 'no']))
  return {
    answer: { outcome },
    ours: lines((_, ours) => ours),
    theirs: lines((lineId) => outcome === 'accepted' && !refused.has(lineId)),
  }
}
