/** What follows from money the hub gave back: the credit note of what no channel tells of, and what falls due. */
import type { Refund } from '#canon/order.ts'
import { sum } from '#canon/money.ts'
import type { RefundPolicy } from '../policy.ts'
import { cameBack } from './foreign.ts'
import type { GiveRefund, Giving } from './giving-state.ts'
import type { AskReturn, ReceiveReturn } from './goods.ts'
import type { ReturnEvent } from './return.ts'
import type { ReturnReason, ReturnState } from './state.ts'
import { unpaid } from './worth.ts'

/** Refunds at providers whose every part has ended, and those that failed after they were credited. */
export function givenEvents(state: ReturnState): ReturnEvent[] {
  return (state.givings ?? []).flatMap((giving): ReturnEvent[] => {
    const { requestId, parts } = giving
    if (parts.length === 0 || parts.some(({ payment, step }) => !payment || step === 'asked' || step === 'unknown'))
      return []
    const given = parts.filter(({ step }) => step === 'given')
    const known = state.refunds.find(({ refund, from }) => from === 'hub' && refund.id === requestId)
    if (given.length > 0) return known ? [] : [{ type: 'refund.heard', refund: refundOf(giving), from: 'hub' }]
    return known ? cameBack(known) : []
  })
}

function refundOf({ requestId, at, worth, parts }: Giving): Refund {
  const given = parts.flatMap(({ step, amount }) => (step === 'given' ? [amount] : []))
  const { shipping, lines, amount } = worth
  return {
    id: requestId,
    at,
    amount: sum(given, amount.currency),
    // What came back is said by who received it.
    lines: lines.map((line) => ({ ...line, restocked: 0, returned: 0 })),
    ...(shipping ? { shipping } : {}),
  }
}

/** What the policy gives back for goods that may come, or have come. */
export function dueEvents(
  state: ReturnState,
  request: AskReturn | ReceiveReturn,
  rules: RefundPolicy | undefined,
): ReturnEvent[] {
  if (!rules || !state.facts || (request.type === 'return.ask' && request.exchange)) return []
  const { lines } = request
  const asked = state.returns.find(({ id }) => id === request.returnId)
  const reason: ReturnReason = asked?.reason ?? 'other'
  const when = rules.byReason[reason] ?? rules.when
  if (request.type === 'return.ask') return when === 'authorised' ? [due(`a-${request.returnId}`, reason, lines)] : []
  if (when !== 'received') return []
  const here = request.lines.filter(
    (line) => line.disposition === 'sellable' || (line.disposition === 'damaged' && rules.damaged),
  )
  const open = unpaid(state, here)
  return open.length > 0 ? [due(`r-${request.receiptId}`, reason, open)] : []
}

const due = (requestId: string, reason: ReturnReason, lines: GiveRefund['lines']): ReturnEvent => ({
  type: 'refund.fellDue',
  request: {
    type: 'refund.give',
    requestId,
    reason,
    lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    by: 'policy',
  },
})

/** A refund that replaces one that came back after it was credited: its credit note is there already. */
export function replaced(state: ReturnState, amount: Refund['amount']): string | null {
  const one = state.refunds.find(
    ({ refund, cameBack: isBack, step, replacedBy }) =>
      isBack === true && step === 'credited' && replacedBy === undefined && refund.amount.amount === amount.amount,
  )
  return one?.refund.id ?? null
}
