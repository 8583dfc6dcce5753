/**
 * The parcels of one order: what left the warehouse, and what the channel has been told of it. A parcel may become
 * known before the order's sale does (the answer that names the sale can be late); it then waits here.
 */
import type { NoteShipment } from '../commands.ts'
import { type Context, type Decider, type Decision, type Note, note } from '../decider.ts'
import type { Done, Failed, Intent, Parcel } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { collectsByParcel } from '../order/collect.ts'
import { streams, trackingNumberOf } from '../streams.ts'
import { type Followed, followedBy, followNote } from './follow.ts'

export interface FulfilmentLine {
  lineId: string
  saleLineId: string | null
  quantity: number
  shipped: number
}

export interface KnownParcel {
  parcel: Parcel
  shipmentId: string
  lines: readonly ShippedLine[]
  announced: boolean
  failed: string | null
  /** Of the event that last asked the channel to be told. */
  version: number
}

export interface FulfilmentState {
  version: number
  channel: string
  externalId: string
  orderName: string
  opened: boolean
  /** The channel has cancelled the order: it takes no news of parcels any more. */
  stopped: boolean
  lines: readonly FulfilmentLine[]
  parcels: readonly KnownParcel[]
  /** Parcels that came before their order's sale. */
  waiting: readonly NoteShipment[]
  /** What the order was last told. */
  told: string
  /** Where parcels can be followed, by their number, where the ERP does not know. */
  links?: Readonly<Record<string, string>>
}

export interface OpenFulfilment {
  type: 'fulfilment.open'
  channel: string
  externalId: string
  orderName: string
  lines: { lineId: string; quantity: number; saleLineId: string | null }[]
}

export type FulfilmentCommand =
  | OpenFulfilment
  | NoteShipment
  /** From the order: the channel has cancelled it. */
  | { type: 'fulfilment.stop' }
  /** From the order: these are its lines now, in the ERP as well. */
  | { type: 'fulfilment.change'; lines: OpenFulfilment['lines'] }
  /** By a person: announce again what the channel refused. */
  | { type: 'fulfilment.retry' }
  /** By a person: announce every parcel again; what the channel knows is recognised there. */
  | { type: 'fulfilment.resend' }
  /** From the labels: where the customer can follow it, where the ERP does not know. */
  | { type: 'fulfilment.noteLink'; trackingNumber: string; trackingUrl: string }
  /** From the order's return: what has left? */
  | { type: 'fulfilment.tellLeft' }
  | Done
  | Failed

export interface ShippedLine {
  lineId: string
  quantity: number
  /** Pieces of the line that have left in all, this parcel included. */
  cumulative: number
}

export type FulfilmentEvent =
  | (Omit<OpenFulfilment, 'type'> & { type: 'fulfilment.opened' })
  | { type: 'fulfilment.parcelParked'; shipment: NoteShipment }
  | {
      type: 'shipment.dispatched'
      parcel: Parcel
      shippedAt: string
      lines: readonly ShippedLine[]
      /** Where it is followed, and until when it is promised. */
      follow?: Followed
      /** The order captures for each parcel. */
      collect?: true
    }
  | { type: 'shipment.announced'; shipmentId: string; fulfilmentId: string | null }
  | { type: 'shipment.announceFailed'; shipmentId: string; code: string; message: string }
  | { type: 'shipment.announceRetried'; parcel: Parcel; lines: readonly ShippedLine[] }
  | { type: 'fulfilment.linkNoted'; trackingNumber: string; trackingUrl: string }
  | { type: 'fulfilment.stopped' }
  | { type: 'fulfilment.changed'; lines: OpenFulfilment['lines'] }
  | { type: 'fulfilment.leftTold'; lines: readonly { lineId: string; quantity: number }[] }
  | { type: 'fulfilment.progressed'; complete: boolean; announced: boolean; date: string }

const initial: FulfilmentState = {
  version: 0,
  channel: '',
  externalId: '',
  orderName: '',
  opened: false,
  stopped: false,
  lines: [],
  parcels: [],
  waiting: [],
  told: '',
}

function decide(
  state: FulfilmentState,
  command: FulfilmentCommand,
  policy: Policy,
  context: Context,
): Decision<FulfilmentEvent> {
  const found: FulfilmentEvent[] = respond(state, command, policy)
  const now = found.reduce(evolve, state)
  const collect = collectsByParcel(policy, now.channel)
  const events = collect ? found.map((one) => (one.type === 'shipment.dispatched' ? { ...one, collect } : one)) : found
  const progress = progressOf(now, context)
  return progress ? [...events, progress] : events
}

