/**
 * The smallest whole hub: a shop that hands in what the test says, an ERP, and whatever is put beside them with its
 * simulator; the time is the test's.
 */
import { must } from '#canon/assert.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { asRequest } from '#connectors/kit/testing.ts'
import type { Policy } from '#core/policy.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { regularWork } from '#engine/hub.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { Fault } from '../../src/fault.ts'
import type { Io } from '../../src/io.ts'
import { freshDatabase } from './database.ts'
import { anEngine, anErp, aPolicy, aShop } from './orders.ts'

/** As the `subscribed` of a connector's tests gives it. */
interface Neighbour {
  connection: Connection
  account?: { due(): OutgoingHook[] }
}

export interface SmallHubOptions {
  clock: { now: number }
  io: Io
  policy?: Policy
  beside?: Readonly<Record<string, Neighbour>>
  /** Mugs in the warehouse. */
  mugs?: number
}

export async function aSmallHub({ clock, io, policy = aPolicy, beside = {}, mugs = 10 }: SmallHubOptions) {
  const database = await freshDatabase()
  const erp = anErp({ MUG: mugs })
  const connections = Object.fromEntries(Object.entries(beside).map(([name, { connection }]) => [name, connection]))
  const engine = anEngine(database, { shop: aShop(), erp, ...connections }, { io, policy })
  const receiver = createReceiver(engine)
  const lanes = [...engine.connections].flatMap(([name, one]) => lanesOf(name, one))
  let sent = 0

  /** Until there is nothing to do. */
  async function work(): Promise<void> {
    for (;;) {
      let some = await turn(engine)
      for (const lane of lanes) some += await dispatch(engine, lane)
      if (some === 0) return
    }
  }

  /** What is due by the clock: feeds, upkeep, alarms, and what follows. */
  async function beat(): Promise<void> {
    for (const name of Object.keys(beside)) await regularWork(engine, name)
    await ringAlarms(engine)
    await work()
  }

  /** The shop says it. */
  async function hand(topic: string, body: unknown): Promise<void> {
    sent += 1
    const headers = { signature: 'good', topic, key: `k${sent}` }
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    await receiver.receive('shop', { headers, body: bytes, receivedAt: new Date(clock.now).toISOString() })
    await work()
  }

  /** What the door answers a webhook. */
  async function knock(name: string, hook: OutgoingHook): Promise<number> {
    try {
      await receiver.receive(name, asRequest(hook, clock.now))
      return 200
    } catch (error) {
      if (error instanceof Fault && error.kind === 'unavailable') return 503
      throw error
    }
  }

  async function stateIfAny<T>(stream: string): Promise<T | undefined> {
    const rows = await database.query<{ state: T }>('select state from stream where stream = $1', [stream])
    return rows[0]?.state
  }

  await hand('messages', [{ stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } }])

  return {
    database,
    engine,
    receiver,
    erp,
    work,
    beat,
    hand,
    /** A command for one stream. */
    say: (stream: string, command: { type: string; [member: string]: unknown }) =>
      hand('messages', [{ stream, command }]),
    /**
     * Time passes in steps; after each the webhooks arrive that are due.
     *
     * @param lose webhooks are lost on their way. @returns how many the hub turned away for now.
     */
    async live(pass: (ms: number) => void, ms: number, { lose = false, stepMs = 20_000 } = {}): Promise<number> {
      let turnedAway = 0
      for (let lived = 0; lived < ms; lived += stepMs) {
        pass(stepMs)
        for (const [name, { account }] of Object.entries(beside))
          for (const hook of account?.due() ?? []) {
            const answer = lose ? 200 : await knock(name, hook)
            if (answer !== 200) turnedAway += 1
            hook.settle(answer)
          }
        await beat()
      }
      return turnedAway
    },
    stateIfAny,
    state: async <T>(stream: string): Promise<T> => must(await stateIfAny<T>(stream), `${stream} is known`),
  }
}
