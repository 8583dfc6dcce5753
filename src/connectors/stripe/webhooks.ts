/** Keeps the webhook endpoint as it must be: switched on, and told of everything that concerns us. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Gap, Upkeep } from '../kit/connector.ts'
import { HOOK_TRIED_MS, PAGE } from './limits.ts'
import { listOf, shaped } from './shape.ts'
import type { Client } from './wire.ts'

export const EVENT_TYPES = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.partially_funded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.succeeded',
  'charge.captured',
  'charge.expired',
  'charge.succeeded',
  'charge.updated',
  'refund.created',
  'refund.failed',
  'refund.updated',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'radar.early_fraud_warning.created',
  'radar.early_fraud_warning.updated',
  'review.opened',
  'review.closed',
] as const

/** One list names at most twenty types: what says nothing of money or fraud is left to the daily listing. */
export const LISTED_EVENT_TYPES = EVENT_TYPES.filter(
  (type) => type !== 'payment_intent.processing' && type !== 'payment_intent.partially_funded',
)

const endpoint = z.object({
  id: z.string().min(1),
  url: z.string(),
  status: z.string(),
  enabled_events: z.array(z.string()),
  secret: z.string().optional(),
})
export type Endpoint = z.infer<typeof endpoint>

export async function endpoints(client: Client): Promise<Endpoint[]> {
  const all: Endpoint[] = []
  for (let more = true; more;) {
    const after = all.at(-1)?.id
    const values = { limit: PAGE, ...(after ? { starting_after: after } : {}) }
    const what = 'listing webhook endpoints'
    const answer = await client.call({ method: 'GET', path: '/v1/webhook_endpoints', values, what })
    const page = shaped(listOf(endpoint), answer, 'the list of webhook endpoints')
    all.push(...page.data)
    more = page.has_more && page.data.length > 0
  }
  return all
}

export function missingTypes(all: readonly Endpoint[], hookUrl: string): string[] {
  const live = all.filter(({ url, status }) => url === hookUrl && status === 'enabled')
  const heard = new Set(live.flatMap((one) => one.enabled_events))
  return heard.has('*') ? [] : EVENT_TYPES.filter((type) => !heard.has(type))
}

export interface HookSurroundings {
  hookUrl: string
  apiVersion: string
  /** Secrets this process has learnt. */
  secrets: Set<string>
  now(): number
}

export function webhookUpkeep(client: Client, { hookUrl, apiVersion, secrets, now }: HookSurroundings): Upkeep {
  return {
    everyMs: 5 * 60_000,
    async run(onGap) {
      const all = await endpoints(client)
      const missing = missingTypes(all, hookUrl)
      if (missing.length === 0) return []
      const kept = all.find(({ url }) => url === hookUrl)
      await onGap?.(gapOf(missing, kept !== undefined))
      if (kept) {
        const values = { enabled_events: [...new Set([...kept.enabled_events, ...EVENT_TYPES])], disabled: false }
        const path = `/v1/webhook_endpoints/${encodeURIComponent(kept.id)}`
        await client.call({ method: 'POST', path, values, what: 'mending the webhook endpoint' })
        return [`Switched the webhook endpoint on again for: ${missing.join(', ')}.`]
      }
      // Two processes at once make one; after it was deleted, another hour makes another.
      const key = createHash('sha256')
        .update(`${hookUrl} ${Math.floor(now() / 3_600_000)}`)
        .digest('hex')
      const values = { url: hookUrl, enabled_events: EVENT_TYPES, api_version: apiVersion }
      const what = 'making the webhook endpoint'
      const made = await client.call({ method: 'POST', path: '/v1/webhook_endpoints', values, key, what })
      const { secret } = shaped(endpoint, made, 'the webhook endpoint')
      if (secret) secrets.add(secret)
      return ["Made a webhook endpoint. Put its signing secret, which Stripe's dashboard shows, under webhookSecrets."]
    },
  }
}

const gapOf = (missing: readonly string[], isKept: boolean): Gap => ({
  what: isKept ? `The webhook endpoint lacked ${missing.join(', ')}.` : 'The webhook endpoint was gone.',
  feeds: ['events'],
  triedForMs: HOOK_TRIED_MS,
})
