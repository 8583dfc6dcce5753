/** How a shipping label stands, in a word or two. */
import type { ShippingLabel } from './types.ts'
import type { Word } from './words.ts'

export const LABEL_WORDS: Readonly<Record<ShippingLabel['state'], Word>> = {
  asked: { text: 'Being bought', tone: 'info' },
  waits: { text: 'Waits for the others', tone: 'info' },
  shared: { text: 'In another parcel', tone: 'good' },
  bought: { text: 'Bought', tone: 'good' },
  not_shown: { text: 'Not in Odoo', tone: 'warn' },
  failed: { text: 'Not bought', tone: 'bad' },
  voiding: { text: 'Being given back', tone: 'info' },
  given_back: { text: 'Given back', tone: 'plain' },
  kept: { text: 'Not given back', tone: 'bad' },
}
