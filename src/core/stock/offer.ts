/**
 * What may be offered: pieces that are here to every channel, expected ones only to those that can say when. The books
 * of both are kept in one ledger, so that Σ bounds ≤ here + expected − promised, and what is here and given to a
 * channel that may not sell ahead is not taken by one that may.
 */
import { available, bounds, type Ledger } from './ledger.ts'
import { aheadOf, expectedOf, promisedOf } from './presale.ts'

/** Here, and not owed to a promise that nothing is expected for any more. */
export function hereOf(state: Ledger): number {
  const can = available(state)
  if (!state.presale || !state.reading) return can
  const expected = expectedOf(state).reduce((all, { pieces }) => all + pieces, 0)
  return Math.min(can, state.reading.onHand) - Math.max(0, promisedOf(state) - expected)
}

/** All of it, before safety stock. */
export const offerable = (state: Ledger): number => hereOf(state) + aheadOf(state)

/** Whether the channel may sell what is expected. */
export const sellsAhead = ({ presale }: Ledger, channel: string): boolean =>
  presale?.rule?.channels.includes(channel) ?? false

/** What channels may sell of what is here, where others may sell ahead: those cannot take it from them. */
export const pledgedOf = (state: Ledger): number =>
  state.presale
    ? state.channels.reduce((all, { name, bound }) => (sellsAhead(state, name) ? all : all + (bound ?? 0)), 0)
    : 0

/** Of what is here, given to channels: what they may sell beyond what is expected. */
export const givenHere = (state: Ledger): number =>
  state.presale ? Math.max(pledgedOf(state), bounds(state) - aheadOf(state)) : bounds(state)

/** Pieces on the shelf that promises may have. */
export const shelfOf = (state: Ledger): number =>
  state.reading ? Math.max(0, Math.min(available(state), state.reading.onHand) - pledgedOf(state)) : 0
