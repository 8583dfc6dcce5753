/** A hub in a process of its own, as the one who started it sees it: it can be spoken to, waited for, and killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Fatal } from './points.ts'

/** Everything such a hub is told, as its one argument. */
export interface HubOrder {
  shop: string
  erp: string
  port: number
  /** Where its own embedded PostgreSQL is kept, unless `database` is given. */
  directory: string
  /** URL of the database. */
  database: string | null
  /** Nobody else uses the database: what a dead process left leased is free, as in the hub's own PostgreSQL. */
  alone: boolean
  /** How far its clock is ahead of the system's, in milliseconds. */
  aheadMs: number
  fatal: Fatal | null
}

/** What it is asked and what it says, over the line between the two. */
export type ToHub = { ask: 'passed' } | { aheadMs: number }
export type FromHub = { ready: string } | { passed: Record<string, number> } | { set: number }

export interface Ended {
  code: number | null
  signal: string | null
}

export interface HubProcess {
  pid: number
  /** Rejects with its last words when it ends before. */
  ready: Promise<string>
  ended: Promise<Ended>
  hasEnded(): boolean
  /** Ready, and not ended since. */
  isUp(): boolean
  kill(signal?: NodeJS.Signals): void
  /** How often it passed each point; null when it has ended. */
  passed(): Promise<Record<string, number> | null>
  /** Puts its clock so far ahead of the system's, soon. */
  forward(aheadMs: number): void
  /** Settles once its clock is ahead of the system's by that much. */
  setClock(aheadMs: number): Promise<void>
  /** The last lines of its log. */
  said(): string[]
}

const LINES_KEPT = 40

/** Hundreds of them are started, and to read the program is most of it: what one compiled the next one takes. */
const COMPILED = 'data:text/javascript,import { enableCompileCache } from "node:module"; enableCompileCache()'

/** @param entry the program of such a hub. */
export function startHubProcess(entry: string, order: HubOrder): HubProcess {
  const argv = ['--import', COMPILED, entry, JSON.stringify(order)]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const lines: string[] = []
  createInterface({ input: child.stderr! }).on('line', (line) => {
    lines.push(line)
    if (lines.length > LINES_KEPT) lines.shift()
  })
  let over = false
  const ended = new Promise<Ended>((resolve) => {
    // Its pipes may be held open by a server it left running, so `exit` and not `close`.
    child.once('exit', (code, signal) => {
      over = true
      resolve({ code, signal })
    })
  })
  const hear = hearing(child)
  const ready = Promise.race([
    hear((message) => ('ready' in message ? message.ready : undefined)),
    ended.then(({ code, signal }) => {
      throw new Error(`The hub ended before it was ready (${signal ?? code}): ${lines.slice(-3).join(' ')}`)
    }),
  ])
  let up = false
  // Most have no use for it.
  ready.then(() => (up = true)).catch(() => {})
  return {
    pid: child.pid!,
    ready,
    ended,
    hasEnded: () => over,
    isUp: () => up && !over,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    async passed() {
      const answer = hear((message) => ('passed' in message ? message.passed : undefined))
      tell(child, { ask: 'passed' })
      return Promise.race([answer, ended.then(() => null)])
    },
    forward: (aheadMs) => tell(child, { aheadMs }),
    async setClock(aheadMs) {
      const answer = hear((message) => ('set' in message && message.set === aheadMs ? true : undefined))
      tell(child, { aheadMs })
      await Promise.race([answer, ended])
    },
    said: () => [...lines],
  }
}

function tell(child: ChildProcess, message: ToHub): void {
  // It may die while it is spoken to.
  if (child.connected) child.send(message, () => {})
}

/** Waits for the first message in which something is found. */
function hearing(child: ChildProcess) {
  const waiting = new Set<(message: FromHub) => void>()
  child.on('message', (message: FromHub) => {
    for (const one of waiting) one(message)
  })
  return <T>(find: (message: FromHub) => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const one = (message: FromHub) => {
        const found = find(message)
        if (found === undefined) return
        waiting.delete(one)
        resolve(found)
      }
      waiting.add(one)
    })
}
