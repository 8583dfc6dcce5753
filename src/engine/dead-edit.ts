/**
 * Editing a dead message. What a person changes goes through the same translation and the same checks as what arrives,
 * and every body it has had is kept for good.
 */
import type { Json } from '#canon/json.ts'
import { deciders } from '#core/registry.ts'
import { kindOf } from '#core/streams.ts'
import type { Sql } from '#store/database.ts'
import { comment, lockLetter } from '#store/dead-letters.ts'
import { type DeadMessage, editMessage, readMessage } from '#store/dead-subjects.ts'
import { toFault } from '../fault.ts'
import { commandProblem, type ShapeProblem } from './command-schemas.ts'
import type { Acted, By } from './dead-actions.ts'
import { denied, type Denial, type DenialCode } from './dead-denials.ts'
import { type Engine, nowOf } from './engine.ts'
import { storableJson } from './storable.ts'

/** A change of one member, named by its JSON pointer (RFC 6901): `/line_items/0/sku`. */
export type Change = { path: string; value: Json } | { path: string; remove: true }

/** Either the whole body, or changes of single members: who sees masked data can still mend the rest. */
export type Edit = { body: string } | { changes: readonly Change[] }

/** The text may be this long. */
export const EDIT_BYTES_MAX = 4 * 1024 * 1024

/** @param check says what would be refused, and changes nothing. */
export async function editLetter(
  engine: Engine,
  id: number,
  edit: Edit,
  { who, check = false }: By & { check?: boolean },
): Promise<Acted | Denial> {
  return engine.database.transaction(async (sql) => {
    const letter = await lockLetter(sql, id)
    if (!letter) return denied('letter_unknown')
    if (letter.state !== 'open') return denied(letter.state === 'resolved' ? 'resolved' : 'under_way')
    if (letter.inbox_id === null) return denied('ask_not_editable')
    const message = await readMessage(sql, letter.inbox_id, true)
    if (!message || message.state !== 'dead') return denied('under_way')
    if (message.kind === 'answer') return denied('answer_not_editable')
    if (JSON.stringify(edit).includes(MASKED)) return denied('masked')
    const edited = bodyOf(message, edit)
    if ('code' in edited) return edited
    if (edited.text === message.body.toString('utf8')) return { id, state: letter.state, changed: false, said: SAME }
    const problem = await problemOf(sql, engine, message, edited.text)
    if (problem) return { ...denied(problem.code), field: problem.field, reason: problem.reason }
    if (check) return { id, state: letter.state, changed: false, said: 'It would be accepted.' }
    const at = nowOf(engine)
    const version = await editMessage(sql, id, message, { body: Buffer.from(edited.text), who, at })
    const text = `Version ${version}: changed ${edited.fields.join(', ')}.`
    await comment(sql, id, { at, who, action: 'edited', text })
    return { id, state: letter.state, changed: true, said: `${text} Retry it now.` }
  })
}

/** What people are shown instead of personal data. */
const MASKED = '•••'

const SAME = 'Nothing was changed: the body is already like this.'

function bodyOf(message: DeadMessage, edit: Edit): { text: string; fields: string[] } | Denial {
  if ('body' in edit) {
    if (Buffer.byteLength(edit.body) > EDIT_BYTES_MAX) return denied('edit_too_large')
    return { text: edit.body, fields: ['the whole body'] }
  }
  const parsed = parse(message.body.toString('utf8'))
  if (parsed === undefined) return denied('changes_need_json')
  let value = parsed
  for (const change of edit.changes) {
    const next = changed(value, change)
    if (next === undefined) return { ...denied('no_such_member'), field: change.path }
    value = next
  }
  return { text: JSON.stringify(value), fields: edit.changes.map(({ path }) => path) }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

const unescaped = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')

/** @returns undefined when the path leads nowhere. */
function changed(value: Json, change: Change): Json | undefined {
  if (change.path === '') return 'value' in change ? change.value : undefined
  if (!change.path.startsWith('/')) return undefined
  const tokens = change.path.slice(1).split('/').map(unescaped)
  const copy = structuredClone(value)
  let parent: Json = copy
  for (const token of tokens.slice(0, -1)) {
    const next: Json | undefined = memberOf(parent, token)
    if (next === undefined || next === null || typeof next !== 'object') return undefined
    parent = next
  }
  const last = tokens.at(-1)!
  if (parent === null || typeof parent !== 'object') return undefined
  const known = memberOf(parent, last) !== undefined
  if ('remove' in change) {
    if (!known) return undefined
    if (Array.isArray(parent)) parent.splice(Number(last), 1)
    else delete (parent as Record<string, Json>)[last]
    return copy
  }
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last)
    if (!Number.isInteger(index) || index < 0 || index > parent.length) return undefined
    parent[index] = change.value
  } else {
    Object.defineProperty(parent, last, { value: change.value, enumerable: true, writable: true, configurable: true })
  }
  return copy
}

function memberOf(parent: Json, token: string): Json | undefined {
  if (Array.isArray(parent)) return /^(0|[1-9]\d*)$/.test(token) ? parent[Number(token)] : undefined
  if (parent === null || typeof parent !== 'object') return undefined
  return Object.hasOwn(parent, token) ? (parent as Record<string, Json>)[token] : undefined
}

/** What would happen to the body in a turn, without writing any of it. */
async function problemOf(
  sql: Sql,
  engine: Engine,
  message: DeadMessage,
  text: string,
): Promise<(ShapeProblem & { code: DenialCode }) | null> {
  let messages: readonly { stream: string; command: { type: string } }[]
  try {
    messages = translated(engine, message, text)
  } catch (error) {
    const { message: reason } = toFault(error)
    return { code: 'not_accepted', field: fieldIn(reason), reason }
  }
  if (messages.length === 0)
    return { code: 'not_accepted', field: 'body', reason: 'It would mean nothing to the hub. Resolve it instead.' }
  for (const { stream, command } of messages) {
    const problem = commandProblem(command)
    if (problem) return { code: 'not_accepted', ...problem }
    const decider = deciders[kindOf(stream)]
    if (!decider) return { code: 'not_accepted', field: 'stream', reason: `No stream is called '${stream}'.` }
    const [row] = await sql.prepared<{ state: { version: number } }>(`select state from stream where stream = $1`, [
      stream,
    ])
    try {
      const context = { stream, at: nowOf(engine), messageKey: message.key }
      decider.decide(row?.state ?? decider.initial, command, engine.policy, context)
    } catch (error) {
      return { code: 'not_accepted', field: 'body', reason: `It could not be decided: ${toFault(error).message}` }
    }
  }
  return null
}

function translated(engine: Engine, message: DeadMessage, text: string) {
  const body = storableJson(text)
  if (message.kind === 'note') return [{ stream: message.topic, command: body as { type: string } }]
  const connection = engine.connections.get(message.source)
  if (!connection) return []
  return connection.translate({ topic: message.topic, body, receivedAt: message.received_at })
}

/** Connectors name the member in the sentence: `orders/create: line_items.0.price is missing …`. */
const fieldIn = (reason: string): string => /(?:^|: )([\w[\].]+) (?:is|must|has|does)\b/.exec(reason)?.[1] ?? 'body'
