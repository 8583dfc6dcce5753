/** Keeps the shop's webhook subscriptions as they must be: Shopify deletes them after failures, the hub may move. */
import { Fault } from '../../fault.ts'
import type { Upkeep } from '../kit/connector.ts'
import type { Caller } from './graphql.ts'
import { HOOK_TRIED_MS } from './limits.ts'
import { createSubscription, deleteSubscription, listSubscriptions } from './operations.ts'
import { allNodes } from './paging.ts'
import { quotable } from './wire.ts'

/** The topics we need, by their name in GraphQL. */
export const TOPICS = [
  'ORDERS_CREATE',
  'ORDERS_UPDATED',
  'ORDERS_PAID',
  'ORDERS_CANCELLED',
  'FULFILLMENTS_CREATE',
  'FULFILLMENTS_UPDATE',
  'REFUNDS_CREATE',
  'INVENTORY_LEVELS_UPDATE',
  'PRODUCTS_CREATE',
  'PRODUCTS_UPDATE',
  'PRODUCTS_DELETE',
  'APP_UNINSTALLED',
] as const

export interface Subscription {
  id: string
  topic: string
  uri: string
}

/** All subscriptions of this app in the shop. Other apps' are never shown to us. */
export const subscriptions = (graphql: Caller): Promise<Subscription[]> =>
  allNodes(async (after) => (await graphql.call(listSubscriptions, { after })).webhookSubscriptions)

export const missingTopics = (all: readonly Subscription[], hookUrl: string): string[] =>
  TOPICS.filter((topic) => !all.some((one) => one.topic === topic && one.uri === hookUrl))

export function webhookUpkeep(graphql: Caller, hookUrl: string): Upkeep {
  return {
    everyMs: 5 * 60_000,
    async run(onGap) {
      const all = await subscriptions(graphql)
      const done: string[] = []
      const missing = missingTopics(all, hookUrl)
      const feeds = feedsFor(missing)
      if (feeds.length > 0) await onGap?.({ what: saidOf(missing), feeds, triedForMs: HOOK_TRIED_MS })
      // First create, then delete: news may arrive twice, but none is lost in between.
      for (const topic of missing) {
        const { webhookSubscriptionCreate: answer } = await graphql.call(createSubscription, {
          topic,
          subscription: { uri: hookUrl },
        })
        if (!answer.webhookSubscription) throw refused(topic, answer.userErrors.map(({ message }) => message).join(' '))
        done.push(`Subscribed to ${topic}.`)
      }
      for (const { id, topic, uri } of all.filter((one) => isStale(one, hookUrl))) {
        await graphql.call(deleteSubscription, { id })
        done.push(`Deleted the subscription to ${topic} that pointed to ${originOf(uri)}.`)
      }
      return done
    },
  }
}

/** Which feeds read what a subscription would have told. Levels of stock are read before they are changed anyway. */
const feedsFor = (topics: readonly string[]): string[] => [
  ...(topics.some((topic) => /^(ORDERS|FULFILLMENTS|REFUNDS)_/.test(topic)) ? ['orders'] : []),
  ...(topics.some((topic) => topic.startsWith('PRODUCTS_')) ? ['products'] : []),
]

const saidOf = (topics: readonly string[]): string =>
  topics.length === 1 ? `The subscription to ${topics[0]} was gone.` : `${topics.length} subscriptions were gone.`

/** Ours, at an address the hub had before: the same path on another host. Other paths are other uses of the app. */
const isStale = ({ uri, topic }: Subscription, hookUrl: string): boolean =>
  uri !== hookUrl &&
  (TOPICS as readonly string[]).includes(topic) &&
  URL.canParse(uri) &&
  new URL(uri).pathname === new URL(hookUrl).pathname

const originOf = (uri: string): string => new URL(uri).origin

const refused = (topic: string, said: string): Fault =>
  new Fault('rejected', `Shopify refused the subscription to ${topic}: ${quotable(said)}`, {
    code: 'shopify.subscription_refused',
  })
