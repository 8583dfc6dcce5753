/** Words for what people and payments ask of a return, and for what became of a refund; see words.ts. */

export const ASKED_WORDS = {
  'return.ask': 'A person allows goods to come back',
  'return.receive': 'A person received goods',
  'return.atTill': 'A store took goods back',
  'return.tillVoided': 'A store took its receipt back',
  'exchange.send': 'Other goods go out instead',
  'exchange.paid': 'What was owed for an exchange is paid',
  'refund.give': 'Money is to be given back',
  'refund.approve': 'A person approves a refund',
  'refund.decline': 'A person declines a refund',
  'refund.atProvider': 'The provider tells of a refund',
} as const

export const PART_WORDS = {
  asked: 'The refund is asked for',
  given: 'The money was given back',
  unknown: 'Nobody knows whether the money was given back',
  refused: 'The refund was refused',
  failed: 'The refund did not reach the customer',
} as const

export const FROM_WORDS = {
  channel: 'in the channel',
  hub: 'by the hub',
  provider: 'at the provider',
  exchange: 'as other goods',
  till: 'at a till',
} as const

/** Why a refund needs no credit note of ours. */
export const SETTLED_WHY = {
  in_invoice: 'the invoice is less by it already',
  not_ours: 'the hub does not invoice this channel',
  never_invoiced: 'the order was cancelled before it was invoiced',
  told_by_provider: 'it is the refund that the provider told of',
  came_back: 'the money did not reach the customer',
  exchanged: 'what came back is credited as a whole, and this is the rest of it',
  credited_before: 'the credit note of the one that came back stands for it',
} as const

/** Events of goods that a store took back, and of those that go out instead. */
export const INSTEAD_WORDS = {
  'return.tookAtTill': 'A store took goods back and gave their money',
  'return.tillVoided': 'The store took that back',
  'exchange.agreed': 'Other goods go out instead',
  'exchange.sent': 'The other goods are ordered',
  'exchange.stopped': 'Nothing goes out instead: a person has to look',
  'exchange.paid': 'What was owed for the other goods is paid',
} as const
