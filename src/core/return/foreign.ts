/**
 * Refunds that others made at the provider. Where the channel makes its refunds there, the same money is told of twice:
 * so they are held against each other, and only what the channel never told of is credited for itself.
 */
import type { Refund } from '#canon/order.ts'
import { alarm, type Note } from '../decider.ts'
import type { Policy } from '../policy.ts'
import { throughProvider } from './giving.ts'
import type { Foreign } from './giving-state.ts'
import type { ReturnEvent } from './return.ts'
import type { KnownRefund, ReturnState } from './state.ts'

/** So long a refund at the provider waits for the channel's word on it. */
export const TWIN_WAIT_MS = 60 * 60_000

const LOST: readonly string[] = ['failed', 'canceled']

/** Under this name it is credited. */
export const nameOf = ({ provider, refundId }: Foreign): string => `${provider}-${refundId}`.replaceAll(/[^\w.-]/g, '_')

/** Which refund of the channel, or of a till, is which of the provider: of equal amount, the earliest first. */
function twins({ refunds, foreign = [] }: ReturnState, through = true): Map<string, Foreign> {
  const open = refunds.filter(
    ({ from, refund }) => (from === 'till' || (through && from === undefined)) && refund.amount.amount > 0,
  )
  const pairs = new Map<string, Foreign>()
  for (const one of foreign.filter(({ status }) => !LOST.includes(status)).toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
    const twin = open.find(({ refund }) => !pairs.has(refund.id) && refund.amount.amount === one.amount.amount)
    if (twin) pairs.set(twin.refund.id, one)
  }
  return pairs
}

/** Whether the books have the money of this refund of the channel already, by the provider's word. */
export function isTwin(state: ReturnState, { refund, from }: KnownRefund): boolean {
  const twin = from === undefined && (state.foreign ?? []).length > 0 ? twins(state).get(refund.id) : undefined
  return twin !== undefined && state.refunds.some((one) => one.from === 'provider' && one.refund.id === nameOf(twin))
}

/** Those whose money the channel should have told of by now, and those that came back. */
export function foreignEvents(
  state: ReturnState,
  policy: Policy,
  { stream, at }: { stream: string; at: string },
): ReturnEvent[] {
  const { foreign = [] } = state
  if (foreign.length === 0) return []
  const through = throughProvider(policy, stream.split('/')[1] ?? '')
  const told = [...twins(state, through).values()]
  return foreign.flatMap((one): ReturnEvent[] => {
    const known = state.refunds.find(({ refund, from }) => from === 'provider' && refund.id === nameOf(one))
    if (LOST.includes(one.status)) return known ? cameBack(known) : []
    const waits = through && Date.parse(at) < Date.parse(one.at) + TWIN_WAIT_MS
    if (known || waits || told.includes(one)) return []
    return [{ type: 'refund.heard', refund: refundOf(one), from: 'provider' }]
  })
}

const refundOf = (one: Foreign): Refund => ({ id: nameOf(one), at: one.at, amount: one.amount, lines: [] })

/** The money is ours again, whatever was credited for it. */
export const cameBack = ({ refund, credit, cameBack: before, step }: KnownRefund): ReturnEvent[] =>
  before || step === 'settled'
    ? []
    : [{ type: 'refund.cameBack', refundId: refund.id, amount: refund.amount, credit: credit?.number ?? null }]

export const lookLater = (stream: string, { at }: Pick<Foreign, 'at'>): Note =>
  alarm(stream, 'twin', new Date(Date.parse(at) + TWIN_WAIT_MS).toISOString(), { type: 'return.lookAtClock' })
