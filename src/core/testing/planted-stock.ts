/** The stock ledger with an error of protocol put in on purpose: the search has to find each. */
import type { Decision } from '../decider.ts'
import type { ChannelStock, Ledger } from '../stock/ledger.ts'
import type { Put } from '../stock/put.ts'
import { stock, type StockEvent } from '../stock/stock.ts'

type Stock = typeof stock

const ofChannel = (state: Ledger, name: string, to: (one: ChannelStock) => ChannelStock): Ledger => ({
  ...state,
  channels: state.channels.map((one) => (one.name === name ? to(one) : one)),
})

const evolving = (evolve: (before: Ledger, event: StockEvent, after: Ledger) => Ledger): Stock => {
  const mine = (before: Ledger, event: StockEvent) => evolve(before, event, stock.evolve(before, event))
  return {
    ...stock,
    evolve: mine,
    // What is decided from a state that went wrong goes on from it: the last events are decided anew.
    decide: stock.decide,
  }
}

/** A put of n does not add n to the bound. */
export const putWithoutBound = evolving((_, event, after) =>
  event.type === 'stock.putting'
    ? ofChannel(after, event.channel, (one) => ({ ...one, bound: (one.bound ?? 0) - event.to }))
    : after,
)

/** What a channel had is taken for what it has, whatever it sold before and we have not heard of. */
export const withoutWatermark: Stock = {
  ...stock,
  decide(state, command, policy, context) {
    const events = stock.decide(state, command, policy, context)
    if ('refused' in events) return events
    const fact = events.find(({ type }) => type === 'stock.put' || type === 'stock.channelRead')
    if (!fact || !('channel' in fact)) return events
    const now = events.reduce((all, event) => stock.evolve(all, event), state)
    const more = stock.decide(now, { type: 'stock.caughtUp', channel: fact.channel, until: '~' }, policy, context)
    return [...events, ...(more as Exclude<Decision<StockEvent>, { refused: string }>)]
  },
}

/** A first reading is all that a channel can sell, whatever it sold before and we have not heard of. */
export const firstCountsAtOnce: Stock = {
  ...stock,
  decide(state, command, policy, context) {
    if (command.type !== 'done' || command.intent !== 'inventory.read')
      return stock.decide(state, command, policy, context)
    const { available } = command.answer
    return stock.decide(state, { ...command, answer: { available } }, policy, context)
  },
}

/** A number that was accepted counts as shown. */
export const acceptedIsShown = evolving((_, event, after) =>
  event.type === 'stock.putAccepted'
    ? ofChannel(after, event.channel, (one) => ({
        ...one,
        put: { ...one.put!, open: null, fact: { value: event.to, at: event.at } } as Put,
      }))
    : after,
)

/** Lowering by compare-and-set frees the difference before it is known to have succeeded. */
export const freedTooSoon = evolving((before, event, after) => {
  const free = (name: string, pieces: number) =>
    ofChannel(after, name, (one) => ({ ...one, bound: Math.max(0, (one.bound ?? 0) + pieces) }))
  if (event.type === 'stock.publishing') return free(event.channel, -Math.max(0, event.from - event.to))
  if (event.type !== 'stock.published') return after
  const from = before.channels.find(({ name }) => name === event.channel)?.flight?.from ?? 0
  return free(event.channel, Math.max(0, from - event.to))
})

/** A piece that arrived is on hand, and still expected. */
export const arrivedTwice: Stock = {
  ...stock,
  decide(state, command, policy, context) {
    const seen = state.presale?.seen
    if (command.type !== 'done' || command.intent !== 'stock.read' || !seen)
      return stock.decide(state, command, policy, context)
    return stock.decide(state, { ...command, answer: { ...command.answer, ahead: seen } }, policy, context)
  },
}
