/** The one door to the hub: every request of the console goes through here, every trouble comes out as a problem. */
import { signal } from '@preact/signals'
import type { Accepted } from '../../src/api/contract-parts.ts'
import type { Problem, Revived } from '../../src/api/contract.ts'
import type { Session } from '../../src/api/contract-session.ts'

/** Whether somebody has to log in before anything can be shown. */
export const loginNeeded = signal(false)

/** False while the hub cannot be reached at all. */
export const reachable = signal(true)

/** Thrown by every call that did not succeed; `problem` says in plain words what happened and what to do. */
export class Trouble extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

export const read = <T>(path: string, abort?: AbortSignal): Promise<T> => call<T>(path, abort ? { signal: abort } : {})

/** Asks for an action. Its key makes the request count once, however often it has to be sent. */
export const act = <T>(path: string, body: unknown): Promise<T> =>
  call<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': freshKey() },
    body: JSON.stringify(body),
  })

/** Not `randomUUID`: browsers have that only on https and on this machine. */
export const freshKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

const orderAt = (channel: string, externalId: string): string =>
  `/api/orders/${encodeURIComponent(channel)}/${encodeURIComponent(externalId)}`

export const readOrderPath = orderAt
export const resumeStock = (pool: string, sku: string): Promise<Accepted> =>
  act(`/api/stock/${encodeURIComponent(pool)}/${encodeURIComponent(sku)}`, {})
/** @param mode null leaves it to policy. */
export const setStockMode = (pool: string, sku: string, mode: 'exclusive' | 'shared' | null): Promise<Accepted> =>
  act(`/api/stock-mode/${encodeURIComponent(pool)}/${encodeURIComponent(sku)}`, { mode })
/** @param accepted ids of the lines that are accepted; all others are refused. */
export const answerChannel = (channel: string, externalId: string, accepted: readonly string[]): Promise<Accepted> =>
  act(`${orderAt(channel, externalId)}/acceptance`, { accepted })
const tillAt = (store: string, register: string): string =>
  `/api/stores/${encodeURIComponent(store)}/registers/${encodeURIComponent(register)}`
export const retryTill = (store: string, register: string): Promise<Accepted> =>
  act(`${tillAt(store, register)}/retry`, {})
export interface TillResume {
  next: number
  prevHash: string
  reason: string
}
export const resumeTill = (store: string, register: string, body: TillResume): Promise<Accepted> =>
  act(`${tillAt(store, register)}/resume`, body)
export const reviveDelivery = (id: number): Promise<Revived> => act(`/api/inbox/${id}/revive`, {})

/** @throws Trouble when the token is not the right one. */
export async function openSession(token: string): Promise<void> {
  await act<Session>('/api/session', { token })
  loginNeeded.value = false
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin' })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    reachable.value = false
    throw new Trouble(UNREACHABLE)
  }
  reachable.value = true
  if (response.ok) return (await response.json().catch(() => Promise.reject(new Trouble(UNREADABLE)))) as T
  if (response.status === 401 && path !== '/api/session') loginNeeded.value = true
  throw new Trouble(await problemOf(response))
}

async function problemOf(response: Response): Promise<Problem> {
  const json = response.headers.get('content-type')?.includes('json') ?? false
  const said = json ? ((await response.json().catch(() => null)) as Partial<Problem> | null) : null
  return {
    type: said?.type ?? 'about:blank',
    title: said?.title ?? 'The hub could not answer',
    status: response.status,
    detail: said?.detail ?? `It answered ${response.status} and gave no reason.`,
    instance: said?.instance ?? '',
    cure: said?.cure ?? 'Try again in a moment. If it stays, look at the log of the hub.',
  }
}

const UNREADABLE: Problem = {
  type: 'about:blank',
  title: 'The answer cannot be read',
  status: 0,
  detail: 'Something between this browser and the hub has changed or cut off the answer.',
  instance: '',
  cure: 'Try again. If it stays, look whether a proxy stands in between.',
}

const UNREACHABLE: Problem = {
  type: 'about:blank',
  title: 'The hub does not answer',
  status: 0,
  detail: 'No connection could be made.',
  instance: '',
  cure: 'Check that it is running (crossdock serve) and that this machine is online. The page tries again by itself.',
}
