/** Held orders of the tests' trading day: one waits for a second person, one is short of time, one may never go. */
import type { holdList, holdListParams, orderHolds } from '#api/contract-holds.ts'
import type { z } from 'zod'
import { moneyOf } from './world-pages.ts'

export type Held = z.infer<typeof holdList>['holds'][number]
type Steps = z.infer<typeof orderHolds>['holds'][number]['steps']

export const holdsAt = (ago: (minutes: number) => string): Held[] => [
  {
    channel: 'shopify-main',
    externalId: '1128',
    label: '#1128',
    value: moneyOf(18_990),
    kind: 'fraud',
    owner: 'fraud',
    since: ago(190),
    dueAt: ago(-25.2),
    atExpiry: 'cancel',
    release: 'second_person',
    escalated: 0,
    asked: null,
    reasons: [{ code: 'fraud_review', detail: 'stripe reviews payment pi_31.', cure: 'Decide the review at Stripe.' }],
  },
  {
    channel: 'shopify-main',
    externalId: '1124',
    label: '#1124',
    value: moneyOf(224_460),
    kind: 'credit',
    owner: 'finance',
    since: ago(1_500),
    dueAt: ago(-400),
    atExpiry: 'escalate',
    release: 'second_person',
    escalated: 1,
    asked: { by: 'Ada', note: 'Their bank called.', at: ago(12) },
    reasons: [
      { code: 'credit_exceeded', detail: 'It is 2,244.60 on terms, 500.00 is usual.', cure: 'Decide whether it may go on.' },
    ],
  },
  {
    channel: 'woo-outlet',
    externalId: '1121',
    label: '#1121',
    value: null,
    kind: 'sku',
    owner: 'catalogue',
    since: ago(4_400),
    dueAt: ago(60),
    atExpiry: 'escalate',
    release: 'never',
    escalated: 2,
    asked: null,
    reasons: [{ code: 'sku_unknown', detail: 'The ERP does not know LAMP-OAK-L.', cure: 'Create the product.' }],
  },
] // prettier-ignore

export const stepsOf = ({ release, asked }: Held): Steps => [
  {
    step: 'release',
    does:
      release === 'never'
        ? 'Nobody may: the cause has to be mended.'
        : asked
          ? `${asked.by} asked for it, so somebody else has to say so. The order goes to the ERP at once.`
          : 'A second person has to agree; nothing else happens yet.',
    possible: release !== 'never',
  },
  { step: 'keep', does: 'It stays held, and its clock begins anew.', possible: true },
  { step: 'cancel', does: 'The order is cancelled here and its goods are free again.', possible: true },
]

type Params = z.infer<typeof holdListParams>

export function listHolds(all: readonly Held[], { owner, kind, asked, sort }: Params): z.infer<typeof holdList> {
  const holds = all.filter(
    (one) =>
      (owner === undefined || one.owner === owner) &&
      (kind === undefined || one.kind === kind) &&
      (asked === undefined || (one.asked !== null) === asked),
  )
  if (sort === 'value') holds.sort((a, b) => (b.value?.amount ?? 0) - (a.value?.amount ?? 0))
  return { holds, all: holds.length, owners: [...new Set(all.map((one) => one.owner))].sort(), more: false }
}
