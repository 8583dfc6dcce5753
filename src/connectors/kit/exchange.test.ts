/** One exchange: what is paid for it, what a lost or broken answer means, and what vendors say of waits and of us. */
import { expect, test } from 'vitest'
import { Fault, toFault } from '../../fault.ts'
import type { Fetch } from '../../io.ts'
import type { Bill, Budget } from './budget.ts'
import { guarded, openExchange, passingFault, retryAfterMs, type Vendor, withPatience } from './exchange.ts'
import { quotable } from './quotable.ts'

const SENT = { what: 'listing things', patient: false, request: { url: 'https://vendor.example/things' } }
const refusal = ({ status }: Response) =>
  status === 404 ? null : new Fault('rejected', `No: ${status}.`, { code: 'vendor.refused' })

function world(fetch: Fetch, more: Partial<Vendor> = {}) {
  const bills: Bill[] = []
  const budget: Budget = {
    draw: async () => (bill) => void bills.push(bill),
    waitMs: () => 0,
    share: () => {},
    attempt: (_, work) => work(),
  }
  const codes = { noAnswer: 'vendor.no_answer', noJson: 'vendor.no_json' }
  const vendor = { name: 'Vendor', codes, bucket: 'api', requestTimeoutMs: 0, ...more }
  const send = openExchange(vendor, { fetch }, budget)
  return { bills, ask: () => send({ ...SENT, refusal }).catch((error: unknown) => toFault(error)) }
}
const saying = (body: string | null, init: ResponseInit = {}) => world(async () => new Response(body, init))
const broken = (): Response =>
  new Response(new ReadableStream({ start: (controller) => controller.error(new Error('cut')) }))

test('gives the JSON, and settles for what the head of the answer says', async () => {
  const seen = ({ headers }: Response) => ({ level: Number(headers.get('x-left')) })
  const { ask, bills } = world(async () => Response.json({ a: 1 }, { headers: { 'x-left': '7' } }), { seen })
  expect(await ask()).toEqual({ a: 1 })
  expect(bills).toEqual([{ level: 7 }])
})

test.for([
  ['that never comes', () => Promise.reject(new Error('the key is s3cret'))],
  ['that breaks off', async () => broken()],
] as const)('an answer %s leaves open whether the work was done', async ([, fetch]) => {
  const { ask, bills } = world(fetch)
  const message = 'Vendor did not answer. Whether the work was done is not known.'
  expect(await ask()).toMatchObject({ kind: 'unavailable', code: 'vendor.no_answer', message })
  expect(bills).toEqual([{}])
})

test('what is no JSON is no answer to go by; nothing at all is null where it may be', async () => {
  const message = 'The answer of Vendor to listing things is no JSON.'
  expect(await saying('<html>').ask()).toMatchObject({ kind: 'unavailable', code: 'vendor.no_json', message })
  expect(await saying('').ask()).toMatchObject({ code: 'vendor.no_json' })
  expect(await world(async () => new Response(' '), { mayBeEmpty: true }).ask()).toBe(null)
})

test('a refusal is what the connector says it is, and a 429 empties the bucket', async () => {
  expect(await saying('{}', { status: 422 }).ask()).toMatchObject({ code: 'vendor.refused' })
  expect(await saying('{}', { status: 302 }).ask()).toMatchObject({ message: 'No: 302.' })
  expect(await saying('gone', { status: 404 }).ask()).toBe(null)
  const slow = saying('', { status: 429 })
  await slow.ask()
  expect(slow.bills).toEqual([{ refused: true }])
})

test('no redirect is followed, and the time is bounded where one is given', () => {
  const { redirect, signal } = guarded('https://vendor.example/', {}, 0)
  expect([redirect, signal.aborted]).toEqual(['manual', false])
})

test('waits are said in seconds, or as a date to those who know what time it is', () => {
  const wait = (text: string, nowMs?: number) => retryAfterMs(new Headers({ 'retry-after': text }), nowMs)
  const now = Date.parse('2026-11-21T15:30:00Z')
  expect([wait('2.0'), wait('0.0001'), wait('-3'), wait('soon'), wait('')]).toEqual([2_000, 1, 0, undefined, undefined])
  const date = new Date(now + 9_000).toUTCString()
  expect([wait(date, now), wait(date), wait(date, now + 60_000)]).toEqual([9_000, undefined, 0])
  expect(retryAfterMs(new Headers())).toBe(undefined)
})

test('only what passes by itself is asked again', () => {
  const of = (status: number, waitMs?: number) => {
    const codes = { throttled: 'v.throttled', serverError: 'v.server_error' }
    const fault = passingFault(status, { said: `It said ${status}.`, codes, waitMs, defaultMs: 5 })
    return fault && [fault.kind, fault.code, fault.retryAfterMs]
  }
  expect(of(429)).toEqual(['throttled', 'v.throttled', 5])
  expect(of(429, 7)).toEqual(['throttled', 'v.throttled', 7])
  expect(of(408)).toEqual(['unavailable', 'v.server_error', undefined])
  expect(of(503, 7)).toEqual(['unavailable', 'v.server_error', 7])
  expect([400, 401, 404, 409, 422].map((status) => of(status))).toEqual([null, null, null, null, null])
})

test('the patient client is its own patient client', () => {
  interface Client {
    patient: Client
    isPatient: boolean
  }
  const client = withPatience<Client>((isPatient) => ({ isPatient }))
  expect([client.isPatient, client.patient.isPatient]).toEqual([false, true])
  expect(client.patient.patient).toBe(client.patient)
})

test('a word of theirs is shown without secrets and addresses, on one line, and not endless', () => {
  expect(quotable('Bad\n key  s3cret of ada@example.com, tok_1.', ['', 's3cret'], [/tok_\w+/g])).toBe(
    'Bad key *** of *** ***.',
  )
  expect(quotable('x'.repeat(300))).toBe(`${'x'.repeat(200)}…`)
})
