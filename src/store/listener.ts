/**
 * One connection that listens for notifications on any number of channels. When it breaks it is opened again for as
 * long as anybody listens, and every listener is told that it may have missed something.
 */
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

export interface Listener {
  listen(channel: string, on: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

const REOPEN_DELAY_MIN_MS = 100
const REOPEN_DELAY_MAX_MS = 5_000

/** @param make gives a client that is not connected yet. */
export function openListener(make: () => pg.Client, onError: (error: Error) => void): Listener {
  const channels = new Map<string, Set<(payload: string) => void>>()
  const closed = new AbortController()
  let current: Promise<pg.Client> | undefined

  const tell = (on: (payload: string) => void, payload: string) => {
    try {
      on(payload)
    } catch (error) {
      onError(error as Error)
    }
  }

  async function connect(): Promise<pg.Client> {
    const client = make()
    let live = false
    client.on('error', onError)
    client.on('notification', ({ channel, payload }) => {
      for (const on of channels.get(channel) ?? []) tell(on, payload ?? '')
    })
    client.on('end', () => {
      if (live && !closed.signal.aborted) void reopen()
    })
    try {
      await client.connect()
      for (const channel of channels.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
    live = true
    return client
  }

  /** The connection there is, or a new one. A failed attempt is forgotten, so that the next call tries again. */
  function client(): Promise<pg.Client> {
    if (current) return current
    const opening = connect()
    current = opening
    opening.catch(() => {
      if (current === opening) current = undefined
    })
    return opening
  }

  async function reopen(): Promise<void> {
    current = undefined
    for (let delayMs = REOPEN_DELAY_MIN_MS; channels.size > 0; delayMs = Math.min(delayMs * 2, REOPEN_DELAY_MAX_MS)) {
      try {
        await pause(delayMs, undefined, { signal: closed.signal })
        await client()
        for (const ons of channels.values()) for (const on of ons) tell(on, '')
        return
      } catch (error) {
        if (closed.signal.aborted) return
        onError(error as Error)
      }
    }
  }

  return {
    async listen(channel, on) {
      const own = (payload: string) => on(payload)
      const ons = channels.get(channel) ?? new Set()
      channels.set(channel, ons.add(own))
      const end = async () => {
        ons.delete(own)
        if (ons.size > 0 || channels.get(channel) !== ons) return
        channels.delete(channel)
        const open = await current?.catch(() => undefined)
        await open?.query(`unlisten ${pg.escapeIdentifier(channel)}`).catch(() => {})
      }
      try {
        // A connection that is older than this channel does not listen on it yet; listening twice is harmless.
        await (await client()).query(`listen ${pg.escapeIdentifier(channel)}`)
      } catch (error) {
        await end()
        throw error
      }
      return end
    },
    async close() {
      closed.abort()
      channels.clear()
      const open = await current?.catch(() => undefined)
      await open?.end()
    },
  }
}
