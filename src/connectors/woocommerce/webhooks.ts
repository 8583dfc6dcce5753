/**
 * Keeps the shop's webhooks as they must be. WooCommerce disables one after some failures in a row and never sends
 * again what it did not bring: what was missed meanwhile is told as a gap.
 */
import { z } from 'zod'
import type { Gap, Upkeep } from '../kit/connector.ts'
import type { Client } from './http.ts'
import { HOOK_TRIED_MS, PER_PAGE_MAX } from './limits.ts'
import { shaped } from './shape.ts'

/** All of them are told in REST v3's words. */
export const TOPICS = [
  'order.created',
  'order.updated',
  'order.deleted',
  'order.restored',
  'product.created',
  'product.updated',
  'product.deleted',
  'product.restored',
] as const

const webhook = z.object({
  id: z.int(),
  name: z.string().default(''),
  status: z.string(),
  topic: z.string(),
  delivery_url: z.string(),
})
export type Webhook = z.infer<typeof webhook>

export async function listWebhooks(client: Client): Promise<Webhook[]> {
  const all: Webhook[] = []
  for (let page = 1; ; page += 1) {
    const query = { per_page: PER_PAGE_MAX, page, orderby: 'id', order: 'asc' }
    const { body } = await client.call({ method: 'GET', path: '/webhooks', query, what: 'the list of webhooks' })
    const found = shaped(z.array(webhook), body, 'webhooks')
    all.push(...found)
    if (found.length < PER_PAGE_MAX) return all
  }
}

export interface Standing {
  /** Topics nobody tells us of. */
  missing: string[]
  /** Ours, and silent: disabled by failures, or paused by a person. */
  silent: Webhook[]
  /** A second one of the same topic, or one to an address the hub had before. */
  stale: Webhook[]
}

export function standing(all: readonly Webhook[], hookUrl: string): Standing {
  const ours = all.filter(({ topic }) => (TOPICS as readonly string[]).includes(topic))
  const here = ours.filter(({ delivery_url: url }) => url === hookUrl)
  const first = TOPICS.flatMap((topic) => {
    const of = here.filter((one) => one.topic === topic)
    return of.find(({ status }) => status === 'active') ?? of[0] ?? []
  })
  return {
    missing: TOPICS.filter((topic) => !first.some((one) => one.topic === topic)),
    silent: first.filter(({ status }) => status !== 'active'),
    stale: ours.filter((one) => !first.includes(one) && isOurs(one, hookUrl)),
  }
}

/** The same path on another host is where the hub was before. Other paths are somebody else's. */
const isOurs = ({ delivery_url: url }: Webhook, hookUrl: string): boolean =>
  URL.canParse(url) && new URL(url).pathname === new URL(hookUrl).pathname

export function webhookUpkeep(client: Client, hookUrl: string, secret: () => string): Upkeep {
  return {
    everyMs: 5 * 60_000,
    async run(onGap) {
      const { missing, silent, stale } = standing(await listWebhooks(client), hookUrl)
      const gap = gapOf(missing, silent)
      if (gap) await onGap?.(gap)
      const done: string[] = []
      for (const { id, topic, status } of silent) {
        // The secret is said again: nobody can read which one it has.
        const body = { status: 'active', secret: secret() }
        await client.call({ method: 'PUT', path: `/webhooks/${id}`, body, what: `to switch the webhook ${topic} on` })
        done.push(`Switched the webhook ${topic} on again: it was ${status}.`)
      }
      for (const topic of missing) {
        const body = { name: `Crossdock ${topic}`, topic, delivery_url: hookUrl, secret: secret() }
        await client.call({ method: 'POST', path: '/webhooks', body, what: `to create the webhook ${topic}` })
        done.push(`Created the webhook ${topic}.`)
      }
      for (const { id, topic, delivery_url: url } of stale) {
        const query = { force: 'true' }
        await client.call({ method: 'DELETE', path: `/webhooks/${id}`, query, what: `to delete the webhook ${topic}` })
        done.push(`Deleted a webhook ${topic} to ${new URL(url).origin}.`)
      }
      return done
    },
  }
}

function gapOf(missing: readonly string[], silent: readonly Webhook[]): Gap | null {
  const topics = [...missing, ...silent.map(({ topic }) => topic)]
  if (topics.length === 0) return null
  const feeds = (['orders', 'products'] as const).filter((feed) =>
    topics.some((topic) => topic.startsWith(feed.slice(0, -1))),
  )
  const [only] = topics
  const what =
    topics.length === 1
      ? `The webhook ${only} was ${missing.length === 1 ? 'gone' : 'switched off'}.`
      : `${topics.length} webhooks were gone or switched off.`
  return { what, feeds, triedForMs: HOOK_TRIED_MS }
}
