/**
 * What a person wants done with one thing: decided in memory as it would be decided now, shown, and done only as it was
 * shown. The command itself goes through the inbox like every other.
 */
import { createHash } from 'node:crypto'
import type { Refused } from '#core/decider.ts'
import { undoingOf } from '#policy/undoing.ts'
import { insertInbox, waitForTurn } from '#store/inbox.ts'
import type { Sql } from '#store/database.ts'
import { readOnly } from '#store/replay.ts'
import { Fault } from '../fault.ts'
import type { Message } from './decide.ts'
import type { Engine } from './engine.ts'
import { personRow } from './person.ts'
import { preview } from './replay/preview.ts'

export interface Action {
  stream: string
  /** @param at the moment it was looked at, which is also when it counts as said. */
  command(at: string): { type: string }
}

export interface ActionShown {
  /** Why it would not be done; null when it would. */
  refused: Refused | null
  /** What the hub would write down, in order. */
  events: { stream: string; type: string; data: Record<string, unknown> }[]
  /** Calls that would be made. What follows from their answers nobody knows yet. */
  calls: { type: string; connection: string; irreversible: boolean; cure: string }[]
  /** Repeat it to have exactly this done. */
  token: string
}

/** What was shown longer ago has to be looked at again. */
const SHOWN_MS = 15 * 60_000
/** Before everything else, so that what was shown is what is done. */
const PRIORITY = 0
/** Requests are refused by an event where the order has to show it; before it is asked that is a refusal like any. */
const REFUSING: readonly string[] = [
  'refund.requestRefused',
  'return.refused',
  'order.moveRefused',
  'order.mergeRefused',
]

/** Decides it now, and writes nothing. */
export function lookAtAction(engine: Engine, action: Action): Promise<ActionShown> {
  const name = `${engine.io.now().toString(36)}-${engine.io.id().slice(0, 8)}`
  return readOnly(engine.database, (sql) => look(sql, engine, action, name))
}

/**
 * Does what was shown, once however often it is confirmed. Throws `rejected` when it would not be the same any more.
 *
 * @returns whether this was the first time.
 */
export async function doAction(
  engine: Engine,
  action: Action,
  token: string,
): Promise<{ key: string; fresh: boolean }> {
  const name = token.slice(0, token.lastIndexOf('-'))
  const atMs = momentOf(name)
  const late = engine.io.now() - atMs
  if (!(late >= 0 && late <= SHOWN_MS)) throw changed('It was looked at too long ago.')
  const row = { ...rowOf(engine, action, name), priority: PRIORITY }
  return engine.database.transaction(async (sql) => {
    await waitForTurn(sql)
    const fresh = (await insertInbox(sql, [row])).length > 0
    if (fresh) {
      const now = await look(sql, engine, action, name)
      if (now.token !== token) throw changed('Things have changed since it was shown.')
      if (now.refused) throw new Fault('rejected', now.refused.reason, { code: now.refused.refused })
    }
    return { key: row.key, fresh }
  })
}

const changed = (why: string): Fault =>
  new Fault('rejected', `${why} Nothing was done. Look at it again, and confirm what is shown then.`, {
    code: 'action_changed',
  })

const momentOf = (name: string): number => parseInt(name.slice(0, name.indexOf('-')), 36)

/** The name of what was shown is its key, so that confirming twice does it once. */
function rowOf(engine: Engine, { stream, command }: Action, name: string) {
  const at = new Date(momentOf(name)).toISOString()
  return { ...personRow(engine, stream, command(at), name), receivedAt: at }
}

async function look(sql: Sql, engine: Engine, action: Action, name: string): Promise<ActionShown> {
  const { receivedAt: at, body, ...rest } = rowOf(engine, action, name)
  const row = { ...rest, id: 0, body: Buffer.from(body), received_at: at }
  const message: Message = { row, stream: action.stream, command: action.command(at) }
  const events: ActionShown['events'] = []
  const calls: ActionShown['calls'] = []
  let refused: Refused | null = null
  const shown = await preview(sql, engine, [[message]], () => 1, {
    at,
    onDecided(said, decided) {
      if (said.row === row) refused = decided.refused
      for (const { stream, type, data } of decided.events) {
        const told = JSON.parse(data) as Record<string, unknown>
        events.push({ stream, type, data: told })
        if (REFUSING.includes(type)) refused ??= { refused: String(told['code']), reason: String(told['reason']) }
      }
      for (const { type, connection } of decided.intents) {
        const { irreversible, cure } = undoingOf(type)
        calls.push({ type, connection, irreversible, cure })
      }
    },
  })
  if (events.length === 0) refused ??= nothing(shown.refused.first[0]?.reason)
  const digest = createHash('sha256')
    .update(shown.token)
    .update(JSON.stringify([refused, events]))
    .digest('hex')
  return { refused, events, calls, token: `${name}-${digest.slice(0, 16)}` }
}

/** @param why nobody could decide it; undefined when it is done already. */
const nothing = (why: string | undefined): Refused =>
  why === undefined
    ? { refused: 'nothing_to_do', reason: 'It would change nothing: it is so already.' }
    : { refused: 'undecidable', reason: why }
