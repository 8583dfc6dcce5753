/** What the tests of this folder share: a clock that stands still, an account, a connection to it, and its webhooks. */
import type { Fetch, Log } from '../../io.ts'
import type { Connection, HookRequest, Message } from '../kit/connector.ts'
import { asRequest, createClock, heard, hooksAfter, simulatorIo, testIo, withWebhooks } from '../kit/testing.ts'
import { paypal, type PaypalConfigInput } from './index.ts'
import { sharedCertificate } from './simulator/certificate.ts'
import { createPaypal, type PaypalOptions } from './simulator/index.ts'

export const SECRET = 'EGnHDxD_a_client_secret'
export const PROVIDER = 'paypal-main'
export const HOOK_URL = 'https://hub.example/hooks/paypal-main'

export interface WorldOptions {
  account?: Partial<PaypalOptions>
  config?: Partial<PaypalConfigInput>
  wrap?(fetch: Fetch): Fetch
  log?: Log
  seed?: number
}

export function createWorld({ account: options, config, wrap, log, seed }: WorldOptions = {}) {
  const clock = createClock()
  const credentials = { clientId: 'the-client', clientSecret: SECRET }
  const account = createPaypal({ ...credentials, ...options }, simulatorIo(clock, seed))
  const secret = (reference: string) => (reference === 'env:ROOT' ? sharedCertificate().root : SECRET)
  const io = testIo({ clock, fetch: account.fetch, wrap, secret, log })
  const parsed = paypal.config.parse({
    clientId: 'the-client', clientSecret: 'env:PAYPAL', certificateRoots: ['env:ROOT'], requestsPerSecond: 1_000, requestTimeoutMs: 0,
    orders: [{ field: 'invoice_id', prefix: 'WC-', channel: 'shop' }], ...config,
  }) // prettier-ignore
  return { clock, account, io, connection: paypal.open(parsed, { name: PROVIDER, io, hookUrl: HOOK_URL }) }
}

export type World = ReturnType<typeof createWorld>

/** The upkeep makes the webhook, as it does in earnest. */
export const subscribed = (options: WorldOptions = {}): Promise<World> => withWebhooks(createWorld(options))

/** Lets time pass until all webhooks are out, and takes them. */
export function takeHooks({ clock, account }: Pick<World, 'clock' | 'account'>, ms = 5_000): HookRequest[] {
  return hooksAfter(clock, account, ms).map((hook) => asRequest(hook, clock.now))
}

/** What a webhook says, in the hub's words, once the certificate is there. */
export async function understood(connection: Connection, request: HookRequest): Promise<Message[]> {
  await connection.prepare?.(request)
  return heard(connection, request)
}
