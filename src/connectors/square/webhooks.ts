/**
 * Keeps the webhook subscription as it must be. It is mended in place, since a new one has a new signature key: the
 * keys of ours are learnt here, so that this process can verify what comes.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Gap, Upkeep } from '../kit/connector.ts'
import { HOOK_TRIED_MS } from './limits.ts'
import { listOf, maybeText, shaped } from './shape.ts'
import type { Client } from './wire.ts'

/** What we need to hear of. Orders and payments only hurry a person: their feeds read them whole. */
export const EVENT_TYPES = [
  'order.created',
  'order.updated',
  'order.fulfillment.updated',
  'payment.created',
  'payment.updated',
  'refund.created',
  'refund.updated',
  'inventory.count.updated',
  'catalog.version.updated',
  'oauth.authorization.revoked',
] as const

const subscription = z.object({
  id: z.string().min(1),
  name: maybeText,
  enabled: z.boolean().nullish(),
  event_types: listOf(z.string()),
  notification_url: maybeText,
  api_version: maybeText,
  signature_key: maybeText,
})
export type Subscription = z.infer<typeof subscription>

const list = z.object({ subscriptions: listOf(subscription), cursor: maybeText })
const single = z.object({ subscription })

/** All subscriptions of this app, those that are switched off as well. */
export async function subscriptions(client: Client): Promise<Subscription[]> {
  const all: Subscription[] = []
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({ include_disabled: 'true', limit: '100', ...(cursor ? { cursor } : {}) })
    const path = `/v2/webhooks/subscriptions?${query.toString()}`
    const page: z.infer<typeof list> = shaped(
      list,
      await client.call({ method: 'GET', path, what: 'listing webhook subscriptions' }),
      'the list of subscriptions',
    )
    all.push(...page.subscriptions)
    cursor = page.cursor ?? null
  } while (cursor)
  return all
}

export const missingTypes = (all: readonly Subscription[], hookUrl: string): string[] => {
  const heard = new Set(
    all.filter((one) => one.enabled !== false && one.notification_url === hookUrl).flatMap((one) => one.event_types),
  )
  return EVENT_TYPES.filter((type) => !heard.has(type))
}

export interface HookSurroundings {
  hookUrl: string
  /** Name of the connection. */
  name: string
  apiVersion: string
  /** Signature keys this process knows. */
  keys: Set<string>
}

export function webhookUpkeep(client: Client, surroundings: HookSurroundings): Upkeep {
  const { hookUrl, keys } = surroundings
  return {
    everyMs: 5 * 60_000,
    async run(onGap) {
      const all = await subscriptions(client)
      const missing = missingTypes(all, hookUrl)
      const ours = all.filter((one) => one.notification_url === hookUrl)
      const done: string[] = []
      if (missing.length > 0) {
        await onGap?.(gapOf(missing, ours.length > 0))
        const [kept] = ours
        const now = kept ? await mend(client, kept) : await create(client, surroundings)
        if (now.signature_key) keys.add(now.signature_key)
        done.push(
          kept
            ? `Switched the webhook subscription on again for: ${missing.join(', ')}.`
            : 'Subscribed to webhooks. Put the new signature key under signatureKey, so that every process knows it.',
        )
      }
      await learnKeys(client, ours, keys)
      return done
    },
  }
}

/** A list does not show the keys; one is asked for by itself, once. */
async function learnKeys(client: Client, ours: readonly Subscription[], keys: Set<string>): Promise<void> {
  if (keys.size > 0) return
  for (const { id, signature_key: shown } of ours) {
    const path = `/v2/webhooks/subscriptions/${encodeURIComponent(id)}`
    const key =
      shown ??
      shaped(
        single,
        await client.call({ method: 'GET', path, what: 'reading a webhook subscription' }),
        'a subscription',
      ).subscription.signature_key
    if (key) keys.add(key)
  }
}

async function mend(client: Client, { id, event_types: types }: Subscription): Promise<Subscription> {
  const body = { subscription: { enabled: true, event_types: [...new Set([...types, ...EVENT_TYPES])] } }
  const path = `/v2/webhooks/subscriptions/${encodeURIComponent(id)}`
  const answer = await client.call({ method: 'PUT', path, body, what: 'mending the webhook subscription' })
  return shaped(single, answer, 'a subscription').subscription
}

async function create(client: Client, { hookUrl, name, apiVersion }: HookSurroundings): Promise<Subscription> {
  const hour = Math.floor((await client.clock()) / 3_600_000)
  const body = {
    // Two processes at once make one; after it was deleted, another hour makes another.
    idempotency_key: createHash('sha256').update(`${hookUrl} ${hour}`).digest('hex').slice(0, 45),
    subscription: {
      name: `Crossdock ${name}`.slice(0, 64),
      event_types: [...EVENT_TYPES],
      notification_url: hookUrl,
      api_version: apiVersion,
    },
  }
  const path = '/v2/webhooks/subscriptions'
  const answer = await client.call({ method: 'POST', path, body, what: 'subscribing to webhooks' })
  return shaped(single, answer, 'a subscription').subscription
}

const gapOf = (missing: readonly string[], isKept: boolean): Gap => ({
  what: isKept ? `The webhook subscription lacked ${missing.join(', ')}.` : 'The webhook subscription was gone.',
  feeds: feedsFor(missing),
  triedForMs: HOOK_TRIED_MS,
})

/** Which feeds read what would have been told. */
const feedsFor = (types: readonly string[]): string[] => [
  ...(types.some((type) => type.startsWith('order.')) ? ['orders'] : []),
  ...(types.some((type) => type.startsWith('payment.')) ? ['payments'] : []),
  ...(types.some((type) => type.startsWith('refund.')) ? ['refunds'] : []),
  ...(types.some((type) => type.startsWith('inventory.')) ? ['counts'] : []),
  ...(types.some((type) => type.startsWith('catalog.')) ? ['catalog'] : []),
]

/** Square keeps events for the search only while that is switched on. */
export const eventsUpkeep = (client: Client): Upkeep => ({
  everyMs: 6 * 3_600_000,
  async run() {
    await client.call({ method: 'PUT', path: '/v2/events/enable', what: 'switching the search of events on' })
    return []
  },
})
