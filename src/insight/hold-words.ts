/** What happened to the holds of an order, in plain words. */
import type { HoldEvent } from '#core/order/holds.ts'
import type { ScreeningEvent } from '#core/order/screening.ts'
import { momentWords } from './moment.ts'

type Told = HoldEvent | ScreeningEvent
type Words = { readonly [T in Told['type']]: (event: Extract<Told, { type: T }>) => string }

const kindWords = (kind: string): string => kind.replaceAll('_', ' ')

export const ORDER_HOLD_WORDS: Words = {
  'screening.asked': ({ by, count }) =>
    count === 1 ? `Sent to ${by} for screening` : `Sent to ${by} again, as edited`,
  'screening.looked': () => 'Asked again whether it is decided',
  'screening.decided': ({ decision }) => `Screened: '${decision.action}', ${decision.reason}`,
  'screening.failed': ({ detail }) => `It could not be screened: ${detail}`,
  'hold.opened': ({ hold }) => `Held for ${kindWords(hold.kind)}: ${hold.owner} has until ${momentWords(hold.dueAt)}`,
  'hold.changed': ({ kind }) => `Still held for ${kindWords(kind)}, for another reason`,
  'hold.releaseAsked': ({ kind, by }) => `${by} asks to let it go (${kindWords(kind)}); a second person has to agree`,
  'hold.kept': ({ kind, by, dueAt }) => `${by} keeps it held for ${kindWords(kind)} until ${momentWords(dueAt)}`,
  'hold.escalated': ({ kind, from, owner }) =>
    `${from} did not decide in time (${kindWords(kind)}): now ${owner} has it`,
  'hold.closed': ({ kind, outcome, by, askedBy }) => {
    if (outcome === 'cured') return `No longer held for ${kindWords(kind)}: the cause is gone`
    if (outcome === 'expired')
      return `No longer held for ${kindWords(kind)}: the time was over, and the policy lets it go`
    if (outcome === 'order_cancelled') return `No longer held for ${kindWords(kind)}: the order is cancelled`
    return `${askedBy ? `${askedBy} and ${by}` : by} let it go (${kindWords(kind)})`
  },
}
