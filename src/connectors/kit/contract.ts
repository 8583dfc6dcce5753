/**
 * The one suite every connector passes against its own simulator: what it receives is genuine and named the same every
 * time, what it sends is done once however often it is sent, it waits as long as it is told, and it never says a
 * secret. Call `connectorContract` inside a vitest file; every test opens a fresh subject.
 */
import type { Ask, IntentType } from '#core/intents.ts'
import { describe, expect, test } from 'vitest'
import { type Fault, toFault } from '../../fault.ts'
import type { Fetch, Log } from '../../io.ts'
import type { Connection, HookRequest } from './connector.ts'
import { send } from './testing.ts'

/** What the suite hands to the maker: the connection under test must use both. */
export interface ContractSurroundings {
  /** Puts the suite's bad network between the connection and its simulator. */
  wrap(fetch: Fetch): Fetch
  log: Log
}

/** One intent: how to get the other side ready for it, and how to count what the other side believes. */
export interface IntentCase<T extends IntentType> {
  /** Creates what the intent needs over there, through the control plane, and says what to ask. */
  prepare(): Ask<T> | Promise<Ask<T>>
  /** How many times the other side believes the work was done: 0 before, 1 after. Absent for intents that only read. */
  count?(ask: Ask<T>): number | Promise<number>
}

export interface Subject {
  connection: Connection
  /** The values (not the references) that must never be seen in a message or a log line. */
  secrets: readonly string[]
  /** Absent when the system sends no webhooks. */
  hooks?: {
    genuine: HookRequest
    /** Another event, as genuine as the first. */
    another: HookRequest
    /** Requests to refuse, besides those the suite makes itself by changing the body. */
    forged?: readonly HookRequest[]
    /** The sender proves who it is and signs nothing: whoever holds the key may say what it likes. */
    unsigned?: true
  }
  intents: { [T in IntentType]?: IntentCase<T> }
}

type Fate = 'pass' | 'answer lost' | 'asked to slow down' | 'echoed with 401' | 'echoed with 400' | 'echoed with 500'

const RETRY_AFTER_S = 7

/**
 * @param types the intents the maker gives a case for; all of them unless said, named here because tests are named
 *   before one is made.
 */
export function connectorContract(
  name: string,
  types: readonly IntentType[],
  make: (surroundings: ContractSurroundings) => Subject | Promise<Subject>,
): void {
  const open = async () => {
    const network = badNetwork()
    const subject = await make(network)
    return { ...subject, network }
  }

  describe(`${name}: the contract of every connector`, () => {
    hookTests(open)
    for (const type of types) intentTests(type, open)

    test('has a case for every intent it can do', async () => {
      const { connection, intents } = await open()
      expect(Object.keys(intents).sort()).toEqual([...types].sort())
      expect(Object.keys(connection.outbound).sort()).toEqual([...types].sort())
    })

    test('check() finds something to say, and says no secret', async () => {
      const { connection, secrets } = await open()
      const findings = await connection.check()
      expect(findings.length).toBeGreaterThan(0)
      for (const { level, about, message } of findings) {
        expect(['ok', 'warning', 'error']).toContain(level)
        expect(about).not.toBe('')
        expect(message).not.toBe('')
      }
      for (const secret of secrets) expect(JSON.stringify(findings)).not.toContain(secret)
    })
  })
}

type Open = () => Promise<Subject & { network: BadNetwork }>

function hookTests(open: Open): void {
  test('the same delivery is named the same, another one differently', async () => {
    const { connection, hooks } = await open()
    if (!hooks || !connection.receive) return expect(connection.receive).toBe(undefined)
    const first = connection.receive(hooks.genuine)
    expect(first).toHaveProperty('key')
    expect(connection.receive({ ...hooks.genuine, receivedAt: hooks.another.receivedAt })).toEqual(first)
    const other = connection.receive(hooks.another)
    expect('key' in first && 'key' in other && first.key !== other.key).toBe(true)
  })

  test('a genuine delivery translates', async () => {
    const { connection, hooks } = await open()
    if (!hooks || !connection.receive) return
    const received = connection.receive(hooks.genuine)
    if ('ignore' in received) return
    const body = JSON.parse(new TextDecoder().decode(received.body ?? hooks.genuine.body)) as never
    const delivery = { topic: received.topic, body, receivedAt: hooks.genuine.receivedAt }
    const messages = connection.translate(delivery)
    expect(connection.translate(delivery)).toEqual(messages)
    for (const { stream } of messages) expect(stream).toMatch(/^[a-z-]+\/./)
  })

  test('a changed, cut or empty body is refused without a word about the secret', async () => {
    const { connection, hooks, secrets, network } = await open()
    if (!hooks || !connection.receive) return
    const { genuine } = hooks
    const changed = genuine.body.slice()
    changed[changed.length >> 1]! ^= 1
    const bodies = hooks.unsigned
      ? [genuine.body.slice(0, -1), new Uint8Array(0)]
      : [changed, genuine.body.slice(0, -1), new Uint8Array(0), new Uint8Array([...genuine.body, 10])]
    const requests = [...bodies.map((body) => ({ ...genuine, body })), ...(hooks.forged ?? [])]
    for (const request of requests) {
      const fault = await faultOf(() => connection.receive!(request))
      expect(['forged', 'malformed']).toContain(fault?.kind)
      expectSilent([fault], network, secrets)
    }
  })
}

