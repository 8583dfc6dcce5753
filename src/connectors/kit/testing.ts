/**
 * What the tests of all connectors share: a clock that stands still, chance from a seed, a hub's ways out, one intent
 * sent, and what a webhook or a feed says in the hub's words.
 */
import { must } from '#canon/assert.ts'
import type { Json } from '#canon/json.ts'
import type { Answer, Ask, IntentType } from '#core/intents.ts'
import { type Fault, toFault } from '../../fault.ts'
import type { Fetch, Io, Log } from '../../io.ts'
import type { Connection, Feed, HookRequest, Message, Outbound, Outcome, Reading } from './connector.ts'
import type { OutgoingHook, SimulatorIo } from './simulator.ts'

/** Where clocks stand when nothing else is said. */
export const START = Date.parse('2026-11-21T15:30:00.000Z')

export interface Clock {
  now: number
  /** Lets time pass. */
  pass(ms: number): void
}

export function createClock(now = START): Clock {
  const clock: Clock = { now, pass: (ms) => void (clock.now += ms) }
  return clock
}

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

/** Of a simulator by the same clock. */
export const simulatorIo = (clock: Clock, seed?: number): SimulatorIo => ({
  now: () => clock.now,
  random: createRandom(seed),
})

/** Of the connection under test. */
export interface TestIo {
  clock: Clock
  /** The simulator. */
  fetch: Fetch
  /** Stands between the connection and the simulator. */
  wrap?: ((fetch: Fetch) => Fetch) | undefined
  secret: Io['secret']
  log?: Log | undefined
}

export const testIo = ({ clock, fetch, wrap = (one) => one, secret, log = () => {} }: TestIo): Io => ({
  now: () => clock.now,
  id: () => '0'.repeat(32),
  jitter: () => 0,
  fetch: wrap(fetch),
  secret,
  log,
})

/** Only what is there: any other reference fails. What is changed later counts from then on. */
export const secretsIn =
  (known: Readonly<Record<string, string>>): Io['secret'] =>
  (reference) =>
    must(known[reference], `there is a secret ${reference}`)

/** One intent, its fault as a value. */
export async function send<T extends IntentType>(
  connection: Connection,
  type: T,
  ask: Ask<T>,
  { key = 'order/test/0/0', attempt = 1 } = {},
): Promise<Outcome<T>> {
  const outbound = must(connection.outbound[type], `it can do ${type}`) as unknown as Outbound<T>
  try {
    return must((await outbound.send([{ key, attempt, ask }]))[0], 'there is one outcome')
  } catch (error) {
    return { fault: toFault(error) }
  }
}

/** The answer. @throws the fault when there is none. */
export async function answer<T extends IntentType>(connection: Connection, type: T, ask: Ask<T>): Promise<Answer<T>> {
  return answerOf(await send(connection, type, ask))
}

/** The fault. @throws when there is an answer. */
export async function fault<T extends IntentType>(connection: Connection, type: T, ask: Ask<T>): Promise<Fault> {
  return faultOf(await send(connection, type, ask))
}

export function answerOf<T extends IntentType>(outcome: Outcome<T>): Answer<T> {
  if ('fault' in outcome) throw outcome.fault
  return outcome.answer
}

export function faultOf<T extends IntentType>(outcome: Outcome<T>): Fault {
  if ('fault' in outcome) return outcome.fault
  throw new Error(`There was an answer: ${JSON.stringify(outcome.answer)}`)
}

/** The upkeep makes the webhooks, as it does in earnest. */
export async function withWebhooks<W extends { connection: Connection }>(world: W): Promise<W> {
  await must(world.connection.upkeep['webhooks'], 'the hub can be reached').run()
  return world
}

/** A webhook of a simulator as the hub's server would hand it on. */
export const asRequest = ({ headers, body }: Pick<OutgoingHook, 'headers' | 'body'>, at = START): HookRequest => ({
  headers,
  body: new TextEncoder().encode(body),
  receivedAt: new Date(at).toISOString(),
})

/** Lets time pass until all webhooks are out, and takes them. */
export function hooksAfter(clock: Clock, vendor: { due(): OutgoingHook[] }, ms: number): OutgoingHook[] {
  clock.pass(ms)
  const hooks = vendor.due()
  for (const hook of hooks) hook.settle(200)
  return hooks
}

/** What a webhook says, in the hub's words. */
export function heard(connection: Connection, request: HookRequest): Message[] {
  const received = must(connection.receive, 'webhooks are taken')(request)
  if ('ignore' in received) return []
  const body = JSON.parse(new TextDecoder().decode(received.body ?? request.body)) as never
  return connection.translate({ topic: received.topic, body, receivedAt: request.receivedAt })
}

/** Reads a feed to the end of its pass. */
export async function readAll(feed: Feed | undefined, from: Json | null = null) {
  const readings: Reading[] = []
  let cursor = from
  for (let pages = 1; pages <= 200; pages += 1) {
    const read = await must(feed, 'there is such a feed').read(cursor)
    readings.push(...read.readings)
    // Between two calls it is stored as JSON.
    cursor = JSON.parse(JSON.stringify(read.cursor)) as Json
    if (!read.more) return { readings, cursor, pages }
  }
  throw new Error('The feed comes to no end.')
}

/** What readings say, in the hub's words. */
export function translated(connection: Connection, readings: readonly Reading[], at = START): Message[] {
  const receivedAt = new Date(at).toISOString()
  return readings.flatMap(({ topic, body }) => connection.translate({ topic, body, receivedAt }))
}
