/**
 * Webhooks of a simulator on their way: late, some of them twice, in another order than they were sent, and sent again
 * while they are not taken. What waits belongs to the simulator's own state, so that a snapshot holds it.
 */
import type { OutgoingHook, SimulatorIo } from './simulator.ts'

export interface PostOptions {
  /** Delay of webhooks in milliseconds, from and to: they overtake each other. */
  hookDelayMs?: readonly [number, number]
  /** Of ten events how many are sent twice. */
  doublesOfTen?: number
}

export interface Waiting {
  webhookId: string
  body: string
  dueAt: number
  sequence: number
  failures: number
  firstAt: number
}

export interface PostBox {
  /** Of webhooks, so that doubles change no name. */
  sent: number
  waiting: Waiting[]
}

/** What is the vendor's own. */
export interface Postman {
  /** Where it goes, and signed how; null when nobody is there any more. */
  addressed(one: Waiting): Pick<OutgoingHook, 'url' | 'headers'> | null
  /** It failed, the last failure counted: when it is sent again, or null when it was given up. */
  retryAt(one: Waiting): number | null
}

/** @param box as it is now: a restored snapshot is another one. */
export function openPost(box: () => PostBox, options: PostOptions, io: SimulatorIo, postman: Postman) {
  const [least, most] = options.hookDelayMs ?? [200, 3_000]

  function retry(failed: Waiting): void {
    const one = { ...failed, failures: failed.failures + 1 }
    const dueAt = postman.retryAt(one)
    if (dueAt !== null) box().waiting.push({ ...one, dueAt })
  }

  return {
    send(webhookId: string, body: string): void {
      const times = io.random() * 10 < (options.doublesOfTen ?? 0) ? 2 : 1
      for (let one = 0; one < times; one += 1) {
        const sequence = (box().sent += 1)
        const dueAt = io.now() + least + Math.floor(io.random() * (most - least + 1))
        box().waiting.push({ webhookId, body, dueAt, sequence, failures: 0, firstAt: io.now() })
      }
    },
    due(): OutgoingHook[] {
      const ready = box().waiting.filter(({ dueAt }) => dueAt <= io.now())
      box().waiting = box().waiting.filter(({ dueAt }) => dueAt > io.now())
      ready.sort((a, b) => a.dueAt - b.dueAt || a.sequence - b.sequence)
      return ready.flatMap((one) => {
        const to = postman.addressed(one)
        return to ? [{ ...to, body: one.body, settle: untilTaken(() => retry(one)) }] : []
      })
    },
    nextDueAt: (): number | null =>
      box().waiting.reduce<number | null>((first, { dueAt }) => Math.min(first ?? dueAt, dueAt), null),
  }
}

/** How a webhook settles that is sent again until it is taken: the first failure counts, and no other. */
export function untilTaken(retry: () => void): OutgoingHook['settle'] {
  let isSettled = false
  return (status) => {
    if (isSettled || (status !== null && status >= 200 && status < 300)) return
    isSettled = true
    retry()
  }
}
