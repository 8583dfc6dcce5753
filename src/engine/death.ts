/** What the hub writes down when something dies: a message nobody can decide, or an intent that is given up. */
import { classify, type DeadStep } from '#policy/dead-classes.ts'
import { DEFAULT_DEAD_LETTERS, type DeadLetterPolicy, ownerOf } from '#policy/dead-letters.ts'
import { isDataError } from '#store/database.ts'
import type { NewLetter } from '#store/dead-letters.ts'
import { Fault } from '../fault.ts'
import type { Engine } from './engine.ts'

export interface Failure {
  kind: string
  code: string
  message: string
}

/** Long enough for every reason, short enough for a list of thousands. */
const MESSAGE_MAX = 2_000

/** A fault as it is; what the database would not hold by its SQLSTATE; anything else is a bug of the hub. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Fault) return { kind: error.kind, code: error.code, message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  if (isDataError(error)) return { kind: 'rejected', code: `database.${(error as { code: string }).code}`, message }
  return { kind: 'bug', code: 'bug', message }
}

export const deadLetterPolicy = ({ deadLetters = DEFAULT_DEAD_LETTERS }: Engine): DeadLetterPolicy => deadLetters

interface Died extends Omit<NewLetter, 'class' | 'owner' | 'kind' | 'code' | 'message'> {
  step: DeadStep
}

export function letterOf(engine: Engine, died: Died, { kind, code, message }: Failure): NewLetter {
  const named = classify(kind, code, died.step)
  const owner = ownerOf(deadLetterPolicy(engine), { class: named, connection: died.connection })
  // A message may quote what no text can hold.
  const said = message.slice(0, MESSAGE_MAX).toWellFormed().replaceAll('\0', '\ufffd')
  return { ...died, class: named, owner, kind, code, message: said }
}

export interface DeadRow {
  id: number
  source: string
  topic: string
}

export const messageLetter = (
  engine: Engine,
  { id, source, topic }: DeadRow,
  place: { step: DeadStep; stream: string | null; correlation: string | null },
  failure: Failure,
): NewLetter => letterOf(engine, { subject: id, connection: source, what: topic, version: null, ...place }, failure)

export interface GivenUpIntent {
  id: number
  type: string
  stream: string
  correlation: string
}

export const intentLetter = (
  engine: Engine,
  connection: string,
  { id, type, stream, correlation }: GivenUpIntent,
  failure: Failure,
  version: number | null = null,
): NewLetter =>
  letterOf(engine, { subject: id, step: 'call', connection, what: type, stream, version, correlation }, failure)
