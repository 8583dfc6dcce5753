/** What Amazon's words for an amount in a settlement mean. A word that is not here is named to a person. */
import type { PayoutHead, PayoutLineKind } from '#canon/payout.ts'

export interface AmountKind {
  kind: PayoutLineKind
  head: PayoutHead
  /** Amazon keeps it for its services. */
  fee: boolean
}

type Meaning = Pick<AmountKind, 'head' | 'fee'>

const of = (head: PayoutHead, fee = false): Meaning => ({ head, fee })

/** By `amount-type`, then by `amount-description`; `*` is every other one. In small letters: reports differ in them. */
const MEANINGS: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  'itemprice': {
    principal: of('principal'), tax: of('tax'), shipping: of('shipping'), shippingtax: of('tax'),
    giftwrap: of('other'), giftwraptax: of('tax'), goodwill: of('other'), restockingfee: of('other'),
  },
  'itemwithheldtax': { '*': of('tax') },
  'promotion': { '*': of('promotion') },
  'itemfees': {
    'commission': of('commission', true), 'refundcommission': of('commission', true),
    'fbaperunitfulfillmentfee': of('fulfilment', true), 'fbaperorderfulfillmentfee': of('fulfilment', true),
    'fbaweightbasedfee': of('fulfilment', true), '*': of('other', true),
  },
  'cost of advertising': { '*': of('other', true) },
  'fba inventory reimbursement': { '*': of('other') },
  'other-transaction': {
    'previous reserve amount balance': of('reserve'), 'current reserve amount': of('reserve'),
    'subscription fee': of('other', true), 'storage fee': of('other', true),
  },
} // prettier-ignore

/** Of an amount that belongs to an order, by `transaction-type`. */
const TRANSACTIONS: Readonly<Record<string, PayoutLineKind>> = {
  'order': 'charge',
  'refund': 'refund',
  'chargeback refund': 'dispute',
  'a-to-z guarantee refund': 'dispute',
}

const own = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined

export function amountKindOf(transaction: string, amountType: string, description: string): AmountKind {
  const type = amountType.toLowerCase()
  const meanings = own(MEANINGS, type)
  const meaning = meanings && (own(meanings, description.toLowerCase()) ?? meanings['*'])
  if (!meaning) return { kind: 'unknown', head: 'other', fee: false }
  const kind = own(TRANSACTIONS, transaction.toLowerCase())
  if (kind) return { kind, ...meaning }
  if (meaning.fee) return { kind: 'fee', ...meaning }
  // Prices and taxes of a transaction nobody knows here may be anything.
  const stands = type === 'other-transaction' || type === 'fba inventory reimbursement'
  return { kind: stands ? 'adjustment' : 'unknown', ...meaning }
}
