/** What each event of a till changes. */
import type { Receipt, TillRecord } from '#canon/receipt.ts'
import { newDay, withLooseReceipt, withRecord } from './day.ts'
import { type Day, type Flight, type HeldReceipt, type Posting, receiptOf, type TillState } from './state.ts'
import type { TillEvent } from './till.ts'

/** Closed days that are remembered. */
const DAYS_KEPT = 14
/** Hashes that are remembered, to find out another record under a number that was taken. */
const TAIL_KEPT = 200

export function evolve(before: TillState, event: TillEvent): TillState {
  const state = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'till.heard': {
      const { storeId, registerId, at, recordAt, offline } = event
      const told = new Set(event.refused.map(({ sequence }) => sequence))
      const refusals = [...state.refusals.filter(({ sequence }) => !told.has(sequence)), ...event.refused]
      return { ...state, storeId, registerId, heard: { at, recordAt, offline }, refusals }
    }
    case 'till.parked': {
      const parked = [...state.parked, ...event.records].sort((a, b) => a.sequence - b.sequence)
      return withoutRefusals({ ...state, parked }, event.records)
    }
    case 'till.taken':
      return taken(state, event)
    case 'till.receiptTaken': {
      const { receipt, posting } = event
      const known = withDay(state, receipt.businessDate, 0, (day) => withLooseReceipt(day, receipt))
      return posted(known, receipt.businessDate, [receipt], posting)
    }
    case 'till.dayCompared':
      return mapDay(state, event.businessDate, (day) => ({ ...day, differences: event.differences }))
    case 'till.dayEnded':
      return mapDay(state, event.businessDate, (day) => ({ ...day, ended: true }))
    case 'till.resumed': {
      const parked = state.parked.filter(({ sequence }) => sequence >= event.next)
      const refusals = state.refusals.filter(({ sequence }) => sequence > event.next)
      return { ...state, next: event.next, lastHash: event.prevHash, parked, refusals }
    }
    default:
      return evolvePosting(state, event)
  }
}

type PostingEvent = Extract<TillEvent, { type: `receipt.${string}` | `session.${string}` }>

function evolvePosting(state: TillState, event: PostingEvent): TillState {
  switch (event.type) {
    case 'receipt.posted': {
      const ids = new Set(event.posted.map(({ txId }) => txId))
      const flight = state.flights.find(({ version }) => version === event.call)
      const held = state.held.filter(({ receipt }) => !ids.has(receipt.txId))
      const next = {
        ...landed(state, event.call),
        held,
        dirty: state.dirty || flight === undefined || held.length < state.held.length,
      }
      return mapDay(next, event.businessDate, (day) => ({ ...day, posted: day.posted + ids.size }))
    }
    case 'receipt.setAside': {
      const { receipt, code, message } = event
      const held = withHeld(state.held, [{ receipt, code, message }])
      return inFlight({ ...state, held }, receipt.businessDate, [receipt])
    }
    case 'receipt.retried':
      return inFlight({ ...state, dirty: true }, event.receipt.businessDate, [event.receipt])
    case 'receipt.held': {
      const flight = state.flights.find(({ version }) => version === event.call)
      const { code, message } = event
      const held = (flight?.receipts ?? []).map((receipt) => ({ receipt, code, message }))
      return { ...landed(state, event.call), held: withHeld(state.held, held) }
    }
    case 'session.summed': {
      const next = mapDay(state, event.businessDate, (day) => ({ ...day, unsummed: [] }))
      return { ...inFlight(next, event.businessDate, event.receipts), dirty: true }
    }
    case 'session.closing': {
      const next = { ...state, dirty: false }
      return mapDay(next, event.businessDate, (day) => ({ ...day, closings: day.closings + 1 }))
    }
    case 'session.closed':
      return pruned(mapDay({ ...state, trouble: null }, event.businessDate, closedDay))
    case 'session.closeFailed':
      return { ...state, trouble: { businessDate: event.businessDate, message: event.message } }
  }
}

/** A day without a sequence of ours knows its receipts by their ids alone, and keeps them. */
const closedDay = (day: Day): Day => ({ ...day, closed: true, receipts: day.firstSequence > 0 ? {} : day.receipts })

function taken(state: TillState, event: Extract<TillEvent, { type: 'till.taken' }>): TillState {
  const { records, businessDate, posting } = event
  const last = records.at(-1)!
  const next = last.sequence + 1
  const tail = { ...state.tail }
  for (const { sequence, hash } of records) {
    tail[sequence] = hash
    delete tail[sequence - TAIL_KEPT]
  }
  const parked = state.parked.filter(({ sequence }) => sequence >= next)
  const moved = withoutRefusals({ ...state, next, lastHash: last.hash, tail, parked }, records)
  const counted = withDay(moved, businessDate, records[0]!.sequence, (day) => records.reduce(withRecord, day))
  const receipts = records.flatMap((record) => receiptOf(record) ?? [])
  return posted(counted, businessDate, receipts, posting)
}

/** Receipts on the way the policy says. */
function posted(state: TillState, date: string, receipts: readonly Receipt[], posting: Posting): TillState {
  if (receipts.length === 0 || posting === 'none') return state
  if (posting === 'receipt') return { ...inFlight(state, date, receipts), dirty: true }
  return mapDay(state, date, (day) => ({ ...day, unsummed: [...day.unsummed, ...receipts] }))
}

function inFlight(state: TillState, businessDate: string, receipts: readonly Receipt[]): TillState {
  const flight: Flight = { version: state.version, businessDate, receipts }
  const next = { ...state, flights: [...state.flights, flight] }
  return mapDay(next, businessDate, (day) => ({ ...day, pending: day.pending + receipts.length }))
}

function landed(state: TillState, version: number): TillState {
  const flight = state.flights.find((one) => one.version === version)
  if (!flight) return state
  const next = { ...state, flights: state.flights.filter((one) => one !== flight) }
  return mapDay(next, flight.businessDate, (day) => ({ ...day, pending: day.pending - flight.receipts.length }))
}

const withHeld = (held: readonly HeldReceipt[], more: readonly HeldReceipt[]): HeldReceipt[] => [
  ...held.filter(({ receipt }) => !more.some((one) => one.receipt.txId === receipt.txId)),
  ...more,
]

function withoutRefusals(state: TillState, records: readonly TillRecord[]): TillState {
  const here = new Set(records.map(({ sequence }) => sequence))
  return { ...state, refusals: state.refusals.filter(({ sequence }) => !here.has(sequence)) }
}

function withDay(state: TillState, date: string, sequence: number, change: (day: Day) => Day): TillState {
  if (state.days.some(({ businessDate }) => businessDate === date)) return mapDay(state, date, change)
  const days = [...state.days, change(newDay(date, sequence))].sort((a, b) =>
    a.businessDate < b.businessDate ? -1 : 1,
  )
  return { ...state, days }
}

const mapDay = (state: TillState, date: string, change: (day: Day) => Day): TillState => ({
  ...state,
  days: state.days.map((day) => (day.businessDate === date ? change(day) : day)),
})

function pruned(state: TillState): TillState {
  const done = state.days.filter(({ closed, firstSequence }) => closed && firstSequence > 0)
  const gone = new Set(done.slice(0, Math.max(0, done.length - DAYS_KEPT)))
  return { ...state, days: state.days.filter((day) => !gone.has(day)) }
}
