/** A delivery on the bus: the inbox row it will be, its body the exact bytes that arrived. */
import type { JsMsg } from '@nats-io/jetstream'
import type { NewInboxRow } from '#store/inbox.ts'

const KEY = 'Crossdock-Key'
const TOPIC = 'Crossdock-Topic'
const RECEIVED = 'Crossdock-Received-At'
const PRIORITY = 'Crossdock-Priority'

/** Headers hold no line breaks and keys may hold anything. */
const packed = (text: string): string => encodeURIComponent(text.toWellFormed())

export const headersOf = ({ key, topic, receivedAt, priority }: NewInboxRow): Record<string, string> => ({
  [KEY]: packed(key),
  [TOPIC]: packed(topic),
  [RECEIVED]: receivedAt,
  [PRIORITY]: String(priority),
})

/** Equal deliveries have equal names; the bus keeps the first of those that come within its window. */
export const messageIdOf = ({ source, key }: Pick<NewInboxRow, 'source' | 'key'>): string => `${source}/${packed(key)}`

/** Null for what the hub did not put there. */
export function rowOf({ subject, headers, data }: JsMsg): NewInboxRow | null {
  const key = headers?.get(KEY)
  const topic = headers?.get(TOPIC)
  const receivedAt = headers?.get(RECEIVED)
  const source = subject.split('.').at(-2)
  if (!key || !topic || !source || !receivedAt || Number.isNaN(Date.parse(receivedAt))) return null
  const priority = Number(headers?.get(PRIORITY))
  try {
    return {
      source,
      key: decodeURIComponent(key),
      kind: 'delivery',
      topic: decodeURIComponent(topic),
      body: data,
      correlation: null,
      receivedAt,
      priority: Number.isInteger(priority) && priority > 0 && priority < 100 ? priority : 5,
    }
  } catch {
    return null
  }
}
