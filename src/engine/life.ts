/**
 * A process among others on the same database: its heart beats, and it watches the hearts of the others. What a dead
 * one held is free within seconds; a slow one keeps what it holds for as long as its heart beats.
 *
 * No two clocks are compared. A beat is a number that changes, and each process times the changes it sees by its own
 * clock. The bounds and the reasons for them: docs/decisions/0011-several-processes.md.
 */
import type { Database, Sql } from '#store/database.ts'
import { beatOnce, giveBack, type Joining, joinFleet, type Lease, leaveFleet, takeOver } from '#store/fleet.ts'
import { Fault } from '../fault.ts'
import { elapsedMs, type Fetch, type Io } from '../io.ts'
import { instantAt } from './engine.ts'
import type { Meter } from './meter.ts'

export const BEAT_MS = 3_000
/** So long after its last beat a process may still call without asking whether it was presumed dead. */
export const CERTAIN_MS = 9_000
/** So long others see no beat, while they beat themselves, until they presume it dead. */
export const PRESUMED_DEAD_MS = 15_000

/**
 * `new`: not signed in yet. `lost`: presumed dead; calls nothing, and signs in anew once what it had in hand has ended.
 * `refused`: the schema has become one that this release must not touch. `left`: signed out.
 */
export type LifeState = 'new' | 'running' | 'draining' | 'lost' | 'refused' | 'left'

export interface Life {
  /** The owner of what it leases; another one after it was presumed dead. */
  id(): string
  state(): LifeState
  /** Processes that others beat for, as of the last beat. */
  others(): number
  /** May claim work. False from the first doubt until a beat has removed it. */
  mayClaim(): boolean
  /** Runs a piece of work that holds leases. Nobody signs in under a new name while one is under way. */
  hold<T>(work: () => Promise<T>): Promise<T>
  /** Whether a call may be made now. When the last beat is too long ago it asks the database first. */
  mayCall(): Promise<boolean>
  /** Leases that this process holds and does nothing about, because something failed. Given back with the next beat. */
  mislay(leases: readonly Lease[]): void
  /** Signs in, or beats, or signs in anew; buries the dead. Throws what the database throws. */
  beat(): Promise<void>
  /** Claims no more. Calls under way may finish. */
  drain(): Promise<void>
  /** Signs out and frees whatever is still held. */
  leave(): Promise<void>
}

export interface LifeOptions {
  database: Database
  io: Pick<Io, 'now' | 'id' | 'log'>
  meter: Meter
  about: Omit<Joining, 'id'>
  /** Milliseconds from an arbitrary start, by a clock that nobody sets. */
  elapsed?(): number
  /** Throws when this release does not fit the schema any more. */
  check?(sql: Sql): Promise<unknown>
}

/** Another process as this one sees it. */
interface Seen {
  beat: number
  /** How long it has not changed, counting only the time in which this process was awake and could look. */
  stillMs: number
}

