/** Both ends of the wire against PayPal's own contracts, where they are at hand (folder named by CROSSDOCK_SPECS). */
import { Ajv, type ValidateFunction } from 'ajv'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { readAll } from '../kit/testing.ts'
import { HOOK_URL, subscribed, takeHooks } from './testing.ts'

const folder = process.env['CROSSDOCK_SPECS'] ? join(process.env['CROSSDOCK_SPECS'], 'paypal') : ''
const atHand = folder !== '' && existsSync(folder)
if (!atHand) console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: PayPal's types were NOT checked.")

const FILES = {
  orders: 'checkout_orders_v2.json.gz',
  payments: 'payments_payment_v2.json',
  hooks: 'notifications_webhooks_v1.json',
  disputes: 'customer_disputes_v1.json.gz',
  search: 'reporting_transactions_v1.json',
} as const
type File = keyof typeof FILES

const contracts = new Map<File, Ajv>()
function ajvOf(file: File): Ajv {
  const known = contracts.get(file)
  if (known) return known
  const bytes = readFileSync(join(folder, FILES[file]))
  const text = FILES[file].endsWith('.gz') ? gunzipSync(bytes) : bytes
  const ajv = new Ajv({
    strict: false,
    validateFormats: false,
    unicodeRegExp: false,
    inlineRefs: false,
    allErrors: true,
  })
  ajv.addSchema(JSON.parse(text.toString()) as never, file)
  contracts.set(file, ajv)
  return ajv
}

const validators = new Map<string, ValidateFunction>()
function problems(file: File, name: string, value: unknown): string[] {
  const id = `${file}#/components/schemas/${name}`
  const check = validators.get(id) ?? ajvOf(file).compile({ $ref: id })
  validators.set(id, check)
  return check(value) ? [] : (check.errors ?? []).map((one) => `${name}${one.instancePath} ${one.message ?? ''}`)
}

/** What a path answers, and what it is asked with. */
const PATHS: readonly (readonly [RegExp, File, answer: string, request?: string])[] = [
  [/^GET \/v2\/checkout\/orders\/[^/]+$/, 'orders', 'order'],
  [/^POST .*\/capture$/, 'payments', 'capture-2', 'capture_request'],
  [/^POST .*\/void$/, 'payments', 'authorization-2'],
  [/^POST .*\/refund$/, 'payments', 'refund', 'refund_request'],
  [/^GET .*\/captures\/[^/]+$/, 'payments', 'capture-2'],
  [/^GET .*\/refunds\/[^/]+$/, 'payments', 'refund'],
  [/^GET \/v1\/customer\/disputes$/, 'disputes', 'dispute_search'],
  [/^GET \/v1\/customer\/disputes\/[^/]+$/, 'disputes', 'dispute'],
  [/^GET \/v1\/reporting\/transactions$/, 'search', 'search_response'],
  [/^GET \/v1\/notifications\/webhooks-events$/, 'hooks', 'EventList'],
  [/^GET \/v1\/notifications\/webhooks$/, 'hooks', 'WebhookList'],
  [/^POST \/v1\/notifications\/webhooks$/, 'hooks', 'webhook', 'webhook'],
]

const RESOURCES: Readonly<Record<string, readonly [File, string]>> = {
  'authorization': ['payments', 'authorization-2'],
  'capture': ['payments', 'capture-2'],
  'refund': ['payments', 'refund'],
  'checkout-order': ['orders', 'order'],
  'dispute': ['disputes', 'dispute'],
}

test('official contracts: everything we ask and everything the simulator answers and sends fits them', async () => {
  if (!atHand) return
  const found = new Set<string>()
  const seen = new Set<string>()
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const { pathname } = new URL(request.url)
      const text = request.method === 'GET' ? '' : await request.clone().text()
      const response = await fetch(request)
      const path = PATHS.find(([pattern]) => pattern.test(`${request.method} ${pathname}`))
      if (!path || !response.ok) return response
      const [pattern, file, answer, asked] = path
      seen.add(String(pattern))
      for (const one of problems(file, answer, JSON.parse(await response.clone().text()))) found.add(one)
      if (asked) for (const one of problems(file, asked, JSON.parse(text))) found.add(one)
      return response
    }
  const world = await subscribed({ wrap, account: { searchLagMs: 0 } })
  const { account, connection } = world
  const usd = (amount: number) => ({ amount, currency: 'USD' })
  const paymentId = account.authorise({ value: '50.00', currency: 'USD', custom_id: 'shop:1', invoice_id: 'WC-1' })
  for (const [amount, cumulative, final] of [[2_000, 2_000, false], [3_000, 5_000, true]] as const) {
    const ask = { paymentId, requestId: `c${amount}`, amount: usd(amount), cumulative: usd(cumulative), final }
    await connection.outbound['payment.capture']!.send([{ key: 'k', attempt: 1, ask }])
  }
  const ask = { paymentId, requestId: 'r/1', amount: usd(500), reason: 'returned' }
  await connection.outbound['payment.refund']!.send([{ key: 'k', attempt: 1, ask }])
  const other = account.authorise({ value: '1.00', currency: 'USD' })
  await connection.outbound['payment.void']!.send([{ key: 'k', attempt: 1, ask: { paymentId: other, reason: 'x' } }])
  const [first] = account.capturesOf(paymentId)
  account.settleRefund(account.refund(first!, '1.00', 'PENDING'), 'FAILED')
  account.closeDispute(account.dispute(first!, '10.00'), true)
  world.clock.pass(1_000)
  for (const feed of Object.values(connection.feeds)) await readAll(feed)
  expect((await connection.check()).map(({ level }) => level)).not.toContain('error')
  expect(account.webhookIdOf(HOOK_URL)).toBeDefined()
  const hooks = takeHooks(world)
  for (const { body } of hooks) {
    const event = JSON.parse(new TextDecoder().decode(body)) as { resource_type: string; resource: unknown }
    for (const one of problems('hooks', 'event', event)) found.add(one)
    const [file, name] = RESOURCES[event.resource_type]!
    for (const one of problems(file, name, event.resource)) found.add(one)
  }
  expect([...found]).toEqual([])
  expect(hooks.length).toBeGreaterThan(10)
  expect(PATHS.filter(([pattern]) => !seen.has(String(pattern))).map(String)).toEqual([])
}) // prettier-ignore
