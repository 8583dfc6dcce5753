/**
 * A channel with compare-and-set: the swap proves what it had. To lower frees the difference once success is known; to
 * raise takes it before the call, and a stale compare gives it back. What was proved beyond the bound raises it.
 */
import type { ChannelEvent, ChannelStock } from './ledger.ts'

/** What asks and answers do to the books of such a channel. @param version of the ledger after the event. */
export function evolveCompare(one: ChannelStock, event: ChannelEvent, version: number): ChannelStock {
  switch (event.type) {
    case 'stock.channelDoubted':
      return { ...one, reading: version, heard: 0, guessed: false, trouble: null }
    case 'stock.channelRead':
      return {
        ...raise({ ...one, bound: one.bound ?? event.available }, event.raised),
        seen: event.available,
        reading: null,
      }
    case 'stock.publishing': {
      const { from, to } = event
      const owed = Math.max(0, Math.min(0, to) - Math.min(0, from))
      const repaid = Math.min(one.unexplained, owed)
      const flight = { version, from, to, ...(repaid > 0 && { repaid }) }
      const unexplained = one.unexplained - repaid
      const bound = (one.bound ?? 0) + gained(from, to)
      return { ...one, bound, unexplained, heard: 0, guessed: false, flight }
    }
    case 'stock.published': {
      const bound = (one.bound ?? 0) - Math.max(0, (one.flight?.from ?? 0) - event.to)
      // The swap proves what the channel had: pieces beyond the bound were put there by others.
      const proved = Math.max(0, event.to - one.heard)
      return { ...raise({ ...one, bound }, Math.max(0, proved - bound)), seen: event.to, flight: null }
    }
    case 'stock.publishStale': {
      const back = givenBack(one)
      return { ...raise({ ...back, bound: back.bound ?? 0 }, event.raised), seen: event.available, flight: null }
    }
    case 'stock.publishFailed': {
      // Only a refusal proves that nothing was changed; what may have happened keeps counting.
      const { bound, ...rest } = event.certain ? givenBack(one) : one
      const next = { ...rest, bound, flight: null, reading: null, guessed: true, trouble: event.message }
      return bound === null ? next : raise({ ...next, bound }, Math.max(0, -bound))
    }
    default:
      return one
  }
}

/**
 * What a raise adds to what can be sold. A channel shows less than nothing when an order was moved to a shelf that
 * lacks it; up to nothing, a raise repays that, and pieces put back later are no longer the proof of those sold
 * before.
 */
const gained = (from: number, to: number): number => Math.max(0, Math.max(0, to) - Math.max(0, from))

/** What the raise on its way took from the bound. */
export const takenBy = ({ flight }: ChannelStock): number => (flight ? gained(flight.from, flight.to) : 0)

/** As if the raise had never been asked for. */
const givenBack = (one: ChannelStock): ChannelStock => ({
  ...one,
  bound: one.bound === null ? null : one.bound - takenBy(one),
  unexplained: one.unexplained + (one.flight?.repaid ?? 0),
})

/** More is out there than the books say. Its news may be on its way, and is not to raise the bound a second time. */
export const raise = (one: ChannelStock & { bound: number }, pieces: number): ChannelStock => ({
  ...one,
  bound: one.bound + pieces,
  unexplained: one.unexplained + pieces,
})
