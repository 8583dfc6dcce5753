/** The channels' webhooks on their way to the hub: in any order, late, twice, never, or bent by somebody in between. */
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { Fault } from '../fault.ts'
import type { Estate } from './estate.ts'
import { HOT_MS } from './household.ts'
import type { Weather } from './network.ts'
import type { Oddities } from './odd.ts'
import type { Outlet } from './outlets/outlet.ts'
import type { HubProcess } from './processes.ts'
import type { Random } from './random.ts'

export interface Post {
  /**
   * Sends what the channels have to say, with whatever happens to it on the way. Throws when the process dies under it.
   *
   * @param process the one that listens now.
   * @returns how many were sent.
   */
  deliver(process: () => HubProcess): Promise<number>
  /** When the next one that was held up arrives. */
  nextMs(): number
}

interface Sent {
  outlet: Outlet
  hook: OutgoingHook
}

export interface Counter {
  estate: Estate
  random: Random
  weather: Weather
  clock: { ms: number }
  oddities: Oddities
  /** What the hub says it stored, as `<channel> <beginning of its key> <the channel's own name for the delivery>`. */
  stored: Set<string>
  findings: Set<string>
}

export function createPost({ estate, random, weather, clock, oddities, stored, findings }: Counter): Post {
  const storedMs = new Map<string, number>()
  let late: (Sent & { dueMs: number })[] = []

  const happens = (share: number) => share > 0 && random.chance(share) && ((weather.faults += 1), true)

  async function hand(process: () => HubProcess, { outlet, hook }: Sent, answerLost: boolean): Promise<void> {
    const name = new URL(hook.url).pathname.split('/').at(-1)!
    const headers = Object.fromEntries(Object.entries(hook.headers).map(([key, value]) => [key.toLowerCase(), value]))
    const receivedAt = new Date(clock.ms).toISOString()
    const request = { headers, body: Buffer.from(hook.body), receivedAt }
    const receipt = await process()
      .receiver.receive(name, request)
      .catch((error: unknown) => turnedAway(error, outlet))
    if (receipt === null) return hook.settle(503)
    const id = `${outlet.name} ${outlet.keyOf(hook)} ${outlet.nameOf(hook)}`
    const beforeMs = storedMs.get(id) ?? -Infinity
    // What is in the archive may come again: in earnest nobody repeats anything for so long.
    if (receipt === 'stored' && stored.has(id) && clock.ms - beforeMs < HOT_MS)
      findings.add(`Twice: the hub stored the webhook ${id} as new a second time.`)
    if (receipt === 'stored') {
      stored.add(id)
      storedMs.set(id, clock.ms)
    }
    hook.settle(answerLost ? null : 200)
  }

  async function send(process: () => HubProcess, sent: Sent): Promise<void> {
    const { rates } = weather
    const { outlet, hook } = sent
    const odd = happens(rates.hookOdd) ? oddities.bend(hook) : null
    if (odd) await hand(process, { outlet, hook: odd }, false)
    // Some are bent, some come both bent and straight.
    if (odd && random.chance(0.7)) return hook.settle(200)
    await hand(process, sent, happens(rates.hookAnswerLost))
    if (!happens(rates.hookTwice)) return
    clock.ms += 1
    await hand(process, sent, false)
  }

  return {
    nextMs: () => Math.min(Infinity, ...late.map(({ dueMs }) => dueMs)),
    async deliver(process) {
      const now = late.filter(({ dueMs }) => dueMs <= clock.ms)
      late = late.filter(({ dueMs }) => dueMs > clock.ms)
      const due = estate.outlets.flatMap((outlet) => outlet.due().map((hook) => ({ outlet, hook })))
      const hooks: Sent[] = [...now, ...due]
      // The order in which they were sent says nothing.
      for (let at = hooks.length - 1; at > 0; at -= 1) {
        const other = random.int(0, at)
        ;[hooks[at], hooks[other]] = [hooks[other]!, hooks[at]!]
      }
      for (const [at, sent] of hooks.entries()) {
        const { hook } = sent
        const { rates } = weather
        if (happens(rates.hookDropped)) hook.settle(sent.outlet.insists ? null : 200)
        else if (happens(rates.hookLate)) late.push({ ...sent, dueMs: clock.ms + random.int(60_000, 3 * 3_600_000) })
        else {
          try {
            await send(process, sent)
          } catch (error) {
            // The process died under it: the channel saw no answer, and the rest finds the next process.
            for (const left of hooks.slice(at)) left.hook.settle(null)
            throw error
          }
        }
      }
      return hooks.length
    },
  }
}

/**
 * A provider that signs with a certificate, and a webhook it made anew, may have to be looked up: until that is done it
 * is told to come again, and nothing else happens.
 */
function turnedAway(error: unknown, { money }: Outlet): null {
  const again = error instanceof Fault && ['unavailable', 'throttled', 'forged'].includes(error.kind)
  if (money && again) return null
  throw error
}
