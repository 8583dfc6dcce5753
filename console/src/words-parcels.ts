/** What the carrier says of a parcel, and what can be wrong with it, in a word or two. */
import type { Parcel } from './types.ts'
import type { Word } from './words.ts'

type Way = NonNullable<Parcel['way']>

export const PARCEL_WORDS: Readonly<Record<Way['status'], Word>> = {
  announced: { text: 'Announced', tone: 'info' },
  in_transit: { text: 'On its way', tone: 'info' },
  exception: { text: 'Held up', tone: 'warn' },
  out_for_delivery: { text: 'Out for delivery', tone: 'info' },
  awaits_collection: { text: 'Can be collected', tone: 'warn' },
  damaged: { text: 'Damaged', tone: 'bad' },
  returning: { text: 'Comes back', tone: 'warn' },
  failed: { text: 'Given up', tone: 'bad' },
  returned: { text: 'Came back', tone: 'warn' },
  delivered: { text: 'Delivered', tone: 'good' },
}

export const PARCEL_CASES: Readonly<Record<NonNullable<Way['case']>['kind'], Word>> = {
  delayed: { text: 'Late', tone: 'warn' },
  lost: { text: 'Lost', tone: 'bad' },
  damaged: { text: 'Damaged', tone: 'bad' },
  returning: { text: 'Comes back', tone: 'warn' },
  returned: { text: 'Came back', tone: 'warn' },
  failed: { text: 'Given up', tone: 'bad' },
  untracked: { text: 'Not followed', tone: 'warn' },
}
