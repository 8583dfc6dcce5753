/** What was paid out in the tests' trading day: one that agrees, one that does not, one with an order nobody told of. */
import type { payoutList, payoutListParams } from '#api/contract-payouts.ts'
import type { z } from 'zod'
import { moneyOf } from './world-pages.ts'

type List = z.infer<typeof payoutList>
export type PaidOut = List['rows'][number]

const rowOf = (payoutId: string, at: string, change: Partial<PaidOut> = {}): PaidOut => ({
  provider: 'stripe',
  payoutId,
  status: 'paid',
  attention: false,
  reconciled: true,
  updatedAt: at,
  issuedAt: at,
  net: moneyOf(97_100),
  fees: moneyOf(2_900),
  differs: null,
  lines: 12,
  kinds: [
    { kind: 'charge', net: moneyOf(100_000) },
    { kind: 'refund', net: moneyOf(-2_900) },
  ],
  unknown: [],
  months: [],
  troubles: [],
  missing: [],
  missingCount: 0,
  ...change,
})

export const payoutsAt = (ago: (minutes: number) => string): PaidOut[] => [
  rowOf('po_3', ago(60), {
    attention: true,
    reconciled: false,
    differs: moneyOf(-100),
    troubles: [{ code: 'payout_differs', detail: 'The bank got 971.00 EUR, and its movements come to 972.00 EUR.' }],
  }),
  rowOf('po_2', ago(1_500)),
  rowOf('settlement-1', ago(3_000), {
    provider: 'amazon-us',
    attention: true,
    missing: ['amazon-us:111-9'],
    missingCount: 1,
    months: [{ month: '2026-10', net: moneyOf(97_100), carriedForward: true, heads: [] }],
  }),
]

export function listPayouts(all: readonly PaidOut[], asked: z.infer<typeof payoutListParams>): List {
  const { status, attention } = asked
  const fits = (one: PaidOut) =>
    (status === undefined || one.status === status) && (attention === undefined || one.attention === attention)
  return { rows: all.filter(fits), next: null }
}
