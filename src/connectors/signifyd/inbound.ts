/** What arrives from Signifyd: `receive` proves who sent it and names it, `translate` says it in the hub's words. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { NoteScreening } from '#core/order/screening.ts'
import { screenedStream } from '#core/streams.ts'
import { Fault } from '../../fault.ts'
import type { Delivery, HookRequest, Message, Received } from '../kit/connector.ts'
import { jsonOf } from '../kit/shape.ts'
import { TEST_KEY } from './limits.ts'
import { caseOf, decisionOf, shaped, told } from './shape.ts'

/** Verifies the signature over the exact bytes. Throws `forged` or `malformed`. */
export function receive({ headers, body }: HookRequest, keys: readonly string[]): Received {
  const given = Buffer.from(headers['signifyd-sec-hmac-sha256'] ?? '', 'base64')
  if (!keys.some((key) => key !== TEST_KEY && isSigned(body, given, key))) {
    if (isSigned(body, given, TEST_KEY)) return { ignore: 'a test delivery, signed with a key that everybody knows' }
    throw new Fault('forged', 'The signature of a webhook does not fit its bytes. Check teamKey and formerKeys.')
  }
  const topic = headers['signifyd-topic'] ?? ''
  if (!/^[\w./:-]{1,100}$/.test(topic))
    throw new Fault('malformed', 'A signed webhook lacks its topic.', { code: 'signifyd.missing_member' })
  return { key: nameOf(body), topic }
}

function isSigned(body: Uint8Array, given: Buffer, key: string): boolean {
  const expected = createHmac('sha256', key).update(body).digest()
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** A decision is named by its case, its moment and what it says; anything else by its bytes. */
function nameOf(body: Uint8Array): string {
  const said = told.safeParse(jsonOf(body)).data
  const decision = said && decisionOf(said)
  if (said && decision) return `${said.orderId}:${caseOf(said) ?? ''}:${said.decision?.createdAt}:${decision.action}`
  return createHash('sha256').update(body).digest('hex').slice(0, 32)
}

/** Pure. What brings no decision, or one about none of our orders, translates to nothing. Throws `malformed`. */
export function translate({ topic, body }: Delivery): Message[] {
  if (typeof body !== 'object' || body === null || !('decision' in body)) return []
  const said = shaped(told, body, topic)
  const [stream, decision] = [screenedStream(said.orderId), decisionOf(said)]
  if (stream === null || decision === null) return []
  const command: NoteScreening = {
    type: 'order.noteScreening',
    reference: said.orderId,
    caseId: caseOf(said),
    decision,
  }
  return [{ stream, command: { ...command } }]
}