function intentTests(type: IntentType, open: Open): void {
  const ready = async () => {
    const subject = await open()
    const it = subject.intents[type] as IntentCase<IntentType> | undefined
    if (!it) throw new Error(`No case for ${type}.`)
    const ask = await it.prepare()
    const sendIt = () => send(subject.connection, type, ask, { key: `order/contract/1/${type}` })
    return { ...subject, it, ask, send: sendIt }
  }

  test(`${type}: sent twice, done once`, async () => {
    const { it, ask, send } = await ready()
    if (it.count) expect(await it.count(ask)).toBe(0)
    expect(await send()).toHaveProperty('answer')
    expect(await send()).toHaveProperty('answer')
    if (it.count) expect(await it.count(ask)).toBe(1)
  })

  // The n-th request of the attempt is spoiled, for every n there is; then the same intent is sent again.
  for (const fate of ['answer lost', 'asked to slow down'] as const) {
    test(`${type}: ${fate} at any request, sent again, done once`, async () => {
      for (let nth = 1, spoiled = true; spoiled; nth++) {
        const { it, ask, send, network } = await ready()
        network.spoil(nth, fate)
        const outcome = await send()
        spoiled = network.calm()
        if ('fault' in outcome && fate === 'asked to slow down') {
          expect(outcome.fault.kind).toBe('throttled')
          expect(outcome.fault.retryAfterMs).toBe(RETRY_AFTER_S * 1_000)
        } else if ('fault' in outcome) {
          expect(outcome.fault.kind).toBe('unavailable')
        }
        if (spoiled && fate === 'asked to slow down') expect(outcome).toHaveProperty('fault')
        expect(await send()).toHaveProperty('answer')
        if (it.count) expect(await it.count(ask)).toBe(1)
      }
    })
  }

  test(`${type}: says no secret, whatever comes back`, async () => {
    for (const fate of ['echoed with 401', 'echoed with 400', 'echoed with 500'] as const) {
      for (let nth = 1, spoiled = true; spoiled; nth++) {
        const { send, network, secrets } = await ready()
        network.spoil(nth, fate, Infinity)
        const outcome = await send()
        spoiled = network.calm()
        if (spoiled) expect(outcome).toHaveProperty('fault')
        expectSilent(['fault' in outcome ? outcome.fault : null], network, secrets)
      }
    }
  })
}

async function faultOf(work: () => unknown): Promise<Fault | null> {
  try {
    await work()
    return null
  } catch (error) {
    return toFault(error)
  }
}

function expectSilent(faults: (Fault | null)[], network: BadNetwork, secrets: readonly string[]): void {
  const said = [...faults.map((fault) => `${fault?.message} ${fault?.code}`), ...network.lines].join('\n')
  for (const secret of secrets) expect(said).not.toContain(secret)
}

interface BadNetwork extends ContractSurroundings {
  /** Spoils the n-th request from now (1 is the next), and as many after it as said. */
  spoil(nth: number, fate: Fate, times?: number): void
  /** Lets everything pass again, and says whether a request was spoiled. */
  calm(): boolean
  lines: string[]
}

function badNetwork(): BadNetwork {
  const lines: string[] = []
  const plan = { fate: 'pass' as Fate, from: 0, to: 0, seen: 0, hit: false }
  return {
    lines,
    log: (level, message, fields) => void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    spoil: (nth, fate, times = 1) =>
      void Object.assign(plan, { fate, from: nth, to: nth + times - 1, seen: 0, hit: false }),
    calm: () => {
      plan.fate = 'pass'
      return plan.hit
    },
    wrap: (fetch) => async (request) => {
      plan.seen += 1
      if (plan.fate === 'pass' || plan.seen < plan.from || plan.seen > plan.to) return fetch(request)
      plan.hit = true
      if (plan.fate === 'asked to slow down') {
        return new Response('Too many requests', { status: 429, headers: { 'retry-after': String(RETRY_AFTER_S) } })
      }
      if (plan.fate === 'answer lost') {
        await fetch(request)
        throw new TypeError('The connection was cut before the answer arrived.')
      }
      return echo(request, Number(plan.fate.slice(-3)))
    },
  }
}

/** What careless servers and proxies do: an error page that repeats the request, credentials and all. */
async function echo(request: Request, status: number): Promise<Response> {
  const text = `${request.method} ${request.url} ${JSON.stringify([...request.headers])} ${await request.text()}`
  return Response.json({ error: text, errors: [{ message: text }], error_description: text }, { status })
}
