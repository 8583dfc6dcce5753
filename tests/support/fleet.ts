/** Hub processes on one database whose hearts beat only when the test says so, each by a clock of its own. */
import type { Connection } from '#connectors/kit/connector.ts'
import type { Engine } from '#engine/engine.ts'
import { BEAT_MS, createLife, type Life } from '#engine/life.ts'
import { createMeter } from '#engine/meter.ts'
import type { Database, Sql } from '#store/database.ts'
import { anEngine } from './orders.ts'

export const START_MS = Date.parse('2026-11-27T10:00:00.000Z')

export interface Member {
  engine: Engine & { life: Life }
  /** While true nothing it asks of the database is answered. */
  cutOff: boolean
  logged: string[]
}

export interface Fleet {
  clock: { ms: number }
  /** A process that has signed in. @param skewMs how far its clock is off. */
  join(host: string, connections: Record<string, Connection>, skewMs?: number): Promise<Member>
  /** Time passes, and these processes live. */
  pass(ms: number, ...living: readonly Member[]): Promise<void>
}

export function aFleet(store: Database): Fleet {
  const clock = { ms: START_MS }
  let ids = 0
  return {
    clock,
    async join(host, connections, skewMs = 0) {
      const member = { cutOff: false, logged: [] as string[] } as Member
      const reach = <T>(work: () => Promise<T>): Promise<T> =>
        member.cutOff ? Promise.reject(new Error('Connection terminated: the line is cut')) : work()
      const database: Database = {
        ...store,
        query: (text, values) => reach(() => store.query(text, values)),
        prepared: (text, values) => reach(() => store.prepared(text, values)),
        run: (text, values) => reach(() => store.run(text, values)),
        transaction: (work) => reach(() => store.transaction(work)),
      }
      const bare = anEngine(database, connections)
      const io = {
        ...bare.io,
        now: () => clock.ms + skewMs,
        id: () =>
          String((ids += 1))
            .padStart(8, '0')
            .padEnd(32, '0'),
        jitter: () => 1,
        log: (_: unknown, message: string) => void member.logged.push(message),
      }
      const meter = createMeter()
      const about = { host, pid: 1, version: '1.2.3', migrations: 4 }
      const life = createLife({ database, io, meter, about, elapsed: () => clock.ms })
      member.engine = { ...bare, io, meter, life }
      await life.beat()
      return member
    },
    async pass(ms, ...living) {
      for (const untilMs = clock.ms + ms; clock.ms < untilMs;) {
        clock.ms = Math.min(untilMs, clock.ms + BEAT_MS)
        for (const { engine } of living) await engine.life.beat().catch(() => {})
      }
    },
  }
}

/** The database, where `work` comes before every statement that writes down how calls ended. */
export function beforeEnds(store: Database, work: () => Promise<void>): Database {
  const watched = (sql: Sql): Sql => ({
    ...sql,
    prepared: async (text, values) => {
      if (text.startsWith('with finished as')) await work()
      return sql.prepared(text, values)
    },
  })
  return { ...store, ...watched(store), transaction: (body) => store.transaction((sql) => body(watched(sql))) }
}
