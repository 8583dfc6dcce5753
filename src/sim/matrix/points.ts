/**
 * The places where a process can be killed, found from outside: every statement, the begin and end of every
 * transaction, every call. The hub itself knows nothing of this: its database, its fetch and its connections are
 * wrapped before it is given them. What cannot be named from outside is named by what passes, such as the statement
 * that claims.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Connection, Outbound } from '#connectors/kit/connector.ts'
import type { IntentType } from '#core/intents.ts'
import type { Database, Sql } from '#store/database.ts'
import type { Fetch } from '../../io.ts'
import { operationOf } from './operations.ts'

/** Where the process dies: when it passes this point for the so-manieth time. */
export interface Fatal {
  point: string
  passing: number
}

export interface Points {
  at(point: string): void
  /** Dies, if at all, once what was just sent has left the process and before its answer can have come. */
  sent(point: string): void
  /** How often each was passed. */
  passed(): Record<string, number>
}

/** @param die ends the process at once, or at least never returns. */
export function createPoints(fatal: Fatal | null, die: () => void): Points {
  const passed = new Map<string, number>()
  const isFatal = (point: string): boolean => {
    const times = (passed.get(point) ?? 0) + 1
    passed.set(point, times)
    return fatal !== null && fatal.point === point && fatal.passing === times
  }
  return {
    at: (point) => void (isFatal(point) && die()),
    sent: (point) => void (isFatal(point) && setImmediate(die)),
    passed: () => Object.fromEntries(passed),
  }
}

type Kind =
  | 'turn'
  | 'probe'
  | 'dispatch-lease'
  | 'dispatch-finish'
  | 'dispatch-postpone'
  | 'feed'
  | 'migrate'
  | 'join'
  | null

interface Landmark {
  statement: RegExp
  /** Only in such a transaction; whatever it is when absent. */
  within?: readonly Kind[]
  /** What the transaction turns out to be. */
  reveals?: Exclude<Kind, null>
  before?: string
  after?: string
  /** A statement that found nothing to do says nothing. */
  needsRows?: true
}

/** Statements by which a transaction is known, and the points next to them. */
const LANDMARKS: readonly Landmark[] = [
  { statement: /\bfrom inbox where state = 'new'[^]*for update/, reveals: 'turn', after: 'turn.after-claim', needsRows: true },
  { statement: /^select stream, version, state from stream\b/, within: ['turn'], after: 'turn.after-load' },
  { statement: /^insert into journal\b/, within: ['turn'], before: 'turn.after-decide', after: 'turn.after-events' },
  { statement: /^insert into stream\b/, within: ['turn'], after: 'turn.after-states' },
  { statement: /^insert into outbox\b/, within: ['turn'], after: 'turn.after-intents' },
  { statement: /^insert into inbox\b/, within: ['turn'], after: 'turn.after-notes' },
  { statement: /^update outbox set owner\b/, reveals: 'dispatch-lease', after: 'dispatch.after-claim', needsRows: true },
  { statement: /\bfrom governor where connection = \$1 for update skip locked/, reveals: 'probe' },
  { statement: /^update governor\b/, within: ['dispatch-lease', 'probe'], after: 'governor.after-probe-claimed' },
  { statement: /^update governor\b/, within: [null], after: 'governor.after-learn' },
  { statement: /^update outbox set due_at = p\.due_at\b/, reveals: 'dispatch-postpone', after: 'dispatch.after-postpone' },
  { statement: /^with finished as\b/, reveals: 'dispatch-finish', before: 'dispatch.before-finish' },
  { statement: /^insert into inbox\b/, within: [null], before: 'feed.before-store', after: 'feed.between-store-and-cursor' },
  { statement: /^insert into cursor\b/, reveals: 'feed' },
  { statement: /^insert into migration\b/, reveals: 'migrate' },
  { statement: /^insert into process\b/, reveals: 'join' },
] // prettier-ignore

