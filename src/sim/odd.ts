/**
 * Deliveries that are genuine and mean nothing: somebody's app in between has bent them. People find out later what
 * each was to say, except for some.
 */
import { createHmac } from 'node:crypto'
import type { Json } from '#canon/json.ts'
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import type { Edit } from '#engine/dead-edit.ts'
import { ESTATE_SECRETS } from './estate.ts'
import type { Random } from './random.ts'

/** What people know about an odd delivery. */
export interface Oddity {
  /** How to put it right; null when nobody can say what it was. */
  cure: Edit | null
  /** Puts it wrong in another way. */
  harm: Edit
}

export interface Oddities {
  /** As it arrives once it was bent; null for what the hub does not read so closely. */
  bend(hook: OutgoingHook): OutgoingHook | null
  /** @param key of the message in the inbox. */
  of(key: string): Oddity | undefined
}

/** Members whose nonsense must be noticed, by topic. */
const NONSENSE: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  orders: { updated_at: 'yesterday', line_items: 'none', id: null },
  inventory_levels: { updated_at: 'yesterday', available: 'many', inventory_item_id: null },
}
const TOPICS = ['orders/create', 'orders/updated', 'orders/paid', 'orders/cancelled', 'inventory_levels/update']

/** @param topics that the hub reads closely. */
export function createOddities(random: Random, topics: readonly string[] = TOPICS): Oddities {
  const known = new Map<string, Oddity>()
  const sign = (body: string) => createHmac('sha256', ESTATE_SECRETS['demo:shop-secret']!).update(body).digest('base64')

  function bent(topic: string, body: string): { text: string; oddity: Oddity } {
    const nonsense = NONSENSE[topic.split('/')[0]!]!
    const path = random.pick(Object.keys(nonsense))
    const harm: Edit = { changes: [{ path: `/${path}`, value: nonsense[path]! }] }
    const draw = random.int(1, 10)
    if (draw <= 2) return { text: '[]', oddity: { cure: null, harm: { body: '{}' } } }
    if (draw <= 5) return { text: body.slice(0, -random.int(1, 40)), oddity: { cure: { body }, harm: { body: '{' } } }
    const whole = JSON.parse(body) as Record<string, Json>
    const cure: Edit = { changes: [{ path: `/${path}`, value: whole[path]! }] }
    return { text: JSON.stringify({ ...whole, [path]: nonsense[path] }), oddity: { cure, harm } }
  }

  return {
    bend(hook) {
      const topic = hook.headers['x-shopify-topic']!
      if (!topics.includes(topic)) return null
      const { text, oddity } = bent(topic, hook.body)
      const name = `odd-${known.size + 1}`
      known.set(name, oddity)
      const headers = {
        ...hook.headers,
        'x-shopify-hmac-sha256': sign(text), 'x-shopify-webhook-id': name, 'x-shopify-event-id': name,
      } // prettier-ignore
      return { url: hook.url, headers, body: text, settle: () => {} }
    },
    of: (key) => known.get(key.split(':')[1] ?? ''),
  }
}
