/** Who wants to hear when there is more: told once, as soon as a claim of that size would not be refused. */
import { type Note, note } from '../decider.ts'
import type { Ledger } from './ledger.ts'

/** Somebody who was refused, and asks again when there is enough. */
export interface Watch {
  /** The stream that is told. */
  owner: string
  /** Under which it claims. */
  ref: string
  pieces: number
  share?: number
}

/** Takes the place of what the same owner wanted to hear before. */
export type WatchCommand = { type: 'stock.watch' } & Watch

export type WatchEvent = ({ type: 'stock.watched' } & Watch) | { type: 'stock.watchMet'; owner: string }

export const isWatchEvent = (event: { type: string }): event is WatchEvent =>
  event.type === 'stock.watched' || event.type === 'stock.watchMet'

export function evolveWatch(state: Ledger, event: WatchEvent): Ledger {
  const others = (state.watches ?? []).filter(({ owner }) => owner !== event.owner)
  if (event.type === 'stock.watchMet') return { ...state, watches: others }
  const { type: _, ...watch } = event
  return { ...state, watches: [...others, watch] }
}

/** What an event owes to the one who waits. */
export const answerWatch = (event: WatchEvent, sku: string): Note[] =>
  event.type === 'stock.watchMet' ? [note(event.owner, { type: 'watch.met', sku } as { type: string })] : []