function respond(state: FulfilmentState, command: FulfilmentCommand, policy: Policy): FulfilmentEvent[] {
  switch (command.type) {
    case 'fulfilment.open':
      return open(state, command, policy)
    case 'fulfilment.noteShipment': {
      if (isKnown(state, command.shipmentId)) return []
      return state.opened
        ? [dispatched(state, command, policy)]
        : [{ type: 'fulfilment.parcelParked', shipment: command }]
    }
    case 'fulfilment.change':
      return state.opened ? [{ type: 'fulfilment.changed', lines: command.lines }] : []
    case 'fulfilment.noteLink': {
      const { trackingNumber, trackingUrl } = command
      const isNew = state.links?.[trackingNumberOf(trackingNumber)] !== trackingUrl
      return isNew ? [{ type: 'fulfilment.linkNoted', trackingNumber, trackingUrl }] : []
    }
    case 'fulfilment.stop':
      return state.stopped ? [] : [{ type: 'fulfilment.stopped' }]
    case 'fulfilment.tellLeft': {
      const lines = state.lines.flatMap(({ lineId, shipped }) => (shipped > 0 ? [{ lineId, quantity: shipped }] : []))
      return [{ type: 'fulfilment.leftTold', lines }]
    }
    case 'fulfilment.retry':
      return state.parcels
        .filter(({ failed }) => failed !== null)
        .map(({ parcel, lines }) => ({ type: 'shipment.announceRetried', parcel, lines }))
    case 'fulfilment.resend':
      return state.parcels
        .filter(({ lines }) => lines.length > 0 && !state.stopped)
        .map(({ parcel, lines }) => ({ type: 'shipment.announceRetried', parcel, lines }))
    case 'done': {
      if (command.intent !== 'fulfilment.ensure') return []
      const { shipmentId } = command.ask.parcel
      const waits = state.parcels.some((parcel) => parcel.shipmentId === shipmentId && !parcel.announced)
      return waits ? [{ type: 'shipment.announced', shipmentId, fulfilmentId: command.answer.fulfilmentId }] : []
    }
    case 'failed': {
      const parcel = state.parcels.find(({ version }) => version === command.version)
      if (!parcel || parcel.announced) return []
      const { code, message } = command.fault
      return [{ type: 'shipment.announceFailed', shipmentId: parcel.shipmentId, code, message }]
    }
  }
}

const isKnown = (state: FulfilmentState, id: string): boolean =>
  [...state.parcels, ...state.waiting].some(({ shipmentId }) => shipmentId === id)

function open(state: FulfilmentState, { type: _, ...command }: OpenFulfilment, policy: Policy): FulfilmentEvent[] {
  if (state.opened) return []
  const events: FulfilmentEvent[] = [{ type: 'fulfilment.opened', ...command }]
  let now = evolve(state, events[0]!)
  for (const shipment of state.waiting) {
    const event = dispatched(now, shipment, policy)
    events.push(event)
    now = evolve(now, event)
  }
  return events
}

function dispatched(state: FulfilmentState, shipment: NoteShipment, policy: Policy): FulfilmentEvent {
  const { shipmentId, shippedAt, trackingNumber, carrier } = shipment
  const trackingUrl = shipment.trackingUrl ?? state.links?.[trackingNumberOf(trackingNumber ?? '')]
  const parcel: Parcel = {
    shipmentId,
    ...(trackingNumber ? { trackingNumber } : {}),
    ...(trackingUrl ? { trackingUrl } : {}),
    ...(carrier ? { carrier } : {}),
  }
  const lines = state.lines.flatMap(({ lineId, saleLineId, shipped }) => {
    const quantity = shipment.lines
      .filter((line) => line.saleLineId === saleLineId)
      .reduce((all, line) => all + line.quantity, 0)
    return quantity > 0 ? [{ lineId, quantity, cumulative: shipped + quantity }] : []
  })
  const follow = followedBy(policy, state.channel, shipment)
  return { type: 'shipment.dispatched', parcel, shippedAt, lines, ...(follow ? { follow } : {}) }
}

/** What the order has to hear: has everything left, and does the channel know of it. */
function progressOf(state: FulfilmentState, { at }: Context): FulfilmentEvent | null {
  if (!state.opened) return null
  const complete = state.lines.every(({ quantity, shipped }) => shipped >= quantity)
  if (!complete && state.parcels.length === 0) return null
  const announced = state.parcels.every((parcel) => parcel.announced)
  return state.told === `${complete} ${announced}`
    ? null
    : { type: 'fulfilment.progressed', complete, announced, date: at.slice(0, 10) }
}