/** The same for statements outside any transaction, each one by itself: before it, once it is sent, after it. */
const LONE: readonly { statement: RegExp; points: readonly [string, string, string]; needsRows?: true }[] = [
  {
    statement: /^insert into inbox\b/,
    points: ['receive.before-store', 'receive.store-sent', 'receive.after-store-before-answer'],
  },
  {
    statement: /^update outbox set owner\b/,
    points: ['dispatch-lease.before-claim', 'dispatch-lease.claim-sent', 'dispatch-lease.after-claim'],
    needsRows: true,
  },
  {
    statement: /^with finished as\b/,
    points: ['dispatch.before-finish', 'dispatch-finish.commit-sent', 'dispatch-finish.after-commit'],
  },
  {
    statement: /^update outbox set due_at = p\.due_at\b/,
    points: ['dispatch.before-postpone', 'dispatch-postpone.commit-sent', 'dispatch.after-postpone'],
  },
  {
    statement: /^insert into cursor\b/,
    points: ['feed.before-move', 'feed.move-sent', 'feed.after-move'],
  },
  {
    statement: /^insert into upkeep \(connection, task, due_at\)/,
    points: ['regular.before-take', 'regular.take-sent', 'regular.after-take'],
    needsRows: true,
  },
  {
    statement: /^insert into upkeep \(connection, task, due_at, ran_at\b/,
    points: ['regular.before-report', 'regular.report-sent', 'regular.after-report'],
  },
  {
    statement: /^with mine as \(update process set beat\b/,
    points: ['heart.before-beat', 'heart.beat-sent', 'heart.after-beat'],
  },
]

export function watchDatabase(database: Database, points: Points): Database {
  const lone = sqlOf(database, async (text, send) => {
    const mark = LONE.find(({ statement }) => statement.test(text))
    if (!mark) return send()
    const [before, sent, after] = mark.points
    points.at(before)
    const sending = send()
    points.sent(sent)
    const found = await sending
    if (!mark.needsRows || !isNothing(found)) points.at(after)
    return found
  })
  return {
    ...database,
    ...lone,
    async transaction(work) {
      let kind: Kind = null
      const result = await database.transaction(async (sql) => {
        const inside = sqlOf(sql, async (text, send) => {
          const mark = LANDMARKS.find(
            ({ statement, within }) => (within === undefined || within.includes(kind)) && statement.test(text),
          )
          if (mark?.before !== undefined) points.at(mark.before)
          const found = await send()
          if (!mark || (mark.needsRows && isNothing(found))) return found
          kind = mark.reveals ?? kind
          if (mark.after !== undefined) points.at(mark.after)
          return found
        })
        const done = await work(inside)
        if (kind !== null) {
          points.at(`${kind}.before-commit`)
          points.sent(`${kind}.commit-sent`)
        }
        return done
      })
      if (kind !== null) points.at(`${kind as string}.after-commit`)
      return result
    },
  }
}

const isNothing = (found: unknown): boolean => found === 0 || (Array.isArray(found) && found.length === 0)

function sqlOf(sql: Sql, around: <T>(text: string, send: () => Promise<T>) => Promise<T>): Sql {
  return {
    query: (text, values) => around(text.trimStart(), () => sql.query(text, values)),
    prepared: (text, values) => around(text.trimStart(), () => sql.prepared(text, values)),
    run: (text, values) => around(text.trimStart(), () => sql.run(text, values)),
  }
}

/** On whose behalf a request is made: an intent's type, a feed, an upkeep. */
const scope = new AsyncLocalStorage<string>()

/** On behalf of whoever comes first, which is another one every day. */
const SIGN_IN: ReadonlySet<string> = new Set(['access_token', 'common.version', 'common.authenticate'])

/** After every answer of another system: the work is done there, and nobody here knows of it yet. */
export const watchFetch =
  (fetch: Fetch, points: Points): Fetch =>
  async (request) => {
    const operation = await operationOf(request)
    const response = await fetch(request)
    points.at(`${SIGN_IN.has(operation) ? 'sign-in' : (scope.getStore() ?? 'other')} ${operation}`)
    return response
  }

export function watchConnection(name: string, connection: Connection, points: Points): Connection {
  const outbound = Object.entries(connection.outbound).map(([type, one]) => {
    const { send } = one as unknown as Outbound<IntentType>
    const watched: Outbound<IntentType>['send'] = async (intents) => {
      points.at(`${type}.before-call`)
      const outcomes = await scope.run(type, () => send(intents))
      points.at(`${type}.after-call-before-finish`)
      return outcomes
    }
    return [type, { ...one, send: watched }] as const
  })
  const feeds = Object.entries(connection.feeds).map(([feed, one]) => {
    const what = `feed.${name}.${feed}`
    const read: typeof one.read = async (cursor) => {
      const page = await scope.run(what, () => one.read(cursor))
      points.at(`${what}.after-read-before-store`)
      return page
    }
    return [feed, { ...one, read }] as const
  })
  const upkeep = Object.entries(connection.upkeep).map(([task, one]) => {
    const what = `upkeep.${name}.${task}`
    const run: typeof one.run = async () => {
      const said = await scope.run(what, () => one.run())
      points.at(`${what}.after-run-before-report`)
      return said
    }
    return [task, { ...one, run }] as const
  })
  return {
    ...connection,
    outbound: Object.fromEntries(outbound) as Connection['outbound'],
    feeds: Object.fromEntries(feeds),
    upkeep: Object.fromEntries(upkeep),
  }
}
