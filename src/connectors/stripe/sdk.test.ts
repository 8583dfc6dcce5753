/** A second opinion: the vendor's own client works against the simulator, and its helper verifies our webhooks. */
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { isSigned } from './inbound.ts'
import { API_VERSION } from './limits.ts'
import { createWorld, HOOK_URL, KEY, takeHooks } from './testing.ts'

function aClient(key = KEY) {
  const world = createWorld()
  const fetch = (input: string | URL | Request, init?: RequestInit) => world.account.fetch(new Request(input, init))
  const httpClient = Stripe.createFetchHttpClient(fetch as never)
  const client = new Stripe(key, { apiVersion: API_VERSION, httpClient, maxNetworkRetries: 0, telemetry: false })
  return { ...world, client }
}

test("the vendor's client authorises, captures, refunds and lists as we do", async () => {
  const { client, account } = aClient()
  const intent = await client.paymentIntents.create({
    amount: 5_000, currency: 'usd', capture_method: 'manual', confirm: true, metadata: { order_id: '1' },
  }) // prettier-ignore
  expect(intent.status).toBe('requires_capture')
  await client.paymentIntents.capture(intent.id, { amount_to_capture: 4_000 })
  const options = { idempotencyKey: 'same' }
  const refund = await client.refunds.create(
    { payment_intent: intent.id, amount: 1_000, metadata: { a: 'b' } },
    options,
  )
  const again = await client.refunds.create({ payment_intent: intent.id, amount: 1_000, metadata: { a: 'b' } }, options)
  expect(again.id).toBe(refund.id)
  const changed = client.refunds.create({ payment_intent: intent.id, amount: 2_000 }, options)
  await expect(changed).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
  expect(account.beliefs().refunds).toMatchObject([{ amount: 1_000, metadata: { a: 'b' } }])
  for (let one = 0; one < 5; one += 1) account.pay({ amount: 100, currency: 'usd' })
  const ids: string[] = []
  for await (const one of client.paymentIntents.list({ limit: 2 })) ids.push(one.id)
  expect(new Set(ids).size).toBe(6)
})

test("the vendor's client subscribes; its helper and ours agree on every webhook", async () => {
  const { client, account, clock } = aClient()
  const { secret = '' } = await client.webhookEndpoints.create({ url: HOOK_URL, enabled_events: ['*'] })
  account.pay({ amount: 100, currency: 'usd', description: 'Täßchen ☕' })
  const hooks = takeHooks({ account, clock })
  expect(hooks).toHaveLength(2)
  for (const { body, headers, receivedAt } of hooks) {
    const header = headers['stripe-signature']!
    const text = new TextDecoder().decode(body)
    const at = Date.parse(receivedAt)
    for (const [payload, genuine] of [[text, true], [`${text} `, false]] as const) {
      expect(isSigned(new TextEncoder().encode(payload), header, [secret], at)).toBe(genuine)
      const seconds = Math.floor(at / 1_000)
      const theirs = () => client.webhooks.constructEvent(payload, header, secret, 300, undefined, seconds)
      if (genuine) expect(theirs().object).toBe('event')
      else expect(theirs).toThrow(Stripe.errors.StripeSignatureVerificationError)
    }
  }
}) // prettier-ignore

test("what is refused is an error of the vendor's kind", async () => {
  await expect(aClient('sk_test_other').client.balance.retrieve()).rejects.toBeInstanceOf(
    Stripe.errors.StripeAuthenticationError,
  )
  await expect(aClient().client.refunds.retrieve('re_none')).rejects.toMatchObject({
    code: 'resource_missing',
    statusCode: 404,
  })
})
