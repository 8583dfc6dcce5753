/** A hub that is driven step by step, in the time it is given: what is due is handed in, read, decided and sent. */
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { ringAlarms } from '#engine/alarms.ts'
import type { Lane } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { regularWork } from '#engine/hub.ts'
import type { Receiver } from '#engine/receive.ts'
import { takeUpload } from '#engine/till-answer.ts'
import { turn } from '#engine/turn.ts'
import { Fault } from '../fault.ts'
import { dispatchAll, readOwed } from './processes.ts'

export interface Driven {
  engine: Engine
  receiver: Receiver
  lanes: readonly Lane[]
}

const PASSES_MAX = 200

/** @returns how many calls that took, feeds apart: those are never done. */
export async function step({ engine, receiver, lanes }: Driven, hooks: readonly OutgoingHook[]): Promise<number> {
  await engine.life?.beat()
  for (const hook of hooks) hook.settle(await hand(engine, receiver, hook))
  for (const name of engine.connections.keys()) await regularWork(engine, name)
  await ringAlarms(engine)
  return drain({ engine, lanes })
}

/** Decides and sends until nothing is due, or a vendor's limit holds it back. @returns how many calls that took. */
export async function drain({ engine, lanes }: Pick<Driven, 'engine' | 'lanes'>): Promise<number> {
  let calls = 0
  for (let passes = 0; passes < PASSES_MAX; passes += 1) {
    const owed = await readOwed(engine.database)
    const decided = owed.undecided ? await turn(engine) : 0
    const called = await dispatchAll({ engine, lanes }, owed)
    if (decided + called === 0) break
    calls += called
  }
  return calls
}

const STORE_DOOR = /^\/api\/stores\/([^/]+)\/batches$/

/** @returns the status the hub's door would answer. */
async function hand(engine: Engine, receiver: Receiver, { url, headers, body }: OutgoingHook): Promise<number> {
  const { pathname } = new URL(url)
  const lower = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]))
  const bytes = Buffer.from(body)
  const receivedAt = new Date(engine.io.now()).toISOString()
  const store = STORE_DOOR.exec(pathname)?.[1]
  try {
    if (store === undefined) {
      await receiver.receive(pathname.split('/').at(-1)!, { headers: lower, body: bytes, receivedAt })
      return 200
    }
    const taken = await takeUpload(engine, receiver, { store, bytes, signature: lower['crossdock-signature'] })
    return taken?.refused.length === 0 && taken.registers.every(({ asked }) => asked.length === 0) ? 200 : 422
  } catch (error) {
    // It has just begun to listen and does not know every key yet: the sender comes again.
    if (error instanceof Fault && error.kind === 'forged') return 401
    throw error
  }
}
