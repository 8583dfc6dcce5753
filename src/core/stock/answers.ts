/** What comes of the answers of the ERP and of channels, and of hearing how far a channel's orders are known. */
import type { Answer, Done, Failed } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { takenBy } from './compare.ts'
import { kitOf } from './kits.ts'
import type { ChannelStock, Ledger } from './ledger.ts'
import { awaited, settle, withoutOpen } from './put.ts'
import type { StockEvent } from './stock.ts'

/** Unless policy says otherwise; with a pass every three minutes it is three hours. */
const LOOKS_MAX = 60

export function done(state: Ledger, command: Done): StockEvent[] {
  if (command.intent === 'stock.read') {
    // Asked for before the rules said that it is a kit.
    if (kitOf(state)) return []
    const { free, onHand, ahead } = command.answer
    return [{ type: 'stock.read', free, onHand, basis: command.version, ...(ahead && { ahead }) }]
  }
  if (command.intent !== 'inventory.read' && command.intent !== 'inventory.set' && command.intent !== 'inventory.put')
    return []
  const channel = state.channels.find(
    ({ inventoryItemId, locationId }) =>
      inventoryItemId === command.ask.inventoryItemId && locationId === command.ask.locationId,
  )
  if (!channel) return []
  const { name, flight, bound } = channel
  if (command.intent === 'inventory.read') return channel.reading === command.version ? looked(channel, command) : []
  if (flight?.version !== command.version) return []
  if (command.intent === 'inventory.put') return putAnswered(name, flight.to, command.answer)
  if (command.answer.outcome === 'set') return [{ type: 'stock.published', channel: name, to: flight.to }]
  const { available } = command.answer
  const boundAfter = (bound ?? 0) - takenBy(channel)
  return [{ type: 'stock.publishStale', channel: name, available, raised: raisedBy(channel, available, boundAfter) }]
}

/** Pieces whose sale was heard of meanwhile may have been sold after the channel answered: they prove nothing. */
const raisedBy = ({ heard }: ChannelStock, available: number, bound: number): number =>
  Math.max(0, Math.max(0, available - heard) - bound)

/** A reading, and perhaps what became of a number that was accepted. */
function looked(channel: ChannelStock, { ask, answer }: Extract<Done, { intent: 'inventory.read' }>): StockEvent[] {
  const { name, put } = channel
  const mine = put?.open && put.open.reference !== undefined && put.open.reference === ask.reference
  if (!answer.refused || !mine) return channelRead(channel, answer)
  const { message, again } = answer.refused
  const refused: StockEvent = { type: 'stock.putRefused', channel: name, message: again ? null : message }
  return [refused, ...channelRead(withoutOpen(channel, put), answer)]
}

/** When an order of a busy SKU falls into the second of its first reading, that is read again: so often, no longer. */
const AGAIN_MAX = 3

function channelRead(channel: ChannelStock, { available, at, untouched }: Answer<'inventory.read'>): StockEvent[] {
  const { name, bound, put } = channel
  const raised = raisedBy(channel, available, bound ?? available)
  const event: StockEvent = { type: 'stock.channelRead', channel: name, available, raised }
  if (!put) return [event]
  // A shelf that never changed has never sold anything: there is no order to wait for.
  if (put.writes === 'swap' && untouched && put.news.length === 0) return [event]
  if (at !== undefined) return [{ ...event, at }]
  if (put.writes === 'swap') return [event]
  const message = `${name} says what it shows, and not when by its own clock. Nothing is published there: without it nobody can tell which orders the number lacks.`
  return [event, { type: 'stock.publishFailed', channel: name, certain: true, message }]
}

function putAnswered(
  channel: string,
  to: number,
  answer: Extract<Done, { intent: 'inventory.put' }>['answer'],
): StockEvent[] {
  if (answer.outcome === 'unknown') return [{ type: 'stock.putLost', channel, to, at: '' }]
  const { at, reference } = answer
  if (answer.outcome === 'set') return [{ type: 'stock.put', channel, to, at }]
  return [{ type: 'stock.putAccepted', channel, to, at, ...(reference !== undefined && { reference }) }]
}

export function failed(state: Ledger, { intent, version, fault }: Failed): StockEvent[] {
  if (intent === 'stock.read') return state.asked === version && !kitOf(state) ? [{ type: 'stock.readFailed' }] : []
  const channel = state.channels.find(({ flight, reading }) => flight?.version === version || reading === version)
  if (!channel) return []
  const certain = fault.kind === 'rejected'
  return [{ type: 'stock.publishFailed', channel: channel.name, certain, message: fault.message }]
}

/** Every order of the channel up to `until` was heard: what it had then says what it has now. */
export function caughtUp(state: Ledger, name: string, until: string, policy: Policy): StockEvent[] {
  const channel = state.channels.find((one) => one.name === name)
  const waits = channel ? awaited(channel) : null
  if (!channel?.put || waits === null || waits > until) return []
  const look: StockEvent = { type: 'stock.channelDoubted', channel: name }
  const { fact, open } = channel.put
  if (!fact) return [look]
  const settled = settle(channel, { ...channel.put, fact })
  if (!settled) return []
  const { bound, shown, vague, raised } = settled
  const { writes, again = 0 } = channel.put
  // Its bound may be too high, and nothing would lower it later: it is not known yet.
  if (writes === 'swap' && vague && again < AGAIN_MAX) return [look]
  const events: StockEvent[] = [{ type: 'stock.settled', channel: name, bound, shown }]
  if (raised > 0) {
    const words = `${name} shows ${raised} more than the hub gave it: somebody else put stock on sale there. What is too much is withdrawn.`
    events.push({ type: 'stock.incidentRaised', kind: 'raised', words })
  }
  if (shown || !open) return vague && writes !== 'swap' ? [...events, look] : events
  if (open.looks + 1 < (policy.stock?.looks ?? LOOKS_MAX)) return [...events, look]
  const message = `${name} accepted ${open.to} and has not shown it since ${open.at || 'then'}. It keeps counting. Look in ${name} what became of it, then resume.`
  return [...events, { type: 'stock.publishFailed', channel: name, certain: true, message }]
}
