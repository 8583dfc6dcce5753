/** Both ends of the wire against Stripe's own types, where they are at hand (folder named by CROSSDOCK_SPECS). */
import { Ajv, type ValidateFunction } from 'ajv'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { API_VERSION } from './limits.ts'
import { parseForm, type Values } from './simulator/form.ts'
import { readAll } from '../kit/testing.ts'
import { HOOK_URL, subscribed, takeHooks } from './testing.ts'

const folder = process.env['CROSSDOCK_SPECS'] ? join(process.env['CROSSDOCK_SPECS'], 'stripe') : ''
const file = join(folder, `stripe-${API_VERSION}.core.schema.json`)
const atHand = folder !== '' && existsSync(file)
if (!atHand) console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: Stripe's types were NOT checked.")

interface Contract {
  definitions: Record<string, { properties?: Record<string, unknown> }>
}

let known: { ajv: Ajv; contract: Contract } | null = null
function load() {
  if (known) return known
  const contract = JSON.parse(readFileSync(file, 'utf8')) as Contract
  const ajv = new Ajv({
    strict: false,
    validateFormats: false,
    unicodeRegExp: false,
    inlineRefs: false,
    allErrors: true,
  })
  ajv.addSchema(contract as never, 'stripe')
  known = { ajv, contract }
  return known
}

const validators = new Map<string, ValidateFunction>()
function problems(name: string, value: unknown): string[] {
  const { ajv, contract } = load()
  const check = validators.get(name) ?? ajv.compile({ $ref: `stripe#/definitions/${name}` })
  validators.set(name, check)
  const wrong = check(value) ? [] : (check.errors ?? []).map((one) => `${name}${one.instancePath} ${one.message ?? ''}`)
  // A validator lets through what the type does not have at all.
  const members = contract.definitions[name]?.properties ?? {}
  const odd = Object.keys(value as object).filter((member) => !Object.hasOwn(members, member))
  return [...wrong, ...odd.map((member) => `${name} has no ${member}`)]
}

const OBJECTS: Readonly<Record<string, string>> = {
  'payment_intent': 'PaymentIntent',
  'charge': 'Charge',
  'refund': 'Refund',
  'dispute': 'Dispute',
  'balance': 'Balance',
  'webhook_endpoint': 'WebhookEndpoint',
  'radar.early_fraud_warning': 'Radar.EarlyFraudWarning',
  'review': 'Review',
  'event': 'EventBase',
}

function answerProblems(body: { object?: string; data?: unknown }): string[] {
  if (body.object === 'list') return (body.data as { object: string }[]).flatMap(answerProblems)
  const name = OBJECTS[body.object ?? '']
  if (!name) return [`an answer is a ${String(body.object)}`]
  const inner = body.object === 'event' ? answerProblems((body.data as { object: { object: string } }).object) : []
  return [...problems(name, body), ...inner]
}

const REQUESTS: readonly (readonly [RegExp, string])[] = [
  [/^POST .*\/capture$/, 'PaymentIntentCaptureParams'],
  [/^POST .*\/cancel$/, 'PaymentIntentCancelParams'],
  [/^POST \/v1\/refunds$/, 'RefundCreateParams'],
  [/^POST \/v1\/webhook_endpoints$/, 'WebhookEndpointCreateParams'],
  [/^GET \/v1\/payment_intents$/, 'PaymentIntentListParams'],
  [/^GET \/v1\/charges$/, 'ChargeListParams'],
  [/^GET \/v1\/refunds$/, 'RefundListParams'],
  [/^GET \/v1\/disputes$/, 'DisputeListParams'],
]

/** A form has texts alone: what is a number, a list or a boolean there is one here. */
function typed(value: string | Values): unknown {
  if (typeof value === 'string')
    return /^\d+$/.test(value) ? Number(value) : value === 'true' || (value === 'false' ? false : value)
  const names = Object.keys(value)
  if (names.length > 0 && names.every((name) => /^\d+$/.test(name))) return Object.values(value).map(typed)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, typed(one)]))
}

test("official types: everything we ask and everything the simulator answers and sends fits them", async () => {
  if (!atHand) return
  const found = new Set<string>()
  const seen = new Set<string>()
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const { pathname, search } = new URL(request.url)
      const form = request.method === 'GET' ? search.slice(1) : await request.clone().text()
      const response = await fetch(request)
      const params = REQUESTS.find(([path]) => path.test(`${request.method} ${pathname}`))?.[1]
      if (params) for (const one of problems(params, typed(parseForm(form)))) found.add(one)
      if (params) seen.add(params)
      const body = JSON.parse(await response.clone().text()) as { object?: string }
      if (response.ok) for (const one of answerProblems(body)) found.add(one)
      return response
    }
  const world = await subscribed({ wrap })
  const { account, connection } = world
  const usd = (amount: number) => ({ amount, currency: 'USD' })
  const { outbound } = connection
  const paymentId = account.authorise({ amount: 5_000, currency: 'usd', metadata: { order_id: '1' }, description: 'x' })
  for (const [amount, cumulative, final] of [[2_000, 2_000, false], [3_000, 5_000, true]] as const) {
    const ask = { paymentId, requestId: `c${amount}`, amount: usd(amount), cumulative: usd(cumulative), final }
    await outbound['payment.capture']!.send([{ key: `k${amount}`, attempt: 1, ask }])
  }
  const ask = { paymentId, requestId: 'r', amount: usd(500), reason: 'returned' }
  await outbound['payment.refund']!.send([{ key: 'kr', attempt: 1, ask }])
  const other = account.authorise({ amount: 100, currency: 'usd' })
  await outbound['payment.void']!.send([{ key: 'kv', attempt: 1, ask: { paymentId: other, reason: 'cancelled' } }])
  account.decline({ amount: 100, currency: 'usd' })
  account.settleRefund(account.refund(paymentId, 100, 'pending'), 'failed')
  account.closeDispute(account.dispute(paymentId, 1_000), true)
  account.warn(paymentId)
  account.closeReview(account.review(paymentId), 'approved')
  expect(account.secretsOf(HOOK_URL)).toHaveLength(1)
  for (const feed of Object.values(connection.feeds)) await readAll(feed)
  expect((await connection.check()).map(({ level }) => level)).not.toContain('error')
  const hooks = takeHooks(world)
  for (const { body } of hooks)
    for (const one of answerProblems(JSON.parse(new TextDecoder().decode(body)) as { object: string })) found.add(one)
  expect([...found]).toEqual([])
  expect(hooks.length).toBeGreaterThan(15)
  expect(seen.size).toBe(REQUESTS.length)
}) // prettier-ignore
