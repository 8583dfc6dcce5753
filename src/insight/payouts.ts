/** Payouts as people look at them: what reached the bank, what it is made of, and what of it does not agree. */
import { money } from '#canon/money.ts'
import type { PAYOUT_STATUSES } from '#canon/payout.ts'
import type { PayoutState } from '#core/payout/payout.ts'
import { parsePayout, streams } from '#core/streams.ts'
import type { Sql } from '#store/database.ts'
import { listStreams, readState, type StreamStateRow } from '#store/views.ts'
import { amountOf } from './amount.ts'
import { createMask } from './masking.ts'
import { pageOf, readCursor } from './paging.ts'

export interface PayoutFilter {
  status?: (typeof PAYOUT_STATUSES)[number] | undefined
  /** Somebody has to look. */
  attention?: boolean | undefined
  provider?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** Of what nobody knows, and of orders nobody told of, as many are shown. */
const SHOWN_MAX = 100

/** @returns null when the cursor is none of ours. */
export async function listPayouts(sql: Sql, { provider, cursor, limit, ...filter }: PayoutFilter) {
  const after = readCursor(cursor)
  if (after === null) return null
  const prefix = provider === undefined ? undefined : streams.payout(provider, '')
  const rows = await listStreams(sql, { kind: 'payout', ...filter, prefix, after, limit: limit + 1 })
  return pageOf(rows, limit, payoutView)
}

/** @returns null when the hub knows no such payout. */
export async function payoutPage(sql: Sql, provider: string, payoutId: string) {
  const row = await readState(sql, streams.payout(provider, payoutId))
  return row && payoutView(row)
}

/** Of one that could not be read. */
const UNREAD = { issuedAt: null, net: null, fees: null, differs: null, lines: 0, kinds: [], unknown: [], months: [] }

export type PayoutView = ReturnType<typeof payoutView>

export function payoutView({ stream, status, attention, updated_at: updatedAt, state }: StreamStateRow) {
  const { provider, payoutId } = parsePayout(stream)
  const { seen, reconciled, troubles, missing = [], booking } = state as unknown as PayoutState
  const mask = createMask()
  const head = {
    provider,
    payoutId,
    status,
    attention,
    reconciled,
    booking: booking?.step ?? null,
    updatedAt,
    troubles: troubles.slice(0, SHOWN_MAX).map(({ code, detail }) => ({ code, detail: mask.text(detail) })),
    missing: missing.slice(0, SHOWN_MAX),
    missingCount: missing.length,
  }
  if (!seen) return { ...head, ...UNREAD }
  const { net, sums, quarantined, months = [] } = seen
  const of = (minor: number) => amountOf(money(minor, net.currency))
  const comesTo = Object.values(sums.net).reduce((all, minor) => all + minor, 0)
  return {
    ...head,
    issuedAt: seen.issuedAt,
    net: amountOf(net),
    fees: of(sums.fees),
    differs: comesTo === net.amount ? null : of(net.amount - comesTo),
    lines: seen.lines,
    kinds: Object.entries(sums.net).map(([kind, minor]) => ({ kind, net: of(minor) })),
    unknown: quarantined
      .slice(0, SHOWN_MAX)
      .map((line) => ({ lineId: line.lineId, type: mask.text(line.type), net: amountOf(line.net) })),
    months: months.map(({ month, net: minor, heads, carriedForward }) => ({
      month,
      net: of(minor),
      carriedForward,
      heads: Object.entries(heads).map(([name, part]) => ({ head: name, net: of(part) })),
    })),
  }
}
