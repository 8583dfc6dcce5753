/**
 * What a connector is: the one place that knows a system's words, limits and quirks. It never retries, never stores and
 * never decides; it verifies, translates, and does what an intent asks, each as an _ensure_.
 *
 * Words: a _connection_ is a connector opened with one retailer's configuration (`shopify-main`); a _delivery_ is
 * something that arrived, named by its idempotency key; a _feed_ reads what webhooks lose, by cursor.
 */
import type { Json } from '#canon/json.ts'
import type { Answer, Ask, IntentType } from '#core/intents.ts'
import type { Bill } from '#core/kit/bills.ts'
import type { z } from 'zod'
import type { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from './budget.ts'
import type { Readers } from './reader.ts'
import type { Observed } from './shadow.ts'
import type { Tills } from './till.ts'

/** A webhook request with its exact bytes: signatures are computed over these and nothing else. */
export interface HookRequest {
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>
  body: Uint8Array
  receivedAt: string
}

/** What `receive` says of a genuine webhook. `ignore` is answered 200 and not stored (pings). */
export type Received =
  /** `body`: what is stored instead of the bytes that came, such as what was unpacked from them. */
  /** `masked`: members in which card numbers were hidden; see card-door.ts. */
  { key: string; topic: string; body?: Uint8Array; masked?: readonly string[] } | { ignore: string }

/** A stored delivery on its way to be translated. */
export interface Delivery {
  topic: string
  body: Json
  receivedAt: string
}

/** A command for one stream of the hub. */
export interface Message {
  stream: string
  command: { type: string }
}

/** Something a feed read. Its key makes a repeat harmless: equal content, equal key. */
export interface Reading {
  key: string
  topic: string
  body: Json
  /** Members in which card numbers were hidden. */
  masked?: readonly string[]
}

export interface FeedPage {
  readings: Reading[]
  /** Stored in the same transaction as the readings; handed in at the next call. */
  cursor: Json
  /** There is more to read right now. */
  more: boolean
}

export interface Feed {
  everyMs: number
  /** Can wait for the hours in which bulk work may go on. No feed of orders or stock. */
  bulk?: boolean
  read(cursor: Json | null): Promise<FeedPage>
  /** A cursor from which everything is read that changed at or after the moment. Absent: cannot be read again. */
  since?(at: string): Json
}

/** One intent as it is handed to a connector. `key` is the idempotency key: the same over all attempts. */
export interface Sent<T extends IntentType> {
  key: string
  /** 1 on the first attempt. */
  attempt: number
  ask: Ask<T>
  /** Nothing was asked of the system in any attempt before: each ended at our own budget, or at its 429. */
  untried?: true
}

/** `observed`: not we did it, and this is how it compares with what we would have done. */
export type Outcome<T extends IntentType> = { answer: Answer<T>; observed?: Observed<T> } | { fault: Fault }

export interface Outbound<T extends IntentType> {
  /** At most so many intents in one call of `send`. 1 unless said. */
  batch?: number
  /** One bad intent, or one lost answer, does not spoil the others: what has failed often is not sent alone. */
  together?: true
  /** Intents of one group never run at the same time within a connection, e.g. Odoo's confirmations. */
  serial?: string
  /** One outcome for each intent, in order. A thrown fault counts for all of them. */
  send(intents: readonly Sent<T>[]): Promise<Outcome<T>[]>
  /** It changes nothing over there: a connection in shadow does it as well. */
  reads?: true
  /**
   * Read-only: what another integration did for this intent; null while it has not. Asked of connections in shadow.
   *
   * @param how `overdue`: it has had its time; what is there instead now counts as what it did.
   */
  observe?(intent: Sent<T>, how: { overdue: boolean }): Promise<Observed<T> | null>
}

/** Something `doctor` found out about a connection. */
export interface Finding {
  level: 'ok' | 'warning' | 'error'
  /** What was looked at: `permissions`, `clock`, `webhooks`, `version`. */
  about: string
  message: string
  /** What a person does about it, when there is something to do. */
  cure?: string
}

/** News that upkeep found must have been missed, because what would have brought them was gone. */
export interface Gap {
  /** What was gone, for a person. */
  what: string
  /** Feeds that read what was missed. */
  feeds: readonly string[]
  /** How long the system tries to tell its news before it gives up, in milliseconds: so much older they may be. */
  triedForMs: number
}

/** Regular upkeep, such as recreating webhook subscriptions that vanished. Says what it did, for the log. */
export interface Upkeep {
  everyMs: number
  /** It changes nothing over there: a connection in shadow does it as well. */
  reads?: true
  /** @param onGap is told before anything is mended: the gap is then remembered even if this process dies. */
  run(onGap?: (gap: Gap) => Promise<void>): Promise<string[]>
}

export interface Connection {
  /**
   * Fetches what `receive` needs and does not have, such as a certificate. Asks for the same once. Throws `forged`, or
   * `unavailable`: then the sender has to come again.
   */
  prepare?(request: HookRequest): Promise<void>
  /**
   * Verifies the sender and names the delivery. Throws `forged` or `malformed`. Absent when the system sends no
   * webhooks.
   */
  receive?(request: HookRequest): Received
  /** Pure. Throws `malformed` when the body is not what the topic promises; an empty list means: nothing to us. */
  translate(delivery: Delivery): Message[]
  outbound: { [T in IntentType]?: Outbound<T> }
  /**
   * How many calls of `send` may be under way at once, over all kinds of intent: in one process, or, when it is
   * adaptive, in all of them. No bound unless said.
   */
  concurrency?: number
  /** Begins with one call at a time and learns from conflicts and latency how many do no harm. */
  adaptive?: boolean
  /** What may be asked of the vendor, when it counts. */
  budget?: Budget
  feeds: Readonly<Record<string, Feed>>
  upkeep: Readonly<Record<string, Upkeep>>
  /** Lists what the system holds, to be compared with what others hold. */
  readers?: Readers
  /** Of an ERP: every product it takes apart in the sale, now; null where it knows of no such thing. Throws a Fault. */
  bills?(): Promise<readonly Bill[] | null>
  /** Uploads by stores, where it takes them. */
  tills?: Tills
  check(): Promise<Finding[]>
  /** Nothing is sent to it: what we would do is compared with what is done there. Made so by `shadowed`. */
  shadow?: true
}

/** What a connector is opened with, besides its own configuration. */
export interface Surroundings {
  /** Name of the connection, e.g. `shopify-main`. */
  name: string
  io: Io
  /** Where this connection's webhooks arrive from the outside, when the hub can be reached. */
  hookUrl?: string
}

export interface Connector<Config> {
  name: string
  /** Shown in the console and held against the vendor's calendar. `endOfLife` is a date. */
  api: { version: string; endOfLife?: string }
  /** The permissions it needs at the vendor, each with the reason. */
  scopes: Readonly<Record<string, string>>
  /**
   * Fields that hold secrets carry `.meta({ secret: true })` and take references (`env:…`, `file:…`), resolved by
   * `io.secret`.
   */
  config: z.ZodType<Config>
  open(config: Config, surroundings: Surroundings): Connection
}

/** An outbound that does its intents one at a time. */
export function oneByOne<T extends IntentType>(
  send: (intent: Sent<T>) => Promise<Answer<T>>,
  options: Omit<Outbound<T>, 'send' | 'batch'> = {},
): Outbound<T> {
  return {
    ...options,
    async send(intents) {
      const outcomes: Outcome<T>[] = []
      for (const intent of intents) outcomes.push({ answer: await send(intent) })
      return outcomes
    },
  }
}
