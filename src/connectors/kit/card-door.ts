/**
 * The door of a channel for what people type: card numbers are hidden before anything is stored, after the sender was
 * verified on the exact bytes. The order goes on; that something was hidden is stored with it and told on the order.
 */
import { canonicalJson, type Json } from '#canon/json.ts'
import type { Connection, Delivery, Feed, Message, Reading, Received } from './connector.ts'
import type { Reader } from './reader.ts'
import { cardPlaces, maskTyped, type TypedMembers, withoutTypedCards as hidden } from '#canon/typed-text.ts'

/** Member of a stored body: in which of its members something was hidden. */
const MARK = 'crossdock_masked'

/** The connection with its doors guarded: webhooks, feeds, and what reconciliation hands in. Names stay the same. */
export function withoutTypedCards(connection: Connection, typed: TypedMembers): Connection {
  const { receive, feeds, readers } = connection
  const safe = (reading: Reading): Reading => safeReading(reading, typed)
  return {
    ...connection,
    ...(receive ? { receive: (request) => safeDelivery(receive(request), request.body, typed) } : {}),
    translate: (delivery) => told(connection, delivery),
    feeds: mapped(feeds, (feed) => safeFeed(feed, safe)),
    ...(readers ? { readers: mapped(readers, (reader) => safeReader(reader, safe)) } : {}),
  }
}

function mapped<T extends object>(all: T, change: (one: NonNullable<T[keyof T]>) => unknown): T {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, change(one)])) as T
}

function safeDelivery(received: Received, bytes: Uint8Array, typed: TypedMembers): Received {
  if ('ignore' in received) return received
  const text = Buffer.from(received.body ?? bytes).toString('utf8')
  if (cardPlaces(text).length === 0) return received
  const said = jsonOf(text)
  // Nobody can read it, so nobody needs its numbers either.
  if (said === undefined) return { ...received, body: Buffer.from(hidden(text)), masked: ['body'] }
  const { body, members } = maskTyped(said, typed)
  if (members.length === 0) return received
  return { ...received, body: Buffer.from(JSON.stringify(marked(body, members))), masked: members }
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

function safeReading(reading: Reading, typed: TypedMembers): Reading {
  if (cardPlaces(canonicalJson(reading.body)).length === 0) return reading
  const { body, members } = maskTyped(reading.body, typed)
  return members.length === 0 ? reading : { ...reading, body: marked(body, members), masked: members }
}

const marked = (body: Json, members: readonly string[]): Json => (isObject(body) ? { ...body, [MARK]: members } : body)

const isObject = (body: Json): body is Readonly<Record<string, Json | undefined>> =>
  typeof body === 'object' && body !== null && !Array.isArray(body)

const safeFeed = (feed: Feed, safe: (reading: Reading) => Reading): Feed => ({
  ...feed,
  read: async (cursor) => {
    const page = await feed.read(cursor)
    return { ...page, readings: page.readings.map(safe) }
  },
})

function safeReader(reader: Reader, safe: (reading: Reading) => Reading): Reader {
  const { readings } = reader
  return readings ? { ...reader, readings: async (keys) => (await readings(keys)).map(safe) } : reader
}

/** What the delivery says, without the mark; orders hear of it. */
function told(connection: Connection, delivery: Delivery): Message[] {
  if (!isObject(delivery.body) || delivery.body[MARK] === undefined) return connection.translate(delivery)
  const { [MARK]: masked, ...body } = delivery.body
  return connection
    .translate({ ...delivery, body })
    .map(({ stream, command }) =>
      command.type === 'order.observe'
        ? { stream, command: { ...command, masked } as typeof command }
        : { stream, command },
    )
}
