/**
 * A simulated Signifyd team: a fetch, a source of signed webhooks that come late and doubled, and a control plane
 * through which cases are decided, changed and never decided at all.
 */
import { createHmac } from 'node:crypto'
import type { Fetch } from '../../../io.ts'
import type { OutgoingHook, Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { API_VERSION, TEST_KEY } from '../limits.ts'
import { untilTaken } from '../../kit/simulator-post.ts'

export interface SignifydOptions {
  teamKey: string
  /** Entered in its console by a person. */
  hookUrl: string
  /** What it says of a sale at once; nothing unless said. */
  atOnce?: Action
  hookDelayMs?: number
  /** Every webhook is sent twice. */
  doubled?: boolean
}
type Action = 'ACCEPT' | 'REJECT' | 'HOLD' | 'CHALLENGE' | 'CREDIT'

interface Case {
  signifydId: number
  orderId: string
  body: Sale
  decision: { createdAt: string; checkpointAction: string; checkpointActionReason: string; score: number } | null
}

interface Sale {
  orderId?: unknown
  purchase?: { totalPrice?: unknown; currency?: unknown; createdAt?: unknown; products?: unknown[] }
}

interface Waiting {
  body: string
  topic: string
  key: string
  dueAt: number
}

export interface SignifydStored {
  sequence: number
  cases: Case[]
  waiting: Waiting[]
}

export interface SignifydTeam extends Simulator {
  /** Decides the last case of an order, or decides it anew. */
  decide(orderId: string, action: Action, reason?: string): void
  /** Somebody presses the button in the console: signed with a key that everybody knows. */
  sendTest(): void
  beliefs(): { orderId: string; body: Sale; action: string | null }[]
  snapshot(): SignifydStored
  restore(stored: SignifydStored): void
}

export const DECISION_TOPIC = 'ORDER_CHECKPOINT_ACTION_UPDATE'
const RETRY_MS = 30_000

export function createSignifyd(options: SignifydOptions, io: SimulatorIo): SignifydTeam {
  let stored: SignifydStored = { sequence: 3_000_000_000, cases: [], waiting: [] }
  const emit = (body: string, key: string) => {
    const hook: Waiting = { body, topic: DECISION_TOPIC, key, dueAt: io.now() + (options.hookDelayMs ?? 1_000) }
    stored.waiting.push(hook, ...(options.doubled ? [{ ...hook }] : []))
  }
  const decide = (one: Case, checkpointAction: Action, checkpointActionReason: string) => {
    // With microseconds, as the real one has them.
    const createdAt = new Date(io.now()).toISOString().replace('Z', '721Z')
    one.decision = { createdAt, checkpointAction, checkpointActionReason, score: 500 }
  }
  const lastOf = (orderId: string) => stored.cases.findLast((one) => one.orderId === orderId)

  function sell(body: Sale): Response {
    const wrong = wrongIn(body)
    if (wrong.length > 0) return refuse(400, wrong)
    const one: Case = { signifydId: (stored.sequence += 1), orderId: String(body.orderId), body, decision: null }
    if (options.atOnce) decide(one, options.atOnce, 'SIGNIFYD_POLICY')
    stored.cases.push(one)
    return Response.json(viewOf(one), { status: 201 })
  }

  const fetch: Fetch = async (request) => {
    const basic = `Basic ${Buffer.from(`${options.teamKey}:`).toString('base64')}`
    if (request.headers.get('authorization') !== basic) return refuse(401, ['Authentication required.'])
    const path = new URL(request.url).pathname
    if (request.method === 'POST' && path === `/${API_VERSION}/orders/events/sales`) {
      const body = parsed(await request.text())
      return body ? sell(body) : refuse(400, ['The body is no JSON object.'])
    }
    const asked = /^\/v3\/orders\/([^/]+)\/decision$/.exec(path)
    const one = request.method === 'GET' && asked ? lastOf(decodeURIComponent(asked[1]!)) : undefined
    return one ? Response.json(viewOf(one)) : refuse(404, ['There is no such order.'])
  }

  return {
    fetch,
    due() {
      const ready = stored.waiting.filter(({ dueAt }) => dueAt <= io.now())
      stored.waiting = stored.waiting.filter(({ dueAt }) => dueAt > io.now())
      const again = (one: Waiting) => stored.waiting.push({ ...one, dueAt: io.now() + RETRY_MS })
      return ready.map((one) => outgoing(one, options.hookUrl, () => again(one)))
    },
    decide(orderId, action, reason = `SIGNIFYD_${action}`) {
      const one = lastOf(orderId)
      if (!one) throw new Error(`The simulated Signifyd has no order ${orderId}.`)
      decide(one, action, reason)
      emit(JSON.stringify(viewOf(one)), options.teamKey)
    },
    sendTest: () => emit(JSON.stringify({ test: true }), TEST_KEY),
    beliefs: () =>
      stored.cases.map(({ orderId, body, decision }) => ({
        orderId,
        body,
        action: decision?.checkpointAction ?? null,
      })),
    snapshot: () => structuredClone(stored),
    restore: (before) => void (stored = structuredClone(before)),
  }
}

const refuse = (status: number, messages: string[]): Response => Response.json({ messages, errors: {} }, { status })

const viewOf = ({ signifydId, orderId, decision }: Case) => ({ signifydId, checkoutId: null, orderId, decision })

function parsed(text: string): Sale | null {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' ? (body as Sale | null) : null
  } catch {
    return null
  }
}

/** An order without its name, its sum or its goods cannot be screened. */
function wrongIn({ orderId, purchase }: Sale): string[] {
  const { totalPrice, currency, createdAt, products } = purchase ?? {}
  return [
    ...(typeof orderId === 'string' && orderId !== '' ? [] : ['orderId is required.']),
    ...(typeof totalPrice === 'number' ? [] : ['purchase.totalPrice is required.']),
    ...(typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? [] : ['purchase.currency is required.']),
    ...(typeof createdAt === 'string' ? [] : ['purchase.createdAt is required.']),
    ...(Array.isArray(products) && products.length > 0 ? [] : ['purchase.products is required.']),
  ]
}

function outgoing({ body, topic, key }: Waiting, url: string, again: () => void): OutgoingHook {
  return {
    url,
    headers: {
      'content-type': 'application/json',
      'signifyd-topic': topic,
      'signifyd-sec-hmac-sha256': createHmac('sha256', key).update(body).digest('base64'),
    },
    body,
    settle: untilTaken(again),
  }
}
