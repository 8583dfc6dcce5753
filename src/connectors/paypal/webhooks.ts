/** Keeps the webhook as it must be, and knows its id, which is part of what is signed. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Gap, Upkeep } from '../kit/connector.ts'
import { HOOK_TRIED_MS } from './limits.ts'
import { shaped } from './shape.ts'
import type { Client } from './wire.ts'

export const EVENT_TYPES = [
  'CHECKOUT.ORDER.APPROVED',
  'CHECKOUT.ORDER.COMPLETED',
  'PAYMENT.AUTHORIZATION.CREATED',
  'PAYMENT.AUTHORIZATION.VOIDED',
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.DENIED',
  'PAYMENT.CAPTURE.PENDING',
  'PAYMENT.CAPTURE.REFUNDED',
  'PAYMENT.REFUND.PENDING',
  'PAYMENT.REFUND.FAILED',
  'CUSTOMER.DISPUTE.CREATED',
  'CUSTOMER.DISPUTE.UPDATED',
  'CUSTOMER.DISPUTE.RESOLVED',
] as const

const webhook = z.object({
  id: z.string().min(1),
  url: z.string(),
  event_types: z.array(z.object({ name: z.string() })),
})
export type Webhook = z.infer<typeof webhook>

const PATH = '/v1/notifications/webhooks'

export async function webhooks(client: Client): Promise<Webhook[]> {
  const answer = await client.call({ method: 'GET', path: PATH, what: 'listing webhooks' })
  return shaped(z.object({ webhooks: z.array(webhook).nullish() }), answer, 'the list of webhooks').webhooks ?? []
}

export function missingTypes({ event_types: types }: Webhook): string[] {
  const heard = new Set(types.map(({ name }) => name))
  return heard.has('*') ? [] : EVENT_TYPES.filter((type) => !heard.has(type))
}

export interface HookSurroundings {
  hookUrl: string
  /** Told which webhook is ours. */
  onFound(id: string): void
  now(): number
}

export function webhookUpkeep(client: Client, { hookUrl, onFound, now }: HookSurroundings): Upkeep {
  return {
    everyMs: 5 * 60_000,
    async run(onGap) {
      const kept = (await webhooks(client)).find(({ url }) => url === hookUrl)
      if (kept) onFound(kept.id)
      const missing = kept ? missingTypes(kept) : [...EVENT_TYPES]
      if (missing.length === 0) return []
      await onGap?.(gapOf(missing, kept !== undefined))
      if (kept) {
        const value = [...new Set([...kept.event_types.map(({ name }) => name), ...EVENT_TYPES])].map((name) => ({
          name,
        }))
        const body = [{ op: 'replace', path: '/event_types', value }]
        const path = `${PATH}/${encodeURIComponent(kept.id)}`
        await client.call({ method: 'PATCH', path, body, what: 'mending the webhook' })
        return [`The webhook is told again of: ${missing.join(', ')}.`]
      }
      // Two processes at once make one; after it was deleted, another hour makes another.
      const key = createHash('sha256')
        .update(`${hookUrl} ${Math.floor(now() / 3_600_000)}`)
        .digest('hex')
      const body = { url: hookUrl, event_types: EVENT_TYPES.map((name) => ({ name })) }
      const made = await client.call({ method: 'POST', path: PATH, body, key, what: 'making the webhook' })
      onFound(shaped(webhook, made, 'the webhook').id)
      return ['Made a webhook.']
    },
  }
}

const gapOf = (missing: readonly string[], isKept: boolean): Gap => ({
  what: isKept ? `The webhook lacked ${missing.join(', ')}.` : 'The webhook was gone.',
  feeds: ['events'],
  triedForMs: HOOK_TRIED_MS,
})
