/** The queue of the simulated account: SQS by its JSON protocol, at least once and in no order. */
import { createHash } from 'node:crypto'
import { signed } from '../sigv4.ts'
import type { World } from './state.ts'

const SKEW_MAX_MS = 5 * 60_000

export async function answerQueue(world: World, request: Request): Promise<Response> {
  const { options, io } = world
  const text = await request.text()
  if (!options.queue) return failed(400, 'com.amazonaws.sqs#QueueDoesNotExist')
  const refusal = refusalOf(world, request, text)
  if (refusal) return failed(403, refusal)
  const ask = (jsonOf(text) ?? {}) as Ask
  if (ask.QueueUrl !== options.queue.url) return failed(400, 'com.amazonaws.sqs#QueueDoesNotExist')
  const action = request.headers.get('x-amz-target')
  if (action === 'AmazonSQS.ReceiveMessage') return answered(receive(world, ask), io.now())
  if (action === 'AmazonSQS.DeleteMessage') {
    remove(world, ask.ReceiptHandle ?? '')
    return answered({}, io.now())
  }
  if (action === 'AmazonSQS.DeleteMessageBatch') {
    for (const { ReceiptHandle } of ask.Entries ?? []) remove(world, ReceiptHandle)
    return answered({ Successful: (ask.Entries ?? []).map(({ Id }) => ({ Id })), Failed: [] }, io.now())
  }
  if (action === 'AmazonSQS.GetQueueAttributes')
    return answered({ Attributes: { ApproximateNumberOfMessages: String(visible(world).length) } }, io.now())
  return failed(400, 'com.amazonaws.sqs#UnsupportedOperation')
}

interface Ask {
  QueueUrl?: string
  MaxNumberOfMessages?: number
  VisibilityTimeout?: number
  ReceiptHandle?: string
  Entries?: { Id: string; ReceiptHandle: string }[]
}

/** The signature is made again from what arrived. */
function refusalOf({ options, io }: World, request: Request, body: string): string | null {
  const { headers } = request
  const authorization = headers.get('authorization') ?? ''
  if (!authorization) return 'com.amazon.coral.service#MissingAuthenticationTokenException'
  const { accessKeyId, secretAccessKey, arn } = options.queue!
  if (!authorization.includes(`Credential=${accessKeyId}/`))
    return 'com.amazon.coral.service#UnrecognizedClientException'
  const at = (headers.get('x-amz-date') ?? '').replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6.000Z',
  )
  const nowMs = Date.parse(at)
  if (Number.isNaN(nowMs) || Math.abs(nowMs - io.now()) > SKEW_MAX_MS)
    return 'com.amazon.coral.service#InvalidSignatureException'
  const given = Object.fromEntries(['content-type', 'x-amz-target'].map((name) => [name, headers.get(name) ?? '']))
  const url = new URL(request.url)
  const again = signed(
    { method: request.method, url, headers: given, body, region: arn.split(':')[3]!, service: 'sqs', nowMs },
    { accessKeyId, secretAccessKey },
  )
  return again['authorization'] === authorization ? null : 'com.amazon.coral.service#InvalidSignatureException'
}

const visible = ({ state, io }: World) => state.messages.filter(({ visibleAt }) => visibleAt <= io.now())

function receive(world: World, { MaxNumberOfMessages = 1, VisibilityTimeout = 30 }: Ask): object {
  const { state, io } = world
  const waiting = visible(world)
  const Messages: object[] = []
  while (Messages.length < MaxNumberOfMessages && waiting.length > 0) {
    const [entry] = waiting.splice(Math.floor(io.random() * waiting.length), 1)
    entry!.visibleAt = io.now() + VisibilityTimeout * 1_000
    entry!.received += 1
    entry!.receipt = `receipt-${entry!.id}-${entry!.received}`
    state.counts.received += 1
    const MD5OfBody = createHash('md5').update(entry!.body).digest('hex')
    Messages.push({ MessageId: entry!.id, ReceiptHandle: entry!.receipt, MD5OfBody, Body: entry!.body })
  }
  return Messages.length === 0 ? {} : { Messages }
}

function remove({ state }: World, receipt: string): void {
  const left = state.messages.filter((entry) => entry.receipt !== receipt)
  state.counts.deleted += state.messages.length - left.length
  state.messages = left
}

const TYPE = { 'content-type': 'application/x-amz-json-1.0' }

const answered = (body: object, now: number): Response =>
  new Response(JSON.stringify(body), { headers: { ...TYPE, date: new Date(now).toUTCString() } })

const failed = (status: number, type: string): Response =>
  new Response(JSON.stringify({ __type: type, message: 'Refused.' }), { status, headers: TYPE })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
