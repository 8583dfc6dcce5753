/**
 * Who reads what: every line of messages (a partition of the bus, the stream of a shop, the journal for a subscriber)
 * is read by one process at a time, and the processes share them evenly. A process that goes gives its lines back; the
 * lines of one that died are free when their lease ends.
 */
import {
  addReaders, leaveReading, listReaders, type ReaderRow, releaseReaders, renewReaders, shareReading, takeReaders,
} from '#store/readers.ts' // prettier-ignore
import { type Engine, instantAt } from '../engine.ts'
import { type Loop, startLoop } from '../loop.ts'

/** One line in the hands of this process. */
export interface Held {
  /** A piece of the work. @returns how much there was; 0 lets it rest. Throws `LeaseLost` when it is not ours. */
  step(): Promise<number>
  /** Ends a step that waits for something to arrive. */
  interrupt?(): void
  close?(): Promise<void>
}

export interface Job {
  name: string
  /** Where a line begins that nobody has read before. */
  firstPosition(): Promise<number>
  hold(row: ReaderRow): Promise<Held>
  /** How long it rests when there was nothing to do. */
  idleMs: number
}

export class LeaseLost extends Error {
  constructor(name: string) {
    super(`Another process has taken over '${name}'.`)
    this.name = 'LeaseLost'
  }
}

/** A dead process's lines are read again after this. */
const LEASE_MS = 6_000
const TICK_MS = 1_500

export interface HandoutPace {
  leaseMs: number
  tickMs: number
}

interface Working {
  loop: Loop
  /** Set while it is held open. */
  held: Held | null
  lost: boolean
}

/** The lines of `jobs`, shared with all other processes that know them. */
export function startHandout(
  engine: Engine,
  jobs: readonly Job[],
  pace: HandoutPace = { leaseMs: LEASE_MS, tickMs: TICK_MS },
): Loop {
  const byName = new Map(jobs.map((job) => [job.name, job]))
  const working = new Map<string, Working>()
  const { database, owner, io } = engine
  let known = false
  const lease = () => {
    const nowMs = io.now()
    return { owner, now: instantAt(nowMs), leaseUntil: instantAt(nowMs + pace.leaseMs) }
  }

  async function introduce(): Promise<void> {
    const there = new Set((await listReaders(database, [...byName.keys()])).map(({ name }) => name))
    for (const job of jobs) if (!there.has(job.name)) await addReaders(database, [job.name], await job.firstPosition())
    known = true
  }

  function begin(row: ReaderRow): void {
    const job = byName.get(row.name)!
    const one: Working = { held: null, lost: false, loop: undefined as unknown as Loop }
    let fresh: ReaderRow | null = row
    let said = false
    const close = async () => {
      const { held } = one
      one.held = null
      await held?.close?.()
    }
    const work = async (): Promise<number> => {
      if (one.lost) return 0
      try {
        if (!one.held) {
          const [current] = fresh ? [fresh] : await listReaders(database, [row.name])
          fresh = null
          if (current?.owner !== owner) throw new LeaseLost(row.name)
          one.held = await job.hold(current)
        }
        const found = await one.held.step()
        said = false
        return found
      } catch (error) {
        await close().catch(() => {})
        one.lost = error instanceof LeaseLost
        // Tried again after the usual rest: what it waits for, an election or a restart, takes seconds.
        if (!one.lost && !said) {
          const reason = error instanceof Error ? error.message : String(error)
          io.log('warn', 'a reader stumbled and goes on', { reader: row.name, reason })
        }
        said ||= !one.lost
        return 0
      }
    }
    const onError = (error: unknown) => io.log('error', 'a reader broke', { reader: row.name, reason: String(error) })
    one.loop = startLoop(work, { idleMs: job.idleMs, onError })
    working.set(row.name, one)
  }

  async function end(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const one = working.get(name)
        if (!one) return
        const stopped = one.loop.stop()
        one.held?.interrupt?.()
        await stopped
        await one.held?.close?.().catch(() => {})
        working.delete(name)
      }),
    )
  }

  async function share(): Promise<number> {
    if (!known) await introduce()
    const sharing = await shareReading(database, owner, lease().now, lease().leaseUntil)
    const mine = [...working].filter(([, { lost }]) => !lost).map(([name]) => name)
    const still = new Set((await renewReaders(database, mine, lease())).map(({ name }) => name))
    await end([...working.keys()].filter((name) => !still.has(name)))
    const fair = Math.ceil(byName.size / sharing)
    const extra = [...working.keys()].slice(fair)
    if (extra.length > 0) {
      await end(extra)
      await releaseReaders(database, extra, owner)
    }
    const room = fair - working.size
    if (room <= 0) return 0
    const now = lease()
    const rows = await listReaders(database, [...byName.keys()])
    const free = rows.filter(
      (row) => !working.has(row.name) && (!row.lease_until || row.owner === owner || row.lease_until <= now.now),
    )
    const wanted = free.slice(0, room).map(({ name }) => name)
    for (const row of await takeReaders(database, wanted, now)) begin(row)
    return 0
  }

  const sharing = startLoop(share, {
    idleMs: pace.tickMs,
    onError: (error) =>
      io.log('warn', 'sharing the lines out stumbled and goes on', { reason: (error as Error).message }),
  })
  return {
    wake() {
      for (const { loop } of working.values()) loop.wake()
    },
    async stop() {
      await sharing.stop()
      const names = [...working.keys()]
      await end(names)
      // While the database is away the leases end by themselves.
      await releaseReaders(database, names, owner).catch(() => 0)
      await leaveReading(database, owner).catch(() => 0)
    },
  }
}
