/**
 * One register of a store: its records are taken in their own order and once, its business days are compared with their
 * Z-reports, its receipts go to stock and to the ERP, and its sessions there are closed. A till cannot be stopped: what
 * it sold is sold, and what does not fit is asked for again.
 */
import type { Receipt, TillRecord } from '#canon/receipt.ts'
import type { EndDay, TakeReceipt, TakeRecords } from '../commands.ts'
import { type Context, type Decider, type Decision, refused } from '../decider.ts'
import type { Done, Failed, SessionClose } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { zDifferences } from './day.ts'
import { evolve } from './evolve.ts'
import { react } from './react.ts'
import { type Day, initialTill, type Posting, receiptOf, type RefusedRecord, type TillState } from './state.ts'
import { taking } from './taking.ts'

/** Receipts in one call to the ERP. */
const RECEIPTS_PER_CALL = 20

export type TillCommand =
  | TakeRecords
  | TakeReceipt
  | EndDay
  /** By a person, after looking at the till: the sequence goes on here, and what is missing before is given up. */
  | { type: 'till.resume'; next: number; prevHash: string; reason: string }
  /** By a person: send again what the ERP refused, and close again what did not close. */
  | { type: 'till.retry' }
  | Done
  | Failed

export type TillEvent =
  | {
      type: 'till.heard'
      storeId: string
      registerId: string
      at: string
      recordAt: string | null
      offline: boolean
      refused: readonly RefusedRecord[]
    }
  | { type: 'till.parked'; records: readonly TillRecord[] }
  /** Consecutive records of one business day. */
  | { type: 'till.taken'; businessDate: string; records: readonly TillRecord[]; posting: Posting; pool: string }
  | { type: 'till.receiptTaken'; receipt: Receipt; posting: Posting; pool: string }
  | { type: 'till.dayCompared'; businessDate: string; differences: readonly string[] }
  | { type: 'till.dayEnded'; businessDate: string; by: 'z_report' | 'next_day' | 'word' }
  | { type: 'till.resumed'; next: number; prevHash: string; reason: string }
  | {
      type: 'receipt.posted'
      businessDate: string
      posted: readonly { txId: string; orderId: string }[]
      pool: string
      receipts: readonly Receipt[]
      call: number
    }
  /** The ERP does not take it beside the others: it is sent alone, and is a case of its own from then on. */
  | { type: 'receipt.setAside'; receipt: Receipt; code: string; message: string }
  | { type: 'receipt.retried'; receipt: Receipt }
  | { type: 'receipt.held'; call: number; code: string; message: string }
  | { type: 'session.summed'; businessDate: string; key: string; receipts: readonly Receipt[] }
  | ({ type: 'session.closing' } & SessionClose)
  | { type: 'session.closed'; businessDate: string; entry: string | null }
  | { type: 'session.closeFailed'; businessDate: string; message: string }

function decide(state: TillState, command: TillCommand, policy: Policy, context: Context): Decision<TillEvent> {
  const place = placeOf(context.stream)
  const store = policy.stores?.[place.storeId]
  if (command.type !== 'done' && command.type !== 'failed' && !store)
    return refused('store_unknown', `The policy has no store '${place.storeId}': name it under policy.stores.`)
  const story = new Story(state)
  const how = { posting: store?.posting ?? 'none', pool: store?.pool ?? '' }
  switch (command.type) {
    case 'till.receive':
      receive(story, command, how)
      break
    case 'till.receipt':
      receiptAlone(story, command, how)
      break
    case 'till.endDay':
      if (openDays(state).some(({ businessDate }) => businessDate === command.businessDate))
        endDay(story, command.businessDate, 'word')
      break
    case 'till.resume':
      if (command.next <= state.next - 1)
        return refused('sequence_taken', `Number ${command.next} was taken already; ${state.next} comes next.`)
      story.add({ type: 'till.resumed', next: command.next, prevHash: command.prevHash, reason: command.reason })
      take(story, { type: 'till.receive', ...place, records: [], refused: [], at: context.at }, how)
      break
    case 'till.retry':
      if (state.held.length === 0 && state.trouble === null)
        return refused('nothing_to_retry', 'The ERP has refused nothing of this till.')
      retry(story)
      break
    case 'done':
      done(story, command, how.pool)
      break
    case 'failed':
      failed(story, command)
      break
  }
  settle(story)
  return story.events
}

/** Events so far, and the state after them. */
class Story {
  events: TillEvent[] = []
  state: TillState
  constructor(state: TillState) {
    this.state = state
  }
  add(event: TillEvent): void {
    this.events.push(event)
    this.state = evolve(this.state, event)
  }
}

type How = { posting: Posting; pool: string }

export function placeOf(stream: string): { storeId: string; registerId: string } {
  const [, storeId = '', registerId = ''] = stream.split('/')
  return { storeId, registerId }
}

function receive(story: Story, command: TakeRecords, how: How): void {
  const { storeId, registerId, records, at } = command
  const found = taking(story.state, command)
  const last = records.reduce<TillRecord | null>((a, b) => (a && a.sequence > b.sequence ? a : b), null)
  const recordAt = last?.occurredAt ?? story.state.heard?.recordAt ?? null
  const offline = last?.offline ?? false
  story.add({ type: 'till.heard', storeId, registerId, at, recordAt, offline, refused: found.refused })
  take(story, command, how)
}

