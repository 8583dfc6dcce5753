/** Customers of the tests' trading day that may be one person, and what the API answers about them. */
import {
  apartCustomerBody,
  type customerList,
  type customerPage,
  type customerPreview,
  type customerReviews,
  joinCustomerBody,
} from '#api/contract-customers.ts'
import type { z } from 'zod'

export type Reviews = z.infer<typeof customerReviews>
type Pair = Reviews['pairs'][number]

const at = '2026-11-20T10:00:00.000Z'
const side = (key: string, channel: string, name: string, partnerId: string): Pair['sides'][number] => ({
  key,
  channels: [channel],
  partnerId,
  facts: [
    { field: 'name', value: name, rule: 'only', channel, record: key, at, others: [] },
    { field: 'email', value: '•••@•••', rule: 'only', channel, record: key, at, others: [] },
  ],
  addresses: [{ text: '•••, ••• •••, US', channel, record: key, at }],
})

export const reviews = (): Reviews => ({
  next: null,
  pairs: [
    {
      key: 'woo-outlet-9', other: 'shopify-main-7', score: 100, since: at,
      reasons: [
        { field: 'email', outcome: 'same', points: 60 }, { field: 'name', outcome: 'same', points: 30 },
        { field: 'address', outcome: 'same', points: 30 },
      ],
      sides: [side('woo-outlet-9', 'woo-outlet', 'A••• E•••', '41'), side('shopify-main-7', 'shopify-main', 'A••• E•••', '12')],
    },
    {
      key: 'guest-5d1', other: 'shopify-main-8', score: 70, since: at,
      reasons: [{ field: 'email', outcome: 'same', points: 60 }, { field: 'name', outcome: 'alike', points: 10 }],
      sides: [side('guest-5d1', 'woo-outlet', 'B••• O•••', '43'), side('shopify-main-8', 'shopify-main', 'B•••', '14')],
    },
  ],
}) // prettier-ignore

export const joining = (key: string, other: string): z.infer<typeof customerPreview> => ({
  key,
  possible: true,
  does: [
    `${key} becomes part of ${other}. It can be taken out again, with what comes until then.`,
    'The ERP archives partner 41; its sales and invoices stay with it.',
  ],
})

/** The pair is decided, and gone from the list. Throws for a body the API would refuse. */
export function decide(list: Reviews, key: string, step: string, body: unknown): void {
  const schema = step === 'join' ? joinCustomerBody : apartCustomerBody
  schema.parse(body)
  list.pairs = list.pairs.filter((pair) => pair.key !== key)
}

export const RECORDS: z.infer<typeof customerList> = {
  next: null,
  rows: [
    {
      key: 'shopify-main-7', status: 'bound', name: 'A••• E•••', channels: ['shopify-main', 'woo-outlet'], partnerId: '12',
      partOf: null, reviews: 1, updatedAt: at,
    },
    {
      key: 'woo-outlet-3', status: 'joined', name: 'A•••', channels: ['woo-outlet'], partnerId: null,
      partOf: 'shopify-main-7', reviews: 0, updatedAt: at,
    },
  ],
} // prettier-ignore

/** Joined by Kim, kept apart from another by Lee. */
export function recordOf(key: string): z.infer<typeof customerPage> {
  const [said, other] = [{ channel: 'shopify-main', record: 'shopify-main-7', at }, { channel: 'woo-outlet', record: 'woo-outlet-3', at }] // prettier-ignore
  return {
    key,
    partnerId: null,
    trouble: null,
    partOf: { key: 'shopify-main-7', by: 'Kim', at },
    byHand: true,
    candidates: [{ other: 'guest-5d1', score: 70, reasons: [], status: 'apart', by: 'Lee', at }],
    person: {
      head: 'shopify-main-7',
      facts: [
        { field: 'name', value: 'A••• E•••', ...said, rule: 'trusted', others: [{ value: 'A•••', ...other }] },
        { field: 'email', value: '•••@•••', ...other, rule: 'newest', others: [] },
      ],
      addresses: [{ text: '•••, ••• •••, US', ...other }],
      consents: [],
      records: [
        { key: 'shopify-main-7', channels: ['shopify-main'], through: null },
        { key: 'woo-outlet-3', channels: ['woo-outlet'], through: null },
      ],
    },
  }
}
