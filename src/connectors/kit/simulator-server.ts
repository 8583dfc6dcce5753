/** How a simulated server stands: what it was asked, how often in this second, and which of its answers are to fail. */

export interface ServerState {
  requests: number
  window: { second: number; count: number }
  failures: { count: number; when: FailWhen }
}

/** After the work was done, or before. */
export type FailWhen = 'after' | 'before'

export const newServer = (): ServerState => ({
  requests: 0,
  window: { second: 0, count: 0 },
  failures: { count: 0, when: 'before' },
})

/** @returns how many requests there were in this second, this one counted. */
export function countRequest(server: Pick<ServerState, 'window'>, nowMs: number): number {
  const second = Math.floor(nowMs / 1_000)
  if (server.window.second !== second) server.window = { second, count: 0 }
  return (server.window.count += 1)
}

/** Takes one of the planned failures; null when there is none. */
export function takeFailure({ failures }: ServerState): FailWhen | null {
  if (failures.count === 0) return null
  failures.count -= 1
  return failures.when
}
