/** Schemas of stores and their tills. */
import { placeId, tillRecord } from '#canon/receipt.ts'
import { z } from 'zod'
import { amount, at, count, object, part } from './contract-parts.ts'

export const storeParams = z.object({ store: placeId })
export const registerParams = z.object({ store: placeId, register: placeId })

const range = object('SequenceRange', { from: count, to: count.describe('Included.') })

export const lineProblem = object('LineProblem', {
  line: count.describe('From 1.'),
  registerId: z.string().nullable(),
  sequence: count.nullable(),
  code: z.string(),
  pointer: z.string().describe('JSON pointer within the record.'),
  detail: z.string(),
})

/** One record; in JSONL each line is one. */
export const recordPart = part('TillRecord', tillRecord)
export const recordsPart = part('TillRecords', z.array(tillRecord))

const registerAnswer = object('RegisterAnswer', {
  registerId: z.string(),
  takenTo: count.describe('Everything up to this sequence is taken; 0 when nothing is.'),
  waiting: count.describe('Records that are here and wait for missing ones.'),
  asked: z.array(range).describe('Send these.'),
})

const upload = {
  receipt: z.enum(['stored', 'duplicate']).describe('Whether exactly this was sent before.'),
  registers: z.array(registerAnswer),
  refused: z.array(lineProblem).describe('Lines that were not taken. Correct and send them again.'),
}
export const uploadTaken = object('UploadTaken', upload)
export const uploadRefused = object('UploadRefused', {
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  cure: z.string(),
  ...upload,
})
export type UploadRefused = z.infer<typeof uploadRefused>

const dayPart = object('BusinessDay', {
  businessDate: z.string(),
  sales: count,
  returns: count,
  voids: count,
  total: amount.nullable().describe('null before the first receipt.'),
  zReport: z.boolean().describe('Whether its Z-report is here.'),
  differences: z.array(z.string()).describe('Where the Z-report disagrees with the records.'),
  ended: z.boolean(),
  late: count.describe('Records that came after it had ended.'),
  posted: count.describe('Receipts the ERP has.'),
  pending: count.describe('Receipts on their way there.'),
  closed: z.boolean(),
})

const registerPart = object('Register', {
  registerId: z.string(),
  status: z.enum(['new', 'open', 'gap', 'closed']),
  attention: z.boolean(),
  lastUploadAt: at.nullable(),
  lastRecordAt: at.nullable().describe("By the till's own clock."),
  offlineSince: at
    .nullable()
    .describe('Set when a business day is open and nothing came for longer than the store may be silent.'),
  takenTo: count,
  waiting: count,
  asked: z.array(range),
  refusals: z.array(z.object({ sequence: count, code: z.string(), detail: z.string() })),
  held: z
    .array(
      z.object({
        txId: z.string(),
        number: z.string(),
        businessDate: z.string(),
        total: amount,
        code: z.string(),
        message: z.string(),
      }),
    )
    .describe('Receipts the ERP does not take.'),
  trouble: z.string().nullable().describe('Why the last session could not be closed.'),
  days: z.array(dayPart).describe('Newest first.'),
})

const storeFields = {
  storeId: z.string(),
  pool: z.string().nullable().describe('Null when the policy no longer names the store.'),
  posting: z.enum(['receipt', 'day', 'none']).nullable(),
  registers: z.array(registerPart),
}
export const storePart = object('Store', storeFields)
export const storeList = object('StoreList', { stores: z.array(storePart) })

export const storesNow = object('StoresNow', {
  tills: count,
  silent: count.describe(
    'Tills with an open business day that sent nothing for longer than their store may be silent.',
  ),
  gaps: count.describe('Tills of which records are missing.'),
  trouble: count.describe('Tills a person has to look at.'),
  held: count.describe('Receipts the ERP does not take.'),
  late: z
    .array(
      z.object({
        storeId: z.string(),
        registerId: z.string(),
        since: at.nullable().describe('Its last upload.'),
        why: z.enum(['silent', 'gap', 'trouble']),
        words: z.string(),
      }),
    )
    .describe('At most 10: those that need a person first, then the silent ones, the longest silent first.'),
})

export const resumeBody = object('TillResume', {
  next: z.int().min(1).describe('The sequence that comes next. What is missing before is given up.'),
  prevHash: z.string().regex(/^[0-9a-f]{64}$/).describe('The hash that record names as the one before it.'),
  reason: z.string().trim().min(1).max(200),
}) // prettier-ignore
