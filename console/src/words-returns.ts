/** Words for goods and money that come back. */
import type { ReturnRow } from './types.ts'
import type { Word } from './words.ts'

/** Who has to do something. */
export const AWAITS: Readonly<Record<ReturnRow['awaits'][number], Word>> = {
  approval: { text: 'Second person', tone: 'bad' },
  accounting: { text: 'Accounting', tone: 'warn' },
  answer: { text: 'Who gives the money', tone: 'info' },
  goods: { text: 'Goods', tone: 'plain' },
}

/** As filters; what waits for goods is found by its order. */
export const AWAITS_FILTER = {
  accounting: 'Refunds awaiting accounting',
  approval: 'Awaiting a second person',
  answer: 'Awaiting who gives the money',
} as const

export const RETURN_STATES = { open: 'Open', settled: 'Settled' } as const

/** A refund that is known, by the step of its credit note. */
export const REFUND_STEPS: Readonly<Record<string, Word>> = {
  waiting: { text: 'Waits for its invoice', tone: 'info' },
  asked: { text: 'Being credited', tone: 'info' },
  credited: { text: 'Credited', tone: 'good' },
  settled: { text: 'Settled', tone: 'good' },
  failed: { text: 'Credit note refused', tone: 'bad' },
  beyond: { text: 'More than invoiced', tone: 'bad' },
}

/** What the hub was asked to give, by its stage. */
export const GIVING_STAGES: Readonly<Record<string, Word>> = {
  approval: { text: 'Waits for a second person', tone: 'warn' },
  asked: { text: 'Asked for', tone: 'info' },
  given: { text: 'Given back', tone: 'good' },
  unknown: { text: 'Nobody knows', tone: 'bad' },
  refused: { text: 'Refused', tone: 'bad' },
  failed: { text: 'Did not arrive', tone: 'bad' },
  declined: { text: 'Declined', tone: 'plain' },
}

export const FROM: Readonly<Record<ReturnRow['refunds'][number]['from'], string>> = {
  channel: 'in the channel',
  hub: 'by the hub',
  provider: 'at the provider',
  exchange: 'as other goods',
  till: 'at a till',
}
