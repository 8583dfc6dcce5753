/**
 * What arrives from a store: `receive` proves which store sent it and names it, `translate` hands each register its
 * own.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import type { TakeRecords } from '#core/commands.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Delivery, HookRequest, Message, Received } from '../kit/connector.ts'
import { type LineProblem, SIGNATURE_HEADER, STORE_HEADER, type TillUpload } from '../kit/till.ts'
import { cardPlaces } from '#canon/typed-text.ts'
import { withoutCards } from './typed.ts'
import { checkLines, readLines, type StoredLine } from './upload.ts'

/** What is done with the delivery by this release. */
export const TOPIC = 'till/batch'

export interface ReceiveOptions {
  /** The keys of a store; none when it may not upload. */
  keys(store: string): string[]
}

/** Throws `forged` or `malformed`. What is stored are the records, unpacked, with the number of the line of each. */
export function receive({ headers, body }: HookRequest, { keys }: ReceiveOptions): Received {
  const store = headers[STORE_HEADER] ?? ''
  const signature = headers[SIGNATURE_HEADER] ?? ''
  if (!keys(store).some((key) => isSigned(store, body, signature, key)))
    throw new Fault('forged', 'The signature of an upload does not fit its store and its bytes.')
  return stored(store, readLines(body))
}

/** Equal records of one store, equal name: however often and however packed they are sent. */
export function stored(store: string, lines: readonly StoredLine[]): Stored {
  const said = canonicalJson({ store, lines })
  const key = `batch/${store}/${createHash('sha256').update(said).digest('hex')}`
  if (cardPlaces(said).length === 0) return { key, topic: TOPIC, body: bytesOf(store, lines) }
  const safe = lines.map(withoutCards)
  const masked = [...new Set(safe.flatMap(({ members }) => members))].sort()
  const body = bytesOf(store, safe.map(({ line }) => line)) // prettier-ignore
  return { key, topic: TOPIC, body, ...(masked.length > 0 ? { masked } : {}) }
}

interface Stored {
  key: string
  topic: string
  body: Uint8Array
  /** Members in which card numbers were hidden. */
  masked?: readonly string[]
}

const bytesOf = (store: string, lines: readonly StoredLine[]): Uint8Array =>
  Buffer.from(JSON.stringify({ store, lines }))

/** `sha256=` and the HMAC, in hex, of the store's id, a dot, and the exact bytes of the body. */
export const signatureOf = (store: string, body: Uint8Array, key: string): string =>
  `sha256=${createHmac('sha256', key).update(`${store}.`).update(body).digest('hex')}`

function isSigned(store: string, body: Uint8Array, signature: string, key: string): boolean {
  const expected = Buffer.from(signatureOf(store, body, key))
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const delivered = z.object({
  store: z.string(),
  lines: z.array(
    z.object({
      line: z.int(),
      record: z.unknown().optional(),
      text: z.string().optional(),
      hashed: z.boolean().optional(),
    }),
  ),
})

export function translate({ topic, body, receivedAt }: Delivery, clockAheadMaxMs: number): Message[] {
  const parsed = delivered.safeParse(body)
  if (topic !== TOPIC || !parsed.success)
    throw new Fault('malformed', `A stored delivery '${topic}' is no upload of a till.`, { code: 'till.unreadable' })
  const lines = parsed.data.lines as StoredLine[]
  return uploadOf(parsed.data.store, lines, { receivedAt, clockAheadMaxMs }).messages
}

/** What the lines say to which registers. */
export function uploadOf(
  storeId: string,
  lines: readonly StoredLine[],
  { receivedAt, clockAheadMaxMs }: { receivedAt: string; clockAheadMaxMs: number },
): TillUpload {
  const { records, problems } = checkLines(lines, { storeId, receivedAt, clockAheadMaxMs })
  const byRegister = new Map<string, TakeRecords>()
  const of = (registerId: string): TakeRecords => {
    const known = byRegister.get(registerId)
    if (known) return known
    const fresh: TakeRecords = { type: 'till.receive', storeId, registerId, records: [], refused: [], at: receivedAt }
    byRegister.set(registerId, fresh)
    return fresh
  }
  for (const record of records) (of(record.registerId).records as unknown[]).push(record)
  for (const problem of firstPerRecord(problems)) {
    const { registerId, sequence, code, detail } = problem
    ;(of(registerId!).refused as unknown[]).push({ sequence, code, detail })
  }
  const messages = [...byRegister.values()].map((command) => ({
    stream: streams.till(storeId, command.registerId),
    command,
  }))
  return { messages, problems, lines: new Map(lines.flatMap(({ line, record }) => nameOf(record, line))) }
}

/** A record with several faults is refused once. */
const firstPerRecord = (problems: readonly LineProblem[]): LineProblem[] => [
  ...new Map(
    problems
      .filter(({ registerId, sequence }) => registerId !== null && sequence !== null)
      .map((problem) => [`${problem.registerId}/${problem.sequence}`, problem] as const)
      .toReversed(),
  ).values(),
]

function nameOf(record: Json | undefined, line: number): [string, number][] {
  const { registerId, sequence } = (record ?? {}) as { registerId?: unknown; sequence?: unknown }
  return typeof registerId === 'string' ? [[`${registerId}/${String(sequence)}`, line]] : []
}
