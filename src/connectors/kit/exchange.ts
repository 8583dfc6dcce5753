/**
 * One HTTP exchange with a vendor, the same for all: paid from the budget, never redirected, given up after a while. An
 * answer that is lost, late or no JSON is `unavailable`, since the work may have been done. What a refusal means and
 * every code is the connector's own.
 */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Bill, Budget } from './budget.ts'
import { jsonOf } from './shape.ts'

export interface Vendor {
  /** As people call it: `Stripe`. */
  name: string
  codes: { noAnswer: string; noJson: string }
  bucket: string
  /** 0 waits for ever (the simulation answers or rejects). */
  requestTimeoutMs: number
  /** Reads the head of each answer: their clock, what is left of a limit. @returns the bill, where it says one. */
  seen?(response: Response): Bill | void
  /** An answer without a body is null; else it is no JSON. */
  mayBeEmpty?: true
}

export interface Exchange {
  /** What it is for, to be shown: `listing refunds`. */
  what: string
  /** Yields to everybody who is not. */
  patient: boolean
  request: RequestInit & { url: string }
  /** Of an answer that is no success. null: it is an answer all the same, and says that there is nothing. */
  refusal(response: Response, text: string): Fault | null
}

/** @returns what gives an answer's JSON. It throws `throttled` by our own budget, `unavailable`, and every refusal. */
export function openExchange(vendor: Vendor, { fetch }: Pick<Io, 'fetch'>, budget: Budget) {
  const { name, codes, bucket, requestTimeoutMs, seen, mayBeEmpty = false } = vendor
  const answer = <T>(work: () => Promise<T>) => answered(work, `${name} did not answer.`, codes.noAnswer)

  return async function exchange({ what, patient, request, refusal }: Exchange): Promise<unknown> {
    const settle = await budget.draw({ bucket, price: 1, patient, what })
    let bill: Bill = {}
    try {
      const { url, ...init } = request
      const sent = guarded(url, init, requestTimeoutMs)
      const response = await answer(() => fetch(sent))
      bill = seen?.(response) ?? {}
      if (response.status === 429) bill = { refused: true }
      const text = await answer(() => response.text())
      const fault = response.ok ? undefined : refusal(response, text)
      if (fault) throw fault
      if (fault === null || (mayBeEmpty && text.trim() === '')) return null
      const json = jsonOf(text)
      if (json !== undefined) return json
      throw new Fault('unavailable', `The answer of ${name} to ${what} is no JSON.`, { code: codes.noJson })
    } finally {
      settle(bill)
    }
  }
}

/** A redirect could carry a secret to another host, so it is an answer like any other. */
export const guarded = (url: string | URL, init: RequestInit, requestTimeoutMs: number): Request =>
  new Request(url, {
    ...init,
    redirect: 'manual',
    signal: requestTimeoutMs > 0 ? AbortSignal.timeout(requestTimeoutMs) : null,
  })

/** What comes back, or `unavailable`. @param lost how it did not come, as a sentence. */
export async function answered<T>(work: () => Promise<T>, lost: string, code: string): Promise<T> {
  try {
    return await work()
  } catch {
    throw new Fault('unavailable', `${lost} Whether the work was done is not known.`, { code })
  }
}

/** A client, and behind `patient` the same yielding to everybody who is not: for feeds and upkeep. */
export function withPatience<C extends { patient: C }>(client: (patient: boolean) => Omit<C, 'patient'>): C {
  const slow = client(true) as C
  slow.patient = slow
  return { ...client(false), patient: slow } as C
}

/** `Retry-After` in milliseconds: seconds, or a date for those who say what time it is. undefined: neither was said. */
export function retryAfterMs(headers: Headers, nowMs?: number): number | undefined {
  const text = headers.get('retry-after')
  if (!text) return undefined
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds * 1_000))
  const at = nowMs === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs!)
}

export interface Passing {
  /** What was answered to what, as a sentence. */
  said: string
  codes: { throttled: string; serverError: string }
  /** What the vendor asks to wait. */
  waitMs: number | undefined
  /** Waited after a 429 that says nothing. */
  defaultMs: number
}

/** The fault of a status that passes by itself: 429, 408 and the server's own errors. null: it is none. */
export function passingFault(status: number, { said, codes, waitMs, defaultMs }: Passing): Fault | null {
  if (status === 429) {
    const details = { code: codes.throttled, retryAfterMs: waitMs ?? defaultMs }
    return new Fault('throttled', `${said} Sending goes on after the wait.`, details)
  }
  if (status < 500 && status !== 408) return null
  const details = { code: codes.serverError, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) }
  return new Fault('unavailable', said, details)
}
