/**
 * What an upload says, line by line: the records that are right in themselves, and for every other line what is wrong
 * with it. Whether a record comes next, and fits the one before, only its register knows.
 */
import { gunzipSync } from 'node:zlib'
import type { Json } from '#canon/json.ts'
import { type TillRecord, tillRecord } from '#canon/receipt.ts'
import { receiptErrors } from '#canon/receipt-totals.ts'
import { Fault } from '../../fault.ts'
import type { LineProblem } from '../kit/till.ts'
import { hashOf } from './chain.ts'

const UNPACKED_BYTES_MAX = 16 * 1024 * 1024
export const LINES_MAX = 5_000

/** One line as it is stored: a record as it came, or the beginning of what is no JSON. */
export interface StoredLine {
  line: number
  record?: Json
  text?: string
  /** A card number was hidden in the record; whether its hash fitted what it said before. */
  hashed?: boolean
}

/** Reads JSONL, a JSON list of records, or either of them as gzip. Throws `malformed` when there is nothing to read. */
export function readLines(body: Uint8Array): StoredLine[] {
  const text = Buffer.from(unpacked(body)).toString('utf8').replace(/^\uFEFF/, '')
  const lines = text.trimStart().startsWith('[') ? listOf(text) : linesOf(text)
  if (lines.length === 0) throw malformed('The upload holds no record.')
  if (lines.length > LINES_MAX) throw malformed(`The upload holds more than ${LINES_MAX} records. Send fewer at once.`)
  return lines
} // prettier-ignore

function unpacked(body: Uint8Array): Uint8Array {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body
  try {
    return gunzipSync(body, { maxOutputLength: UNPACKED_BYTES_MAX })
  } catch {
    throw malformed(`The upload is not readable as gzip, or more than ${UNPACKED_BYTES_MAX} bytes unpacked.`)
  }
}

function listOf(text: string): StoredLine[] {
  try {
    return (JSON.parse(text) as Json[]).map((record, index) => ({ line: index + 1, record }))
  } catch {
    throw malformed('The upload begins as a JSON list and is not one. A cut-off upload has to be sent again.')
  }
}

function linesOf(text: string): StoredLine[] {
  return text.split('\n').flatMap((raw, index): StoredLine[] => {
    if (raw.trim() === '') return []
    try {
      return [{ line: index + 1, record: JSON.parse(raw) as Json }]
    } catch {
      return [{ line: index + 1, text: raw.slice(0, 200) }]
    }
  })
}

const malformed = (message: string): Fault => new Fault('malformed', message, { code: 'till.unreadable' })

export interface Checked {
  records: TillRecord[]
  problems: LineProblem[]
}

export interface CheckOptions {
  storeId: string
  receivedAt: string
  clockAheadMaxMs: number
}

/** Never throws, whatever the lines hold. */
export function checkLines(lines: readonly StoredLine[], options: CheckOptions): Checked {
  const records: TillRecord[] = []
  const problems: LineProblem[] = []
  for (const { line, record, hashed } of lines) {
    const found = record === undefined ? [NO_JSON] : checked(record, options, hashed)
    if (!Array.isArray(found)) records.push(found)
    else problems.push(...found.map((problem) => ({ line, ...placeOf(record), ...problem })))
  }
  return { records, problems }
}

/** Which record a line would have been, as far as it says so. */
function placeOf(record: Json | undefined): { registerId: string | null; sequence: number | null } {
  const { registerId, sequence } = (record ?? {}) as { registerId?: unknown; sequence?: unknown }
  return {
    registerId: typeof registerId === 'string' && REGISTER.test(registerId) ? registerId : null,
    sequence: Number.isSafeInteger(sequence) && (sequence as number) > 0 ? (sequence as number) : null,
  }
}

const REGISTER = /^[A-Za-z0-9][\w-]{0,62}$/

type Problem = Pick<LineProblem, 'code' | 'detail' | 'pointer'>
const NO_JSON: Problem = { code: 'not_json', pointer: '', detail: 'The line is not JSON. It may have been cut off.' }

function checked(
  raw: Json,
  { storeId, receivedAt, clockAheadMaxMs }: CheckOptions,
  hashed: boolean | undefined,
): TillRecord | Problem[] {
  const parsed = tillRecord.safeParse(raw)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const pointer = (issue?.path ?? []).map((part) => `/${String(part)}`).join('')
    return [{ code: 'wrong_shape', pointer, detail: issue?.message ?? 'It has the wrong shape.' }]
  }
  const record = parsed.data
  if (record.storeId !== storeId)
    return [{ code: 'wrong_store', pointer: '/storeId', detail: 'It names another store than the one that sent it.' }]
  if (!(hashed ?? hashOf(raw as object) === record.hash))
    return [{ code: 'hash_wrong', pointer: '/hash', detail: 'The hash does not fit what the record says.' }]
  const ahead = Date.parse(record.occurredAt) - Date.parse(receivedAt)
  if (ahead > clockAheadMaxMs) {
    const detail = `It happened ${Math.ceil(ahead / 60_000)} minutes after it was received. Set the clock of the till.`
    return [{ code: 'clock_ahead', pointer: '/occurredAt', detail }]
  }
  const problems = [...amountProblems(record), ...kindProblems(record)]
  return problems.length === 0 ? record : problems
}

function amountProblems(record: TillRecord): Problem[] {
  if (!('receipt' in record)) return []
  return receiptErrors(record.receipt).map(({ pointer, ...rest }) => ({ ...rest, pointer: `/receipt${pointer}` }))
}

function kindProblems(record: TillRecord): Problem[] {
  if (record.kind === 'return' && record.receipt.lines.some(({ quantity }) => quantity > 0))
    return [{ code: 'sign_wrong', pointer: '/receipt/lines', detail: 'A return holds only lines that are taken back.' }]
  if ((record.kind === 'cash_in' || record.kind === 'cash_out') && record.cash.amount.amount <= 0)
    return [{ code: 'sign_wrong', pointer: '/cash/amount', detail: 'Cash moves are above 0; the kind says which way.' }]
  if (record.kind !== 'z_report') return []
  const { currency, total, totalTax, cashOpening, cashCounted, tenders, taxes } = record.zReport
  const all = [total, totalTax, cashOpening, cashCounted, ...[...tenders, ...taxes].map(({ amount }) => amount)]
  if (all.every((money) => money.currency === currency)) return []
  return [{ code: 'currency_mixed', pointer: '/zReport', detail: 'A Z-report is in one currency.' }]
}
