/**
 * What changes while one looks: the overview and the newest events, pushed by the hub; and whether that works right
 * now.
 */
import { batch, signal } from '@preact/signals'
import type { Live, LiveEvent, Overview, Problem } from '../../src/api/contract.ts'
import { loginNeeded, reachable, read, Trouble } from './api.ts'

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'offline'

export const liveState = signal<LiveState>('connecting')
export const overview = signal<Overview | null>(null)
/** Why there is no overview, until there is one. */
export const overviewProblem = signal<Problem | null>(null)
/** The newest first, at most `KEPT`. */
export const events = signal<readonly LiveEvent[]>([])

const KEPT = 40
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 15_000

let source: EventSource | null = null
let pauseMs = FIRST_PAUSE_MS
let timer: ReturnType<typeof setTimeout> | undefined

/** Connects, and keeps connecting until `stopLive`. */
export function startLive(): void {
  stopLive()
  if (!overview.peek()) void readOverview()
  if (!navigator.onLine) {
    liveState.value = 'offline'
    return
  }
  source = new EventSource('/api/live')
  source.addEventListener('open', () => {
    pauseMs = FIRST_PAUSE_MS
    batch(() => {
      liveState.value = 'live'
      reachable.value = true
    })
  })
  source.addEventListener('overview', ({ data }: MessageEvent<string>) => {
    const changed = JSON.parse(data) as Live['overview']
    const whole = overview.value ? { ...overview.value, ...changed } : changed
    overview.value = whole as Overview
    overviewProblem.value = null
  })
  source.addEventListener('events', ({ data }: MessageEvent<string>) => note(JSON.parse(data) as Live['events']))
  source.addEventListener('error', () => void again())
}

export function stopLive(): void {
  clearTimeout(timer)
  source?.close()
  source = null
}

function note(fresh: readonly LiveEvent[]): void {
  const known = events.value[0]?.position ?? -1
  // A hub that began anew counts from the start again.
  if ((fresh.at(-1)?.position ?? known) < known) events.value = []
  if (events.value.length === 0) return void (events.value = fresh.toReversed().slice(0, KEPT))
  const added = fresh.filter(({ position }) => position > known).reverse()
  if (added.length > 0) events.value = [...added, ...events.value].slice(0, KEPT)
}

/** Connects anew after a pause: a browser gives up when the answer is an error, and does not say which one. */
async function again(): Promise<void> {
  stopLive()
  liveState.value = navigator.onLine ? 'reconnecting' : 'offline'
  timer = setTimeout(startLive, pauseMs)
  pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  await readOverview()
}

/**
 * Reads what the hub would push: at the start, so that nothing waits for the first push, and while pushing does not
 * work.
 */
export async function readOverview(): Promise<void> {
  try {
    overview.value = await read<Overview>('/api/overview')
    overviewProblem.value = null
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    overviewProblem.value = error.problem
    if (loginNeeded.value) stopLive()
  }
}

addEventListener('online', startLive)
addEventListener('offline', () => {
  stopLive()
  liveState.value = 'offline'
})
