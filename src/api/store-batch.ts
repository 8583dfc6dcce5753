/**
 * The door for uploads of stores: `POST /api/stores/<store>/batches`. What was sent is stored like any delivery, and
 * answered at once with what each register has taken and what is asked for again, by its line.
 */
import { takeUpload, type UploadAnswer } from '#engine/till-answer.ts'
import { Fault } from '../fault.ts'
import { recordPart, recordsPart, storeParams, uploadTaken } from './contract-stores.ts'
import { HOOK_BYTES_MAX } from './hooks.ts'
import { operation, Reply } from './operation.ts'
import { notFound, PROBLEM_TYPE, Refusal } from './problem.ts'

export const takeBatch = operation({
  id: 'takeBatch',
  method: 'POST',
  path: '/api/stores/{store}/batches',
  summary: 'Records of the tills of a store, signed with its key: JSONL or a JSON list, as it is or as gzip.',
  params: storeParams,
  raw: { bytesMax: HOOK_BYTES_MAX, content: { 'application/x-ndjson': recordPart, 'application/json': recordsPart } },
  answer: uploadTaken,
  open: true,
  signed: true,
  async handle({ params: { store }, bytes, header }, { engine, receiver }) {
    try {
      const answer = await takeUpload(engine, receiver, { store, bytes, signature: header('crossdock-signature') })
      if (!answer) return notFound('such store')
      const told = { ...answer, receipt: answer.receipt === 'duplicate' ? 'duplicate' : 'stored' } as const
      return isWhole(answer) ? new Reply(told) : incomplete(told, `/api/stores/${store}/batches`)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      if (refusal.status === 401) engine.meter.add('forged')
      return refusal
    }
  },
})

const isWhole = ({ registers, refused }: UploadAnswer): boolean =>
  refused.length === 0 && registers.every(({ asked }) => asked.length === 0)

/** RFC 9457, with every line and every missing number. What is right of the upload is taken all the same. */
function incomplete(told: UploadAnswer & { receipt: 'stored' | 'duplicate' }, instance: string): Response {
  const [first] = told.refused
  const asked = told.registers.flatMap((one) => one.asked.map(({ from, to }) => `${one.registerId} ${from} to ${to}`))
  const body = {
    type: 'urn:crossdock:problem:batch_incomplete',
    title: 'Records are missing or were refused',
    status: 422,
    detail: first ? `Line ${first.line}: ${first.code}. ${first.detail}` : `Missing: ${asked.join(', ')}.`,
    instance,
    cure: 'Correct the lines named in `refused`, and send every record that `asked` names. The rest is stored.',
    ...told,
  }
  return new Response(JSON.stringify(body), {
    status: 422,
    headers: { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store' },
  })
}

function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof Fault)) return null
  if (error.kind === 'forged') return UNSIGNED
  if (error.kind === 'malformed')
    return new Refusal(400, 'malformed', {
      title: 'The upload is not readable',
      detail: error.message,
      cure: 'Nothing was stored. Send it again whole.',
    })
  if (error.kind !== 'throttled') return null
  const seconds = String(Math.max(1, Math.ceil((error.retryAfterMs ?? 1_000) / 1_000)))
  const words = { title: 'Too much at once', detail: 'Nothing was stored.', cure: 'Send it again after the wait.' }
  return new Refusal(503, 'busy', words, { 'retry-after': seconds })
}

const UNSIGNED = new Refusal(401, 'forged', {
  title: 'The signature does not fit',
  detail: 'Nothing was stored.',
  cure: 'Sign the exact bytes of the body with the key of this store: docs/tills.md says how.',
})
