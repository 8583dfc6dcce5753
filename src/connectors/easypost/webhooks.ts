/** Keeps the webhook as it must be: there, switched on, and signing with our secret. */
import type { Gap, Upkeep } from '../kit/connector.ts'
import { HOOK_TRIED_MS } from './limits.ts'
import { shaped, webhook, webhooks, type Webhook } from './shape.ts'
import type { Client } from './wire.ts'

export async function listWebhooks(client: Client): Promise<Webhook[]> {
  const answer = await client.call({ method: 'GET', path: '/webhooks', what: 'listing webhooks' })
  return shaped(webhooks, answer, 'the list of webhooks').webhooks
}

export interface HookSurroundings {
  hookUrl: string
  /** The secret to sign with; null when none is configured. */
  secret(): string | null
}

export function webhookUpkeep(client: Client, { hookUrl, secret }: HookSurroundings): Upkeep {
  return {
    everyMs: 5 * 60_000,
    async run(onGap) {
      const signing = secret()
      // Without a secret EasyPost would send unsigned news, which we could only refuse.
      if (signing === null) return []
      const known = (await listWebhooks(client)).find(({ url }) => url === hookUrl)
      if (known && !known.disabled_at) return []
      await onGap?.(gapOf(known !== undefined))
      if (known) {
        const body = { webhook_secret: signing }
        const path = `/webhooks/${encodeURIComponent(known.id)}`
        shaped(webhook, await client.call({ method: 'PATCH', path, body, what: 'mending the webhook' }), 'the webhook')
        return ['Switched the webhook on again: EasyPost had switched it off after failures.']
      }
      const body = { webhook: { url: hookUrl, webhook_secret: signing } }
      shaped(webhook, await client.call({ method: 'POST', path: '/webhooks', body, what: 'making the webhook' }), 'it')
      return ['Made the webhook.']
    },
  }
}

const gapOf = (isKept: boolean): Gap => ({
  what: isKept ? 'The webhook was switched off.' : 'The webhook was gone.',
  feeds: ['trackers'],
  triedForMs: HOOK_TRIED_MS,
})
