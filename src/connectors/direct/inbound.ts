/** What is handed in: who it is from, what it is called, and what it says. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { ObserveOrder } from '#core/commands.ts'
import { streams } from '#core/streams.ts'
import { Fault } from '../../fault.ts'
import type { Delivery, HookRequest, Message, Received } from '../kit/connector.ts'
import { type DirectOrder, directOrder, problemsOf } from './body.ts'
import { malformed, orderOf } from './order.ts'

export const TOPIC = 'order'

/** Problems named in one refusal. */
const NAMED_MAX = 10

/**
 * Takes the order only if all of it can be used: whoever sent it hears at once which member of it cannot. Named by its
 * reference and its bytes, so that a repeat is the same delivery and a change is another.
 *
 * @throws Fault `forged` for a wrong key, `malformed` with the place of everything that is wrong.
 */
export function receive({ headers, body, receivedAt }: HookRequest, keys: () => string[]): Received {
  const key = /^Bearer +(\S+)$/i.exec(headers['authorization'] ?? '')?.[1] ?? ''
  if (!keys().some((one) => same(one, key)))
    throw new Fault('forged', 'An order was handed in with a key that is not the one of this channel.')
  const order = parse(jsonOf(body))
  orderOf(order, { channel: 'unnamed', receivedAt })
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 32)
  return { key: `${TOPIC}:${order.reference}:${digest}`, topic: TOPIC }
}

export function translate({ topic, body, receivedAt }: Delivery, channel: string): Message[] {
  if (topic !== TOPIC) throw malformed(`Orders are handed in as '${TOPIC}', not as '${topic}'.`)
  const command: ObserveOrder = { type: 'order.observe', order: orderOf(parse(body), { channel, receivedAt }) }
  return [{ stream: streams.order(channel, command.order.externalId), command }]
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw malformed('The body is not JSON in UTF-8.')
  }
}

function parse(body: unknown): DirectOrder {
  const result = directOrder.safeParse(body)
  if (result.success) return result.data
  const problems = problemsOf(result.error)
  const more = problems.length > NAMED_MAX ? ` And ${problems.length - NAMED_MAX} more.` : ''
  throw malformed(`${problems.slice(0, NAMED_MAX).join(' ')}${more}`)
}

function same(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(left!, right!)
}
