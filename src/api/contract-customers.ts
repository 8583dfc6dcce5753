/** The shapes of customers: one person with all records, who said what, and what people decide about pairs. */
import { z } from 'zod'
import { accepted, count, cursor, limit, next, object, part } from './contract-parts.ts'

const customerKey = z.string().regex(/^[\w.-]{1,200}$/)
const person = z.string().trim().min(1).max(100)
const words = z.string().trim().max(500)
const status = part('CustomerStatus', z.enum(['new', 'bound', 'review', 'joined']))
const field = z.enum(['name', 'email', 'phone'])
const source = { channel: z.string(), record: z.string().describe('Key it was said under.'), at: z.string() }

export const customerParams = z.object({ key: customerKey })
export const customerListParams = z.object({
  status: status.optional(),
  q: customerKey.optional().describe('How the key begins. Contact data goes into the body of findCustomers.'),
  cursor: cursor.optional(),
  limit,
})

const row = object('CustomerRow', {
  key: z.string(),
  status,
  name: z.string().nullable().describe('Masked.'),
  channels: z.array(z.string()),
  partnerId: z.string().nullable().describe('In the ERP.'),
  partOf: z.string().nullable().describe('The record it was joined to.'),
  reviews: count.describe('Records that may be the same person.'),
  updatedAt: z.string(),
})
export const customerList = object('CustomerList', { rows: z.array(row), next })

export const findCustomersBody = object('FindCustomers', {
  email: z.string().trim().min(3).max(320).optional(),
  phone: z.string().trim().min(3).max(60).optional(),
})
export const foundCustomers = object('FoundCustomers', { rows: z.array(row) })

const fact = object('CustomerFact', {
  field,
  value: z.string().describe('Masked.'),
  ...source,
  rule: z.enum(['only', 'agreed', 'trusted', 'newest']).describe('Why this word counts.'),
  others: z.array(z.object({ value: z.string(), ...source })).describe('What others say instead.'),
})
const heldAddress = object('CustomerAddress', { text: z.string().describe('Masked.'), ...source })
const reason = object('LikenessReason', {
  field: z.enum(['email', 'phone', 'name', 'address', 'channel']),
  outcome: z.enum(['same', 'alike', 'differs']),
  points: z.int(),
})
export const customerPage = object('CustomerPage', {
  key: z.string(),
  partnerId: z.string().nullable(),
  trouble: z.string().nullable(),
  partOf: z.object({ key: z.string(), by: z.string(), at: z.string() }).nullable(),
  byHand: z.boolean().describe('A person decided about it: the rule does not join it any more.'),
  candidates: z.array(
    object('CustomerCandidate', {
      other: z.string(),
      score: z.int(),
      reasons: z.array(reason),
      status: z.enum(['open', 'joining', 'apart']),
      by: z.string().nullable(),
      at: z.string().nullable(),
    }),
  ),
  person: object('Person', {
    head: z.string().describe('The record that stands for the person.'),
    facts: z.array(fact),
    addresses: z.array(heldAddress),
    consents: z.array(
      object('CustomerConsent', {
        medium: z.string(),
        purpose: z.string(),
        granted: z.boolean(),
        explicit: z.boolean(),
        rule: z.enum(['only', 'agreed', 'refused', 'lifted']),
        ...source,
      }),
    ),
    records: z.array(
      object('PersonRecord', { key: z.string(), channels: z.array(z.string()), through: z.string().nullable() }),
    ),
  }),
})

export const reviewListParams = z.object({ cursor: cursor.optional(), limit })
export const customerReviews = object('CustomerReviews', {
  pairs: z.array(
    object('CustomerPair', {
      key: z.string(),
      other: z.string(),
      score: z.int().describe('Of 100.'),
      reasons: z.array(reason),
      since: z.string().nullable(),
      sides: z.array(
        object('CustomerSide', {
          key: z.string(),
          channels: z.array(z.string()),
          partnerId: z.string().nullable(),
          facts: z.array(fact),
          addresses: z.array(heldAddress),
        }),
      ),
    }),
  ),
  next,
})

export const customerPreviewParams = customerParams.extend({
  step: z.enum(['join', 'apart', 'part']),
  with: customerKey.optional().describe('The other record; not for part.'),
})
export const customerPreview = object('CustomerPreview', {
  key: z.string(),
  possible: z.boolean(),
  does: z.array(z.string()).describe('What it would do, system by system.'),
})
export const joinCustomerBody = object('JoinCustomer', { with: customerKey, by: person, note: words.default('') })
export const apartCustomerBody = object('KeepCustomersApart', {
  from: customerKey,
  by: person,
  note: words.default(''),
})
export const partCustomerBody = object('PartCustomer', { by: person, note: words.default('') })
export const customerTold = accepted
