/** What people have to know of: raised when it begins, resolved when it is over, hidden never. */
import { bounds, explained, type Incident, type Ledger, missed } from './ledger.ts'
import { offerable, shelfOf } from './offer.ts'
import { promisedOf, standingsOf } from './presale.ts'
import { shelfWords } from './counts.ts'
import type { StockEvent } from './stock.ts'

/** @param events what has happened between the two. */
export function incidents(before: Ledger, after: Ledger, events: readonly StockEvent[]): StockEvent[] {
  const found: StockEvent[] = []
  const known = (kind: Incident['kind']) => after.incidents?.some((one) => one.kind === kind) ?? false
  const tell = (kind: Incident['kind'], words: string | null, over: boolean) => {
    if (words !== null && !known(kind)) found.push({ type: 'stock.incidentRaised', kind, words })
    if (words === null && over && known(kind)) found.push({ type: 'stock.incidentResolved', kind })
  }
  const { reading, stocked } = after
  if (!stocked || !reading) return []
  const low = Math.min(reading.free + promisedOf(after), reading.onHand)
  tell('negative', low < 0 ? belowNothing(low, reading.onHand) : null, true)
  const over = bounds(after) - offerable(after)
  tell('shrunk', lost(before, after, events), over <= 0)
  const shelf = shelfWords(after)
  tell('counted', shelf.counted, true)
  tell('adjusted', shelf.adjusted, true)
  const uncovered = broken(after)
  const said = after.incidents?.find(({ kind }) => kind === 'promised')?.words ?? null
  if (uncovered === null) tell('promised', null, true)
  else if (uncovered !== said) found.push({ type: 'stock.incidentRaised', kind: 'promised', words: uncovered })
  const fresh = events.some((event) => event.type === 'stock.incidentRaised')
  tell('raised', null, over <= 0 && !fresh)
  return found
}

const belowNothing = (low: number, onHand: number): string =>
  onHand < 0
    ? `The ERP has ${low} on hand: more was taken out than was there. Count it.`
    : `The ERP has ${low} free: more is promised to sales and transfers than is there. Count it, or cancel some.`

/** How many orders are named. */
const NAMED = 10

/** Promises that nothing covers any more, the newest first: who came last is told first. */
function broken(state: Ledger): string | null {
  if (!state.presale || state.presale.promises.length === 0) return null
  const found = standingsOf(state, shelfOf(state))
    .filter(({ here, date, promise }) => here < promise.quantity && date === null)
    .map(({ promise }) => promise)
    .toReversed()
  if (found.length === 0) return null
  const pieces = found.reduce((all, { quantity }) => all + quantity, 0)
  const names = found.slice(0, NAMED).map(({ orderRef }) => orderRef).join(', ') // prettier-ignore
  const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : ''
  const owner = state.presale.rule?.owner ?? ''
  return `Nothing is expected any more for ${pieces} promised to ${names}${more} (newest first). Tell the customers, or cancel${owner ? `: a case for ${owner}` : ''}.`
}

/** Pieces that left without an order the hub knows of, while they were on sale. */
function lost(before: Ledger, after: Ledger, events: readonly StockEvent[]): string | null {
  if (!events.some(({ type }) => type === 'stock.read')) return null
  const missing = missed(before, after)
  const gone = missing ? missing.pieces - explained(missing, after) : 0
  if (!missing || gone <= 0 || missing.over <= 0) return null
  const what = gone === 1 ? 'A free piece is' : `${gone} free pieces are`
  return `${what} gone in the ERP, and no order of a channel took them. More was on sale than there is, by ${missing.over}: that is withdrawn.`
}
