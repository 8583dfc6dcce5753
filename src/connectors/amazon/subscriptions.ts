/** Keeps Amazon telling the queue what changes: a destination for the queue, and a subscription per kind of news. */
import { z } from 'zod'
import { toFault } from '../../fault.ts'
import type { Upkeep } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { NOTIFICATION_TRIED_MS, NOTIFICATIONS } from './limits.ts'

type NotificationType = keyof typeof NOTIFICATIONS
const TYPES = Object.keys(NOTIFICATIONS) as NotificationType[]

const destination = z.object({
  destinationId: z.string(),
  resource: z.object({ sqs: z.object({ arn: z.string() }).nullish() }),
})
const destinations = z.object({ payload: z.array(destination) })
const subscription = z.object({
  payload: z.object({ subscriptionId: z.string(), destinationId: z.string(), payloadVersion: z.string() }),
})

/** Null when there is none. One type and version has one subscription per app and seller. */
async function subscriptionTo(client: Client, type: NotificationType) {
  try {
    const ask = { path: { notificationType: type }, query: { payloadVersion: NOTIFICATIONS[type] } }
    return (await client.call('getSubscription', subscription, ask)).data.payload
  } catch (error) {
    if (toFault(error).code === 'amazon.not_found') return null
    throw error
  }
}

async function destinationOf(client: Client, arn: string): Promise<string | null> {
  const { data } = await client.call('getDestinations', destinations, {})
  return data.payload.find(({ resource }) => resource.sqs?.arn === arn)?.destinationId ?? null
}

/** Of the kinds of news that matter most, those nobody would tell the queue. */
export async function missingTypes(client: Client, arn: string): Promise<NotificationType[]> {
  const to = await destinationOf(client, arn)
  const missing: NotificationType[] = []
  for (const type of TYPES.slice(0, CHECKED_AT_ONCE)) {
    const found = await subscriptionTo(client, type)
    if (!found || found.destinationId !== to) missing.push(type)
  }
  return missing
}

/** So many the rate lets through in one go. */
const CHECKED_AT_ONCE = 3

/**
 * Looks at some in each run, at those first that were not looked at for the longest. A subscription that points to
 * another queue is somebody else's decision: it is told, not changed.
 */
export function subscriptionUpkeep(client: Client, arn: string, name: string): Upkeep {
  let order = [...TYPES]
  return {
    everyMs: 5 * 60_000,
    async run(onGap) {
      const done: string[] = []
      const types = order.slice(0, CHECKED_AT_ONCE)
      const found = new Map<NotificationType, string>()
      for (const type of types) {
        const one = await subscriptionTo(client, type)
        if (one) found.set(type, one.destinationId)
      }
      const missing = types.filter((type) => !found.has(type))
      if (missing.length > 0)
        await onGap?.({ what: saidOf(missing), feeds: feedsFor(missing), triedForMs: NOTIFICATION_TRIED_MS })
      const to = (await destinationOf(client, arn)) ?? (await createDestination(client, arn, name))
      for (const type of missing) {
        const body = { payloadVersion: NOTIFICATIONS[type], destinationId: to }
        await client.call('createSubscription', subscription, { path: { notificationType: type }, body })
        done.push(`Subscribed to ${type}.`)
      }
      for (const [type, other] of found)
        if (other !== to) done.push(`${type} goes to another queue than the configured one: nothing was changed.`)
      order = [...order.slice(CHECKED_AT_ONCE), ...types]
      return done
    },
  }
}

async function createDestination(client: Client, arn: string, name: string): Promise<string> {
  const body = { name: `crossdock-${name}`, resourceSpecification: { sqs: { arn } } }
  const { data } = await client.call('createDestination', z.object({ payload: destination }), { body })
  return data.payload.destinationId
}

const saidOf = (types: readonly string[]): string =>
  types.length === 1 ? `The subscription to ${types[0]} was gone.` : `${types.length} subscriptions were gone.`

/** Which feeds read what a subscription would have told. */
const feedsFor = (types: readonly NotificationType[]): string[] => [
  ...(types.includes('ORDER_CHANGE') ? ['orders', 'placed'] : []),
  ...(types.some((type) => type.startsWith('LISTINGS_')) ? ['listings'] : []),
]
