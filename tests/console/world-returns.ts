/** What came back in the tests' trading day: a refund that waits for two people, one for the books, one done. */
import type { returnList, returnListParams } from '#api/contract-refunds.ts'
import type { OrderPage } from '#api/contract.ts'
import type { z } from 'zod'
import { moneyOf } from './world-pages.ts'

export type Returned = z.infer<typeof returnList>['rows'][number]
type Ago = (minutes: number) => string

const rowOf = (label: string, updatedAt: string, change: Partial<Returned>): Returned => ({
  channel: 'shopify-main',
  externalId: label.slice(1),
  label,
  status: 'open',
  attention: false,
  updatedAt,
  awaits: [],
  returns: [],
  arrivals: [],
  refunds: [],
  givings: [],
  exchanges: [],
  ...change,
})

export const returnsAt = (ago: Ago): Returned[] => [
  rowOf('#1118', ago(8), {
    attention: true,
    awaits: ['approval'],
    givings: [
      {
        requestId: 'r-18', at: ago(8), reason: 'defective', by: 'Ada', approvedBy: null, stage: 'approval',
        amount: moneyOf(48_000), fee: moneyOf(500), through: ['stripe'],
      },
    ],
  }),
  rowOf('#1115', ago(31), {
    awaits: ['accounting', 'goods'],
    returns: [{ returnId: 'RMA-15', reason: 'unwanted', step: 'authorised', lines: [{ lineId: '1', quantity: 1 }] }],
    refunds: [
      {
        refundId: 'f-15', at: ago(31), from: 'channel', amount: moneyOf(1_495), step: 'waiting', credit: null,
        cameBack: false,
      },
    ],
  }),
  rowOf('#1112', ago(95), {
    status: 'settled',
    arrivals: [
      { key: 'a-12', from: 'receipt', pool: 'WH', step: 'booked', lines: [{ lineId: '1', quantity: 2, disposition: 'sellable' }] },
    ],
    refunds: [
      {
        refundId: 'f-12', at: ago(95), from: 'provider', amount: moneyOf(2_990), step: 'credited', credit: 'RINV/0007',
        cameBack: false,
      },
    ],
  }),
] // prettier-ignore

export const PAYMENTS: OrderPage['payments'] = [
  {
    provider: 'stripe',
    paymentId: 'pi_3Qk1',
    authorised: moneyOf(20_000),
    captured: moneyOf(20_000),
    refunded: moneyOf(2_990),
    closed: true,
    disputed: true,
    warned: false,
    inReview: false,
  },
]

export function listReturns(
  all: readonly Returned[],
  asked: z.infer<typeof returnListParams>,
): z.infer<typeof returnList> {
  const { awaits, status, attention } = asked
  const rows = all.filter(
    (one) =>
      (awaits === undefined || one.awaits.includes(awaits)) &&
      (status === undefined || one.status === status) &&
      (attention === undefined || one.attention === attention),
  )
  return { rows, next: null }
}
