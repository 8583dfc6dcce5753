/**
 * Tells one subscriber of events by signed posts, in the order of the journal, each until it is taken. It works the
 * same with and without a bus.
 */
import {
  journalBefore,
  type JournalRow,
  moveReader,
  postponeReader,
  readJournal,
  type ReaderRow,
} from '#store/readers.ts'
import { Fault, toFault } from '../../fault.ts'
import { type Engine, instantAt } from '../engine.ts'
import { CLOUD_EVENT_TYPE, cloudEvent, matches } from './cloud-event.ts'
import type { FanOut, Subscriber } from './fan-out.ts'
import { type Held, LeaseLost } from './handout.ts'
import { signedHeaders } from '../standard-webhook.ts'

const PAGE = 100
const POST_TIMEOUT_MS = 10_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 5 * 60_000
/** A wait it asks for is kept, up to this. */
const WAIT_MAX_MS = 60 * 60_000

export function openWebSubscriber(engine: Engine, fanOut: FanOut, subscriber: Subscriber, row: ReaderRow): Held {
  const { database, owner, io, meter } = engine
  const { name } = subscriber
  let { position, failures } = row
  let dueMs = row.due_at ? Date.parse(row.due_at) : 0
  let checkedMs = 0

  const move = async (to: number, skipped = 0): Promise<void> => {
    if (to === position) return
    if (!(await moveReader(database, { name: row.name, owner, from: position, to, skipped })))
      throw new LeaseLost(row.name)
    position = to
    failures = 0
  }

  /** What is older than the backlog may be is left out: the subscriber was away for too long. */
  async function bound(nowMs: number): Promise<void> {
    if (nowMs - checkedMs < 60_000) return
    checkedMs = nowMs
    const old = await journalBefore(database, instantAt(nowMs - subscriber.backlogMs), position)
    if (old.count === 0) return
    await move(old.position, old.count)
    meter.count('announced', [name, 'skipped'], old.count)
    io.log('error', 'a subscriber was away for too long and misses events', { subscriber: name, events: old.count })
  }

  async function postpone(error: unknown, nowMs: number): Promise<void> {
    const fault = toFault(error)
    failures += 1
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20)) * io.jitter()
    dueMs = nowMs + Math.ceil(Math.min(fault.retryAfterMs ?? 0, WAIT_MAX_MS) + pause)
    meter.count('announced', [name, 'failed'])
    if (failures === 1)
      io.log('warn', 'a subscriber does not take events; they wait', { subscriber: name, reason: fault.message })
    if (!(await postponeReader(database, { name: row.name, owner, dueAt: instantAt(dueMs), trouble: fault.message })))
      throw new LeaseLost(row.name)
  }

  return {
    async step() {
      const nowMs = io.now()
      if (nowMs < dueMs) return 0
      await bound(nowMs)
      const rows = await readJournal(database, position, PAGE)
      for (const event of rows) {
        if (!subscriber.types.some((pattern) => matches(pattern, event.type))) continue
        try {
          await post(engine, fanOut, subscriber, event)
        } catch (error) {
          await move(event.position - 1)
          await postpone(error, io.now())
          return 0
        }
        await move(event.position)
        meter.count('announced', [name, 'taken'])
      }
      const last = rows.at(-1)
      if (last) await move(last.position)
      meter.set('waiting', [row.name], rows.length < PAGE ? 0 : PAGE)
      return rows.length
    },
    close: () => Promise.resolve(meter.set('waiting', [row.name], null)),
  }
}

/** Throws when it was not taken. */
async function post(
  engine: Engine,
  { source, mask }: FanOut,
  subscriber: Subscriber,
  event: JournalRow,
): Promise<void> {
  const { io } = engine
  const shown = subscriber.personalData === 'full' ? (data: unknown) => data : mask
  const told = cloudEvent(event, source, shown)
  const body = JSON.stringify(told)
  const signed = { id: told.id, seconds: Math.floor(io.now() / 1_000), body, secret: subscriber.secret() }
  const request = new Request(subscriber.url!, {
    method: 'POST',
    headers: { 'content-type': CLOUD_EVENT_TYPE, ...signedHeaders(signed) },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(POST_TIMEOUT_MS),
  })
  const response = await io.fetch(request)
  await response.body?.cancel()
  if (response.ok) return
  const seconds = Number(response.headers.get('retry-after'))
  throw new Fault('unavailable', `It answered ${response.status}.`, {
    code: 'subscriber_refused',
    ...(seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {}),
  })
}
