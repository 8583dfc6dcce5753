/** The queue that Amazon puts its notifications into: SQS by its JSON protocol, each request signed. */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { jsonOf } from '../kit/shape.ts'
import type { AmazonConfig } from './config.ts'
import { MESSAGES_PER_READ, VISIBILITY_S } from './limits.ts'
import { type AwsKey, signed } from './sigv4.ts'
import { statusFault, textOf, type Wire } from './wire.ts'

export interface QueueMessage {
  messageId: string
  /** Names this handing-out of the message; by it the message is deleted. */
  receipt: string
  body: string
}

export interface Queue {
  /** The next messages, in any order; each comes again after the visibility timeout unless it is deleted. */
  receive(): Promise<QueueMessage[]>
  /** Deleting one that is gone already is no error. */
  remove(receipts: readonly string[]): Promise<void>
  /** About how many messages wait. */
  waiting(): Promise<number>
}

const received = z.object({
  Messages: z.array(z.object({ MessageId: z.string(), ReceiptHandle: z.string(), Body: z.string() })).nullish(),
})
const attributes = z.object({ Attributes: z.object({ ApproximateNumberOfMessages: z.string() }) })
const failure = z.record(z.string(), z.unknown())
const removed = z.object({ Failed: z.array(z.object({ SenderFault: z.boolean() })).nullish() })

export function openQueue({ url, arn }: NonNullable<AmazonConfig['queue']>, key: () => AwsKey, wire: Wire): Queue {
  const region = arn.split(':')[3]!
  const endpoint = new URL('/', url)

  async function call<T>(action: string, answer: z.ZodType<T>, ask: object): Promise<T> {
    const body = JSON.stringify({ QueueUrl: url, ...ask })
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` }
    const nowMs = wire.now()
    const { host: _, ...sent } = signed(
      { method: 'POST', url: endpoint, headers, body, region, service: 'sqs', nowMs },
      key(),
    )
    const response = await wire.send(endpoint.href, { method: 'POST', headers: sent, body })
    const text = await textOf(response)
    if (response.status !== 200) throw faultOf(response, text, action, nowMs)
    const parsed = answer.safeParse(jsonOf(text))
    if (parsed.success) return parsed.data
    throw new Fault('unavailable', `The queue's answer to ${action} is not as it must be.`, {
      code: 'amazon.unexpected_answer',
    })
  }

  return {
    async receive() {
      const ask = { MaxNumberOfMessages: MESSAGES_PER_READ, VisibilityTimeout: VISIBILITY_S, WaitTimeSeconds: 0 }
      const { Messages } = await call('ReceiveMessage', received, ask)
      return (Messages ?? []).map(({ MessageId, ReceiptHandle, Body }) => ({
        messageId: MessageId, receipt: ReceiptHandle, body: Body,
      })) // prettier-ignore
    },
    async remove(receipts) {
      for (let at = 0; at < receipts.length; at += MESSAGES_PER_READ) {
        const Entries = receipts
          .slice(at, at + MESSAGES_PER_READ)
          .map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }))
        await call('DeleteMessageBatch', removed, { Entries })
      }
    },
    async waiting() {
      const answer = await call('GetQueueAttributes', attributes, { AttributeNames: ['ApproximateNumberOfMessages'] })
      return Number(answer.Attributes.ApproximateNumberOfMessages)
    },
  }
}

function faultOf(response: Response, text: string, action: string, now: number): Fault {
  const named = failure.safeParse(jsonOf(text)).data?.['__type']
  const type = typeof named === 'string' ? (named.split('#').at(-1) ?? '') : ''
  if (/throttl/i.test(type))
    return new Fault('throttled', `The queue asked us to slow down at ${action}.`, {
      code: 'amazon.throttled', retryAfterMs: 1_000,
    }) // prettier-ignore
  if (/AccessDenied|InvalidClientTokenId|Signature|UnrecognizedClient|MissingAuthentication|ExpiredToken/i.test(type))
    return new Fault('unauthorised', `The queue refused ${action}. Check the AWS access key and the queue's policy.`, {
      code: 'amazon.queue_refused',
    })
  if (/NonExistentQueue|QueueDoesNotExist/i.test(type))
    return new Fault('rejected', 'The queue does not exist. Check queue.url in the configuration.', {
      code: 'amazon.queue_missing',
    })
  return statusFault(response, { what: `${action} at the queue`, now })
}
