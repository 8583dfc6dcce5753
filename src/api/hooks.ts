/**
 * The door for webhooks: `POST /hooks/<connection>`. No framework stands in it, since somebody else's deadline runs:
 * the exact bytes go to the receiver, and what became of them is answered.
 */
import { instantAt } from '#engine/engine.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Receipt, Receiver } from '#engine/receive.ts'
import { Fault } from '../fault.ts'
import type { Io } from '../io.ts'
import { methodNotAllowed, notFound, PROBLEM_TYPE, problemOf, Refusal, tooLarge, unavailable } from './problem.ts'

/** Shopify's largest bodies are far below. */
export const HOOK_BYTES_MAX = 2 * 1024 * 1024

export interface Hook {
  method: string
  /** As it stands in the request, query and all. */
  path: string
  /** Lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Uint8Array
}

export interface HookAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

export interface HookDoor {
  receiver: Receiver
  io: Io
  onForged(): void
}

const PREFIX = '/hooks/'
export const isHook = (path: string): boolean => path.startsWith(PREFIX)

/** What can be said without having read the body; null when it has to be read. */
export function refuseEarly({ method, path, headers }: Omit<Hook, 'body'>): Refusal | null {
  if (nameOf(path) === null) return notFound('such hook')
  if (method !== 'POST') return methodNotAllowed(method, ['POST'])
  const encoding = String(headers['content-encoding'] ?? 'identity')
    .trim()
    .toLowerCase()
  if (encoding !== 'identity' && encoding !== '') return ENCODED
  return Number(headers['content-length'] ?? 0) > HOOK_BYTES_MAX ? tooLarge(HOOK_BYTES_MAX) : null
}

const ENCODED = new Refusal(415, 'encoded', {
  title: 'Compressed bodies are not taken',
  detail: 'The body has a content encoding, and its signature is over other bytes.',
  cure: 'Send it without content encoding.',
})

function nameOf(path: string): string | null {
  const name = path.slice(PREFIX.length).split('?', 1)[0]!
  return isHook(path) && /^[a-z][a-z0-9-]{0,62}$/.test(name) ? name : null
}

/** Takes one delivery. Never throws. */
export async function takeHook(hook: Hook, door: HookDoor): Promise<HookAnswer> {
  const early = refuseEarly(hook)
  if (early) return answerOf(early, hook.path)
  if (hook.body.length > HOOK_BYTES_MAX) return answerOf(tooLarge(HOOK_BYTES_MAX), hook.path)
  const name = nameOf(hook.path)!
  try {
    const receivedAt = instantAt(door.io.now())
    const receipt = await door.receiver.receive(name, { headers: usable(hook.headers), body: hook.body, receivedAt })
    return taken(receipt)
  } catch (error) {
    return answerOf(refusalOf(error, name, door), hook.path)
  }
}

const taken = (receipt: Receipt): HookAnswer => ({ status: 200, headers: { 'crossdock-receipt': receipt }, body: '' })

export function answerOf(refusal: Refusal, path: string): HookAnswer {
  const body = JSON.stringify(problemOf(refusal, path.split('?', 1)[0]!))
  return { status: refusal.status, headers: { 'content-type': PROBLEM_TYPE, ...refusal.headers }, body }
}

const PRINTABLE = /^[\x20-\x7e]*$/

/** Names of deliveries are made of headers and end in an index: what does not fit there counts as absent. */
function usable(headers: Hook['headers']): Record<string, string | undefined> {
  // One plain loop: this runs for every webhook, on the thread that has least to spare.
  const kept: Record<string, string | undefined> = {}
  for (const name in headers) {
    const value = headers[name]
    const text = typeof value === 'string' ? value : value?.join(', ')
    if (text !== undefined && text.length <= 1_000 && PRINTABLE.test(text)) kept[name] = text
  }
  return kept
}

function refusalOf(error: unknown, name: string, { io, onForged }: HookDoor): Refusal {
  if (!(error instanceof Fault)) {
    io.log('error', 'a delivery could not be stored', {
      connection: name,
      reason: error instanceof Error ? error.message : String(error),
    })
    return unavailable(5)
  }
  switch (error.kind) {
    case 'forged':
      onForged()
      io.log('warn', 'a delivery was refused', { connection: name, kind: error.kind, reason: error.message })
      return new Refusal(401, 'forged', {
        title: 'The signature does not fit',
        detail: 'Nothing was stored.',
        cure: 'Check the signing secret of the connection.',
      })
    case 'malformed':
      io.log('warn', 'a delivery was refused', { connection: name, kind: error.kind, reason: error.message })
      return new Refusal(400, 'malformed', {
        title: 'The delivery is not usable',
        detail: error.message,
        cure: 'Send it as documented.',
      })
    case 'rejected':
      return notFound('such hook')
    case 'throttled':
      return new Refusal(
        503,
        'busy',
        { title: 'Too much at once', detail: 'Nothing was stored.', cure: 'Send it again after the wait.' },
        { 'retry-after': String(Math.max(1, Math.ceil((error.retryAfterMs ?? 1_000) / 1_000))) },
      )
    default:
      io.log('error', 'a delivery could not be taken', { connection: name, kind: error.kind, reason: error.message })
      return unavailable(5)
  }
}

/** The same over a socket. */
export async function serveHook(request: IncomingMessage, response: ServerResponse, door: HookDoor): Promise<void> {
  const hook = { method: request.method ?? '', path: request.url ?? '', headers: request.headers }
  const early = refuseEarly(hook)
  const body = early ? early : await readBody(request)
  if (body === null) return
  const answer = body instanceof Refusal ? answerOf(body, hook.path) : await takeHook({ ...hook, body }, door)
  // What was not read would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close')
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) })
  response.end(answer.body)
}

/** The exact bytes; a refusal when there are too many; null when the sender hung up. */
function readBody(request: IncomingMessage): Promise<Buffer | Refusal | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > HOOK_BYTES_MAX) {
        request.pause()
        request.removeAllListeners('data')
        resolve(tooLarge(HOOK_BYTES_MAX))
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', () => resolve(null))
    request.on('close', () => resolve(null))
  })
}
