/** What the tests of this folder share: a clock that stands still, an account, a connection to it, and its webhooks. */
import type { Fetch, Log } from '../../io.ts'
import type { HookRequest } from '../kit/connector.ts'
import { asRequest, createClock, hooksAfter, simulatorIo, testIo, withWebhooks } from '../kit/testing.ts'
import { stripe, type StripeConfigInput } from './index.ts'
import { createStripe, type StripeOptions } from './simulator/index.ts'

export const KEY = 'sk_test_a_secret_key'
export const PROVIDER = 'stripe-main'
export const HOOK_URL = 'https://hub.example/hooks/stripe-main'

export interface WorldOptions {
  account?: Partial<StripeOptions>
  config?: Partial<StripeConfigInput>
  wrap?(fetch: Fetch): Fetch
  log?: Log
  seed?: number
}

export function createWorld({ account: options, config, wrap, log, seed }: WorldOptions = {}) {
  const clock = createClock()
  const account = createStripe({ secretKey: KEY, ...options }, simulatorIo(clock, seed))
  const secret = (reference: string) => (reference === 'env:STRIPE' ? KEY : reference.replace(/^env:/, ''))
  const io = testIo({ clock, fetch: account.fetch, wrap, secret, log })
  const parsed = stripe.config.parse({
    secretKey: 'env:STRIPE', requestsPerSecond: 1_000, requestTimeoutMs: 0, orders: [{ metadata: 'order_id', channel: 'shop' }], ...config,
  }) // prettier-ignore
  return { clock, account, io, connection: stripe.open(parsed, { name: PROVIDER, io, hookUrl: HOOK_URL }) }
}

export type World = ReturnType<typeof createWorld>

/** The upkeep makes the endpoint, as it does in earnest. */
export const subscribed = (options: WorldOptions = {}): Promise<World> => withWebhooks(createWorld(options))

/** Lets time pass until all webhooks are out, and takes them. */
export function takeHooks({ clock, account }: Pick<World, 'clock' | 'account'>, ms = 5_000): HookRequest[] {
  return hooksAfter(clock, account, ms).map((hook) => asRequest(hook, clock.now))
}
