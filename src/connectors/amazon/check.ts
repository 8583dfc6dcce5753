/** What `doctor` asks of Amazon: do the tokens work, is the store open, does the queue answer, is the time right. */
import { z } from 'zod'
import { toFault } from '../../fault.ts'
import type { Finding } from '../kit/connector.ts'
import type { Client } from './client.ts'
import type { AmazonConfig } from './config.ts'
import { API_VERSION, ORDERS_V0_ENDS } from './limits.ts'
import type { Queue } from './queue.ts'
import { missingTypes } from './subscriptions.ts'

export interface CheckOptions {
  config: AmazonConfig
  queue: Queue | null
  nowMs: number
  /** Amazon's clock less ours, once an answer has come. */
  skewMs(): number | null
}

const participations = z.object({
  payload: z.array(
    z.object({
      marketplace: z.object({ id: z.string(), name: z.string(), defaultCurrencyCode: z.string() }),
      participation: z.object({ isParticipating: z.boolean(), hasSuspendedListings: z.boolean() }),
    }),
  ),
})

export async function check(client: Client, options: CheckOptions): Promise<Finding[]> {
  const { config, queue, nowMs } = options
  try {
    const { data } = await client.call('getMarketplaceParticipations', participations, { patient: true })
    return [
      store(data.payload, config.marketplaceId),
      version(nowMs),
      clock(options.skewMs()),
      ...(await news(client, queue, config)),
      ...locations(config),
    ]
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
}

function store(all: z.infer<typeof participations>['payload'], wanted: string): Finding {
  const found = all.find(({ marketplace }) => marketplace.id === wanted)
  if (!found?.participation.isParticipating)
    return {
      level: 'error', about: 'store', message: `The seller does not sell in ${wanted}.`,
      cure: `Set marketplaceId to one of: ${all.map(({ marketplace }) => marketplace.id).join(', ') || 'none'}.`,
    } // prettier-ignore
  const { marketplace, participation } = found
  if (participation.hasSuspendedListings)
    return {
      level: 'warning', about: 'store', message: `${marketplace.name} holds back listings of the seller.`,
      cure: 'Look at the account health in Seller Central.',
    } // prettier-ignore
  return {
    level: 'ok',
    about: 'store',
    message: `Sells in ${marketplace.name}, which counts in ${marketplace.defaultCurrencyCode}.`,
  }
}

/** Nothing we use has an announced end; on that day it shows whether what was announced holds. */
function version(nowMs: number): Finding {
  const about = 'version'
  const daysLeft = Math.floor((Date.parse(ORDERS_V0_ENDS) - nowMs) / 86_400_000)
  const message = `Orders ${API_VERSION} is current; Orders v0 ends on ${ORDERS_V0_ENDS}, except for confirming shipments.`
  if (daysLeft >= 90 || daysLeft < 0) return { level: 'ok', about, message }
  return { level: 'warning', about, message, cure: 'Read what Amazon announces on confirmShipment before that day.' }
}

function clock(skewMs: number | null): Finding {
  if (skewMs === null) return { level: 'warning', about: 'clock', message: 'Amazon did not say what time it is.' }
  const seconds = Math.round(Math.abs(skewMs) / 1_000)
  if (seconds <= 30)
    return { level: 'ok', about: 'clock', message: `The clock agrees with Amazon's within ${Math.max(1, seconds)} s.` }
  const message = `This machine's clock is ${seconds} s ${skewMs < 0 ? 'ahead of' : 'behind'} Amazon's.`
  return {
    level: 'warning',
    about: 'clock',
    message,
    cure: 'Set up time synchronisation (NTP): the queue refuses more than five minutes.',
  }
}

async function news(client: Client, queue: Queue | null, config: AmazonConfig): Promise<Finding[]> {
  const about = 'notifications'
  if (!queue || !config.queue) {
    const message = 'No queue is configured, so new orders are found once in some minutes.'
    return [{ level: 'warning', about, message, cure: 'Create an SQS queue that Amazon may write to, and name it.' }]
  }
  try {
    const waiting = await queue.waiting()
    const missing = await missingTypes(client, config.queue.arn)
    const read: Finding = { level: 'ok', about: 'queue', message: `The queue answers; ${waiting} messages wait.` }
    if (missing.length === 0) return [read, { level: 'ok', about, message: 'All subscriptions stand.' }]
    const message = `Subscriptions are missing: ${missing.join(', ')}.`
    return [read, { level: 'warning', about, message, cure: 'The upkeep creates them within fifteen minutes.' }]
  } catch (error) {
    const { message, own } = toFault(error)
    return [{ level: own ? 'warning' : 'error', about, message, cure: 'Mend this to hear of orders within seconds.' }]
  }
}

function locations({ locations: all }: AmazonConfig): Finding[] {
  const about = 'locations'
  const own = all.find(({ locationId }) => locationId === 'DEFAULT')
  if (own) return [{ level: 'ok', about, message: `Own stock is sold from ${own.pool}.` }]
  const cure = "Add { locationId: 'DEFAULT', pool: … }."
  return [{ level: 'warning', about, message: 'No warehouse stands for DEFAULT, so no stock is published.', cure }]
}
