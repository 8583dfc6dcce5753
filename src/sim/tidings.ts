/**
 * Where the hub's messages about dead letters go: somebody's chat, which is sometimes away, and sometimes takes a
 * message and says that it did not. It knows repeats by id.
 */
import { createHmac } from 'node:crypto'
import type { Fetch } from '../io.ts'
import type { Random } from './random.ts'

export const TIDINGS_HOST = 'tidings.sim'
export const TIDINGS_SECRETS: Readonly<Record<string, string>> = {
  'demo:tidings': `whsec_${Buffer.from('only for simulated tidings').toString('base64')}`,
}

export interface Tidings {
  fetch: Fetch
  /** Goes away, in one way or the other, or comes back. */
  change(): void
  end(): void
  /** The letters that each message named, by the message's id. */
  heard: ReadonlyMap<string, readonly number[]>
  /** What it did not like. */
  complaints: readonly string[]
}

export function createTidings(random: Random): Tidings {
  const heard = new Map<string, readonly number[]>()
  const complaints: string[] = []
  let mood: 'there' | 'away' | 'muddled' = 'there'

  const take = (id: string, letters: readonly number[]): void => {
    const known = heard.get(id)
    if (known && known.join() !== letters.join()) complaints.push(`Tidings: ${id} came again and says something else.`)
    heard.set(id, letters)
  }

  return {
    heard,
    complaints,
    change: () => void (mood = mood === 'there' ? random.pick(['away', 'muddled'] as const) : 'there'),
    end: () => void (mood = 'there'),
    async fetch(request) {
      if (mood === 'away') return new Response(null, { status: 503 })
      const header = (name: string) => request.headers.get(name) ?? ''
      const text = await request.text()
      const id = header('webhook-id')
      const key = Buffer.from(TIDINGS_SECRETS['demo:tidings']!.slice('whsec_'.length), 'base64')
      const signed = createHmac('sha256', key)
        .update(`${id}.${header('webhook-timestamp')}.${text}`)
        .digest('base64')
      if (header('webhook-signature') !== `v1,${signed}`) complaints.push(`Tidings: the signature of ${id} is wrong.`)
      take(id, (JSON.parse(text) as { data: { letters: number[] } }).data.letters)
      return new Response(null, { status: mood === 'muddled' ? 504 : 204 })
    },
  }
}