export function createLife({ database, io, meter, about, elapsed = elapsedMs, check }: LifeOptions): Life {
  const { now, log } = io
  let id = ''
  let state: LifeState = 'new'
  let certainUntilMs = -Infinity
  let lookedAtMs = -Infinity
  let wallMs = now()
  let inHand = 0
  const mislaid: Lease[] = []
  let beating: Promise<void> | undefined
  const seen = new Map<string, Seen>()

  const isIn = () => state === 'running' || state === 'draining'
  /** A machine that slept may have stopped the one clock and not the other: either may raise the doubt. */
  const isCertain = () => isIn() && elapsed() < certainUntilMs && Math.abs(now() - wallMs) < CERTAIN_MS
  const assured = (startedMs: number, startedWallMs: number) => {
    certainUntilMs = startedMs + CERTAIN_MS
    wallMs = startedWallMs
  }

  async function join(): Promise<void> {
    const [startedMs, startedWallMs] = [elapsed(), now()]
    const fresh = `${about.host}/${about.pid}/${io.id().slice(0, 8)}`
    let refusal: unknown
    const fits = (sql: Sql) =>
      Promise.resolve(check?.(sql)).catch((error: unknown) => Promise.reject((refusal = error)))
    try {
      await database.transaction((sql) => joinFleet(sql, { ...about, id: fresh }, instantAt(startedWallMs), fits))
    } catch (error) {
      if (error !== refusal) throw error
      const reason = refusal instanceof Error ? refusal.message : String(refusal)
      log('error', 'this process may not use the database any more and does nothing', { reason })
      state = 'refused'
      return
    }
    id = fresh
    state = 'running'
    seen.clear()
    assured(startedMs, startedWallMs)
  }

  async function pulse(): Promise<void> {
    if (state === 'left' || state === 'refused') return
    if (state === 'lost' && inHand > 0) return
    if (!isIn()) return join()
    const [startedMs, startedWallMs] = [elapsed(), now()]
    const others = await beatOnce(database, { id, state: state as 'running', at: instantAt(startedWallMs) })
    if (others === null) {
      log('warn', 'this process was presumed dead by others and starts anew', { process: id, inHand })
      state = 'lost'
      return inHand > 0 ? undefined : join()
    }
    assured(startedMs, startedWallMs)
    watch(others, Math.min(BEAT_MS, startedMs - lookedAtMs))
    lookedAtMs = startedMs
    const leases = [...mislaid]
    if (leases.length > 0) await giveBack(database, leases, instantAt(now()))
    mislaid.splice(0, leases.length)
    for (const [other, { beat, stillMs }] of seen) if (stillMs >= PRESUMED_DEAD_MS) await bury(other, beat)
  }

  /** @param awakeMs since the last look, and never more than a beat: whoever slept himself has seen nothing. */
  function watch(others: readonly { id: string; beat: number }[], awakeMs: number): void {
    const known = new Map(seen)
    seen.clear()
    for (const other of others) {
      const before = known.get(other.id)
      const still = before?.beat === other.beat
      seen.set(other.id, { beat: other.beat, stillMs: still ? before.stillMs + awakeMs : 0 })
    }
  }

  async function bury(other: string, beat: number): Promise<void> {
    const freed = await database.transaction((sql) => takeOver(sql, { id: other, beat, now: instantAt(now()) }))
    seen.delete(other)
    if (freed === null) return
    meter.add('processesBuried')
    meter.add('leasesTakenOver', freed)
    log('warn', 'the heart of another process stopped; what it had taken is free again', { process: other, freed })
  }

  const beat = (): Promise<void> => (beating ??= pulse().finally(() => (beating = undefined)))

  return {
    id: () => id,
    state: () => state,
    others: () => seen.size,
    mayClaim: () => state === 'running' && isCertain(),
    async hold(work) {
      inHand += 1
      try {
        return await work()
      } finally {
        inHand -= 1
      }
    },
    async mayCall() {
      if (isCertain()) return true
      if (!isIn()) return false
      // A beat that was under way when the doubt arose may have begun before what caused it.
      await beating?.catch(() => {})
      if (!isCertain()) await beat().catch(() => {})
      return isCertain()
    },
    mislay: (leases) => void mislaid.push(...leases),
    beat,
    async drain() {
      if (state !== 'running') return
      state = 'draining'
      await beat()
    },
    async leave() {
      const was = isIn()
      state = 'left'
      await beating?.catch(() => {})
      if (was) await database.transaction((sql) => leaveFleet(sql, id, instantAt(now())))
    },
  }
}

/** The way out for a process's calls: closed while it may have been presumed dead. Who never signed in may call. */
export const guarded = (fetch: Fetch, life: () => Life | undefined): Fetch => {
  return async (request) => {
    const own = life()
    if (own && own.state() !== 'new' && !(await own.mayCall())) {
      const message = 'The call was not made: this process was cut off and others may have taken over its work.'
      throw new Fault('unavailable', message, { code: 'presumed_dead' })
    }
    return fetch(request)
  }
}