function take(story: Story, command: TakeRecords, how: How): void {
  const { run, parked } = taking(story.state, command)
  for (const records of chunks(run)) {
    const [first] = records
    endEarlier(story, first!.businessDate)
    story.add({ type: 'till.taken', businessDate: first!.businessDate, records, ...how })
    const last = records.at(-1)!
    if (last.kind !== 'z_report') continue
    const day = dayOf(story.state, last.businessDate)!
    const differences = zDifferences(day.sums, last.zReport)
    story.add({ type: 'till.dayCompared', businessDate: last.businessDate, differences })
    if (!day.ended) endDay(story, last.businessDate, 'z_report')
  }
  if (parked.length > 0) story.add({ type: 'till.parked', records: parked })
}

/** Runs of one business day, short enough for one call; a Z-report ends its own. */
function chunks(run: readonly TillRecord[]): TillRecord[][] {
  const found: TillRecord[][] = []
  for (const record of run) {
    const open = found.at(-1)
    const before = open?.at(-1)
    const fits = before?.businessDate === record.businessDate && before.kind !== 'z_report'
    if (open && fits && open.length < RECEIPTS_PER_CALL) open.push(record)
    else found.push([record])
  }
  return found
}

function receiptAlone(story: Story, { receipt, at }: TakeReceipt, how: How): void {
  const { storeId, registerId, businessDate, txId, occurredAt: recordAt, offline } = receipt
  if (story.state.days.some(({ receipts }) => txId in receipts)) return
  story.add({ type: 'till.heard', storeId, registerId, at, recordAt, offline, refused: [] })
  endEarlier(story, businessDate)
  story.add({ type: 'till.receiptTaken', receipt, ...how })
}

export const dayOf = (state: TillState, date: string): Day | undefined =>
  state.days.find(({ businessDate }) => businessDate === date)

export const openDays = ({ days }: TillState): Day[] => days.filter(({ ended }) => !ended)

/** A new business day ends those before it, with or without a Z-report: by the sequence nothing of them is missing. */
function endEarlier(story: Story, date: string): void {
  for (const { businessDate } of openDays(story.state)) {
    if (businessDate < date && !dayOf(story.state, date)) endDay(story, businessDate, 'next_day')
  }
}

function endDay(story: Story, businessDate: string, by: 'z_report' | 'next_day' | 'word'): void {
  story.add({ type: 'till.dayEnded', businessDate, by })
  settle(story)
}

/** What an ended day still owes the ERP: its sum, and the end of its session. Calls go out in this order. */
function settle(story: Story): void {
  for (const { businessDate, ended, unsummed, closings } of story.state.days) {
    if (!ended || unsummed.length === 0) continue
    const { storeId, registerId } = story.state
    const key = `${storeId}/${registerId}/${businessDate}/${closings}`
    story.add({ type: 'session.summed', businessDate, key, receipts: unsummed })
  }
  const last = story.state.days.at(-1)
  if (!story.state.dirty || !last || openDays(story.state).length > 0) return
  story.add(closingOf(story.state, last, last.closings === 0))
}

/** What was counted belongs to the day's own session, not to one for what came late. */
function closingOf({ storeId, registerId }: TillState, day: Day, own: boolean): TillEvent {
  const { businessDate, zReport, cashMoves } = day
  const cash = own && zReport ? { opening: zReport.cashOpening, counted: zReport.cashCounted } : null
  return { type: 'session.closing', storeId, registerId, businessDate, cash, cashMoves: own ? cashMoves : [] }
}

function retry(story: Story): void {
  const { held, trouble } = story.state
  for (const { receipt } of held) story.add({ type: 'receipt.retried', receipt })
  const day = trouble && dayOf(story.state, trouble.businessDate)
  if (day) story.add(closingOf(story.state, day, day.closings <= 1))
}

function done(story: Story, command: Done, pool: string): void {
  const { state } = story
  if (command.intent === 'session.close') {
    const { businessDate } = command.ask
    story.add({ type: 'session.closed', businessDate, entry: command.answer.entry })
    return
  }
  if (command.intent !== 'receipt.post' && command.intent !== 'session.post') return
  const { businessDate, receipts } = command.ask
  const open = new Set([
    ...state.held.map(({ receipt }) => receipt.txId),
    ...state.flights
      .filter(({ version }) => version === command.version)
      .flatMap((one) => one.receipts.map(({ txId }) => txId)),
  ])
  const posted = command.answer.posted.filter(({ txId }) => open.has(txId))
  const mine = receipts.filter(({ txId }) => posted.some((one) => one.txId === txId))
  story.add({ type: 'receipt.posted', businessDate, posted, pool, receipts: mine, call: command.version })
  for (const { txId, code, message } of command.answer.refused) {
    const receipt = receipts.find((one) => one.txId === txId)
    if (receipt && open.has(txId)) story.add({ type: 'receipt.setAside', receipt, code, message })
  }
}

function failed(story: Story, { intent, version, fault }: Failed): void {
  const businessDate = story.state.days.at(-1)?.businessDate ?? ''
  if (intent === 'session.close') story.add({ type: 'session.closeFailed', businessDate, message: fault.message })
  else if (story.state.flights.some((flight) => flight.version === version))
    story.add({ type: 'receipt.held', call: version, code: fault.code, message: fault.message })
}

export const till: Decider<TillState, TillCommand, TillEvent, Policy> = {
  initial: initialTill,
  decide,
  evolve,
  react,
}

export { receiptOf }
