/** What the tests of this folder share: a clock that stands still, an account, a connection to it, and its webhooks. */
import { must } from '#canon/assert.ts'
import type { Fetch, Io, Log } from '../../io.ts'
import type { Connection, Feed, HookRequest, Message, Reading } from '../kit/connector.ts'
import type { OutgoingHook } from '../kit/simulator.ts'
import { paypal, type PaypalConfigInput } from './index.ts'
import { sharedCertificate } from './simulator/certificate.ts'
import { createPaypal, type PaypalOptions } from './simulator/index.ts'

export const SECRET = 'EGnHDxD_a_client_secret'
export const PROVIDER = 'paypal-main'
export const HOOK_URL = 'https://hub.example/hooks/paypal-main'
export const START = Date.parse('2026-11-21T15:30:00.000Z')

/** A small deterministic generator (mulberry32): the tests need chance, not surprise. */
export function createRandom(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface WorldOptions {
  account?: Partial<PaypalOptions>
  config?: Partial<PaypalConfigInput>
  wrap?(fetch: Fetch): Fetch
  log?: Log
  seed?: number
}

export function createWorld({ account: options, config, wrap = (fetch) => fetch, log, seed }: WorldOptions = {}) {
  const clock = { now: START, pass: (ms: number) => void (clock.now += ms) }
  const credentials = { clientId: 'the-client', clientSecret: SECRET }
  const account = createPaypal({ ...credentials, ...options }, { now: () => clock.now, random: createRandom(seed) })
  const io: Io = {
    now: () => clock.now,
    id: () => '0'.repeat(32),
    jitter: () => 0,
    fetch: wrap(account.fetch),
    secret: (reference) => (reference === 'env:ROOT' ? sharedCertificate().root : SECRET),
    log: log ?? (() => {}),
  }
  const parsed = paypal.config.parse({
    clientId: 'the-client', clientSecret: 'env:PAYPAL', certificateRoots: ['env:ROOT'], requestsPerSecond: 1_000, requestTimeoutMs: 0,
    orders: [{ field: 'invoice_id', prefix: 'WC-', channel: 'shop' }], ...config,
  }) // prettier-ignore
  return { clock, account, io, connection: paypal.open(parsed, { name: PROVIDER, io, hookUrl: HOOK_URL }) }
}

export type World = ReturnType<typeof createWorld>

/** The upkeep makes the webhook, as it does in earnest. */
export async function subscribed(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options)
  await must(world.connection.upkeep['webhooks'], 'the hub can be reached').run()
  return world
}

export const asRequest = ({ headers, body }: Pick<OutgoingHook, 'headers' | 'body'>, at = START): HookRequest => ({
  headers,
  body: new TextEncoder().encode(body),
  receivedAt: new Date(at).toISOString(),
})

/** Lets time pass until all webhooks are out, and takes them. */
export function takeHooks({ clock, account }: Pick<World, 'clock' | 'account'>, ms = 5_000): HookRequest[] {
  clock.pass(ms)
  return account.due().map((hook) => {
    hook.settle(200)
    return asRequest(hook, clock.now)
  })
}

/** What a webhook says, in the hub's words. */
export async function heard(connection: Connection, request: HookRequest): Promise<Message[]> {
  await connection.prepare?.(request)
  const received = connection.receive!(request)
  if ('ignore' in received) return []
  const body = JSON.parse(new TextDecoder().decode(request.body)) as never
  return connection.translate({ topic: received.topic, body, receivedAt: request.receivedAt })
}

/** Reads a feed to the end of its pass. */
export async function readAll(feed: Feed | undefined, from: Parameters<Feed['read']>[0] = null) {
  const readings: Reading[] = []
  let cursor = from
  for (let page = 0; page < 200; page += 1) {
    const read = await must(feed, 'there is such a feed').read(cursor)
    readings.push(...read.readings)
    cursor = read.cursor
    if (!read.more) return { readings, cursor }
  }
  throw new Error('The feed comes to no end.')
}

export const translated = (connection: Connection, readings: readonly Reading[]): Message[] =>
  readings.flatMap(({ topic, body }) =>
    connection.translate({ topic, body, receivedAt: new Date(START).toISOString() }),
  )
