/** What the tests of this folder share: a clock that stands still, an account, a connection to it, and its webhooks. */
import { must } from '#canon/assert.ts'
import type { Address } from '#canon/primitives.ts'
import type { Answer, Ask, IntentType } from '#core/intents.ts'
import type { Fetch, Io, Log } from '../../io.ts'
import type { Connection, HookRequest, Message, Outbound } from '../kit/connector.ts'
import type { OutgoingHook } from '../kit/simulator.ts'
import { easypost, type EasypostConfigInput } from './index.ts'
import { createEasypost, type EasypostOptions } from './simulator/index.ts'

export const KEY = 'EZTK_a_secret_key'
export const HOOK_SECRET = 'sécret ﬁsh'
export const CARRIER = 'easypost'
export const HOOK_URL = 'https://hub.example/hooks/easypost'
export const START = Date.parse('2026-11-20T10:00:00.000Z')

/** A small deterministic generator (mulberry32): the tests need chance, not surprise. */
function createRandom(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface WorldOptions {
  account?: Partial<EasypostOptions>
  config?: Partial<EasypostConfigInput>
  wrap?(fetch: Fetch): Fetch
  log?: Log
  hookUrl?: string
}

export function createWorld({
  account: options,
  config,
  wrap = (fetch) => fetch,
  log,
  hookUrl = HOOK_URL,
}: WorldOptions = {}) {
  const clock = { now: START, pass: (ms: number) => void (clock.now += ms) }
  const account = createEasypost({ apiKey: KEY, ...options }, { now: () => clock.now, random: createRandom() })
  const secrets: Readonly<Record<string, string>> = { 'env:KEY': KEY, 'env:HOOK': HOOK_SECRET }
  const io: Io = {
    now: () => clock.now,
    id: () => '0'.repeat(32),
    jitter: () => 0,
    fetch: wrap(account.fetch),
    secret: (reference) => secrets[reference] ?? reference,
    log: log ?? (() => {}),
  }
  const parsed = easypost.config.parse({
    apiKey: 'env:KEY', webhookSecrets: ['env:HOOK'], requestsPerSecond: 1_000, requestTimeoutMs: 0, ...config,
  }) // prettier-ignore
  return { clock, account, io, connection: easypost.open(parsed, { name: CARRIER, io, hookUrl }) }
}

export type World = ReturnType<typeof createWorld>

export const runUpkeep = ({ connection }: World): Promise<string[]> =>
  must(connection.upkeep['webhooks'], 'the hub can be reached').run()

/** The upkeep makes the webhook, as it does in earnest. */
export async function subscribed(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options)
  await runUpkeep(world)
  return world
}

export const asRequest = ({ headers, body }: Pick<OutgoingHook, 'headers' | 'body'>, at = START): HookRequest => ({
  headers,
  body: new TextEncoder().encode(body),
  receivedAt: new Date(at).toISOString(),
})

export const home: Address = {
  name: 'Ada Example', street: '1 Main St', city: 'Austin', postcode: '78701', region: 'TX', country: 'US',
} // prettier-ignore

export const labelAsk = (reference: string, change: Partial<Ask<'label.ensure'>> = {}): Ask<'label.ensure'> => ({
  reference,
  orderRef: 'shop:1001',
  from: { name: 'Us', street: '2 Dock Rd', city: 'Dallas', postcode: '75201', region: 'TX', country: 'US' },
  to: home,
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: { by: 'cheapest', withinDays: 3 },
  verify: true,
  ...change,
})

/** One intent's answer; throws its fault. */
export async function answerOf<T extends IntentType>(connection: Connection, type: T, ask: Ask<T>): Promise<Answer<T>> {
  const outbound = must(connection.outbound[type], `${type} is done here`) as unknown as Outbound<T>
  const outcome = must((await outbound.send([{ key: 'k', attempt: 1, ask }]))[0], 'there is one outcome')
  if ('fault' in outcome) throw outcome.fault
  return outcome.answer
}

/** What a webhook says, in the hub's words. */
export function heard(connection: Connection, request: HookRequest): Message[] {
  const received = must(connection.receive, 'webhooks are taken')(request)
  if ('ignore' in received) return []
  const body = JSON.parse(new TextDecoder().decode(request.body)) as never
  return connection.translate({ topic: received.topic, body, receivedAt: request.receivedAt })
}

export async function track({ connection }: World, trackingNumber: string, carrier?: string) {
  const outbound = must(connection.outbound['parcel.track'], 'parcels are followed')
  const ask = { trackingNumber, orderRef: 'shop:1001', ...(carrier ? { carrier } : {}) }
  return must((await outbound.send([{ key: 'k', attempt: 1, ask }]))[0], 'there is one outcome')
}
