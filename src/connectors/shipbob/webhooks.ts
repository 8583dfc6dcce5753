/** The webhook subscription as it must be: made when it is missing, and what was missed meanwhile is read. */
import { z } from 'zod'
import type { Upkeep } from '../kit/connector.ts'
import { HOOK_TRIED_MS, TOPICS } from './limits.ts'
import { shaped } from './shape.ts'
import type { Client } from './wire.ts'

const subscription = z.object({
  id: z.string(),
  url: z.string(),
  topics: z.array(z.string()),
  enabled: z.boolean().nullish(),
})
const page = z.object({ items: z.array(subscription).nullish(), next: z.string().nullish() })

/** Topics of ours that nobody sends to us. */
export async function missingTopics(client: Client['patient'], hookUrl: string): Promise<string[]> {
  const answer = await client.call({
    method: 'GET',
    path: '/webhook',
    query: { RecordsPerPage: 50 },
    what: 'listing webhooks',
  })
  const { items } = shaped(page, answer, 'the list of webhooks')
  const heard = new Set(
    (items ?? []).filter((one) => one.url === hookUrl && one.enabled !== false).flatMap((one) => one.topics),
  )
  return TOPICS.filter((topic) => !heard.has(topic))
}

/** @param secrets this process has learnt. */
export const webhookUpkeep = (client: Client['patient'], hookUrl: string, secrets: Set<string>): Upkeep => ({
  everyMs: 5 * 60_000,
  async run(onGap) {
    const topics = await missingTopics(client, hookUrl)
    if (topics.length === 0) return []
    await onGap?.({
      what: `No webhook brought ${topics.join(', ')}.`,
      feeds: ['orders', 'returns'],
      triedForMs: HOOK_TRIED_MS,
    })
    const body = { topics, url: hookUrl, description: 'crossdock' }
    const made = await client.call({ method: 'POST', path: '/webhook', body, what: 'making the webhook' })
    const { secret } = shaped(z.object({ secret: z.string().min(1) }), made, 'the webhook')
    secrets.add(secret)
    return [
      `Made a webhook for ${topics.join(', ')}. Put its signing secret, which ShipBob shows, under webhookSecrets.`,
    ]
  },
})