function evolve(before: FulfilmentState, event: FulfilmentEvent): FulfilmentState {
  const state = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'fulfilment.opened': {
      const { channel, externalId, orderName } = event
      const lines = event.lines.map((line) => ({ ...line, shipped: 0 }))
      return { ...state, channel, externalId, orderName, opened: true, lines, waiting: [] }
    }
    case 'fulfilment.parcelParked':
      return { ...state, waiting: [...state.waiting, event.shipment] }
    case 'shipment.dispatched': {
      const lines = state.lines.map((line) => {
        const sent = event.lines.find(({ lineId }) => lineId === line.lineId)
        return sent ? { ...line, shipped: sent.cumulative } : line
      })
      const known: KnownParcel = {
        parcel: event.parcel,
        shipmentId: event.parcel.shipmentId,
        lines: event.lines,
        // Nothing of the channel's is in it (a free gift), or the channel has cancelled the order: nobody to tell.
        announced: event.lines.length === 0 || state.stopped,
        failed: null,
        version: state.version,
      }
      return { ...state, lines, parcels: [...state.parcels, known] }
    }
    case 'fulfilment.linkNoted':
      return { ...state, links: { ...state.links, [trackingNumberOf(event.trackingNumber)]: event.trackingUrl } }
    case 'shipment.announced':
      return mapParcel(state, event.shipmentId, { announced: true, failed: null })
    case 'shipment.announceFailed':
      return mapParcel(state, event.shipmentId, { failed: event.code })
    case 'shipment.announceRetried':
      return mapParcel(state, event.parcel.shipmentId, { failed: null, version: state.version })
    case 'fulfilment.stopped': {
      const parcels = state.parcels.map((parcel) => ({ ...parcel, announced: true, failed: null }))
      return { ...state, stopped: true, parcels }
    }
    case 'fulfilment.changed': {
      const shippedOf = (id: string) => state.lines.find(({ lineId }) => lineId === id)?.shipped ?? 0
      const lines = event.lines.map((line) => ({ ...line, shipped: shippedOf(line.lineId) }))
      const gone = state.lines.filter((line) => line.shipped > 0 && !lines.some(({ lineId }) => lineId === line.lineId))
      return { ...state, lines: [...lines, ...gone.map((line) => ({ ...line, quantity: line.shipped }))] }
    }
    case 'fulfilment.leftTold':
      return state
    case 'fulfilment.progressed':
      return { ...state, told: `${event.complete} ${event.announced}` }
  }
}

const mapParcel = (state: FulfilmentState, id: string, change: Partial<KnownParcel>): FulfilmentState => ({
  ...state,
  parcels: state.parcels.map((parcel) => (parcel.shipmentId === id ? { ...parcel, ...change } : parcel)),
})

function react(event: FulfilmentEvent, state: FulfilmentState, stream: string): (Intent | Note)[] {
  const { channel, externalId, orderName } = state
  const toOrder = (command: { type: string }) => note(streams.order(channel, externalId), command)
  switch (event.type) {
    case 'shipment.dispatched':
    case 'shipment.announceRetried': {
      const followed = event.type === 'shipment.dispatched' ? followNote(event, `${channel}:${externalId}`) : []
      if (event.lines.length === 0) return followed
      const lines = event.lines.map(({ lineId, cumulative }) => ({ lineId, cumulative }))
      const isPaid = event.type === 'shipment.dispatched' && event.collect
      const notes = isPaid ? [toOrder({ type: 'order.notePieces', lines } as { type: string })] : []
      if (state.stopped) return [...notes, ...followed]
      const ask = { externalId, orderName, parcel: event.parcel, lines: [...event.lines] }
      return [{ type: 'fulfilment.ensure', to: channel, ask }, ...notes, ...followed]
    }
    case 'shipment.announceFailed': {
      const detail = `The channel was not told of parcel ${event.shipmentId}: ${event.message}`
      return [toOrder({ type: 'order.noteException', code: 'fulfilment_failed', detail } as { type: string })]
    }
    case 'fulfilment.leftTold': {
      const [, name = '', id = ''] = stream.split('/')
      return [note(streams.returns(name, id), { type: 'return.noteLeft', lines: event.lines })]
    }
    case 'fulfilment.progressed': {
      const { complete, announced, date } = event
      return [toOrder({ type: 'order.noteShipped', complete, announced, date } as { type: string })]
    }
    default:
      return []
  }
}

export const fulfilment: Decider<FulfilmentState, FulfilmentCommand, FulfilmentEvent, Policy> = {
  initial,
  decide,
  evolve,
  react,
}
