/** What `doctor` asks of ShipBob: does the token work, may it write in our channel, do webhooks stand. */
import { z } from 'zod'
import { toFault } from '../../fault.ts'
import type { Finding } from '../kit/connector.ts'
import { TOPICS } from './limits.ts'
import { shaped } from './shape.ts'
import { missingTopics } from './webhooks.ts'
import type { Client } from './wire.ts'

const channels = z.object({
  items: z.array(z.object({ id: z.int(), name: z.string().nullish(), scopes: z.array(z.string()).nullish() })),
})

export interface CheckOptions {
  channelId: number
  hookUrl: string | undefined
  /** How many signing secrets there are. */
  secrets: number
}

export async function check(client: Client, { channelId, hookUrl, secrets }: CheckOptions): Promise<Finding[]> {
  try {
    const query = { RecordsPerPage: 50 }
    const answer = await client.call({ method: 'GET', path: '/channel', query, what: 'listing channels' })
    const { items } = shaped(channels, answer, 'the list of channels')
    const ours = items.find(({ id }) => id === channelId)
    const missing = hookUrl === undefined ? null : await missingTopics(client.patient, hookUrl)
    return [channel(channelId, ours), ...webhooks(missing, secrets)]
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
}

function channel(
  id: number,
  ours: { name?: string | null | undefined; scopes?: string[] | null | undefined } | undefined,
): Finding {
  if (!ours)
    return {
      level: 'error',
      about: 'connection',
      message: `The token sees no channel ${id}.`,
      cure: 'Correct channelId, or take a token of that channel.',
    }
  const lacks = ['orders_write', 'orders_read'].filter((scope) => !(ours.scopes ?? []).includes(scope))
  if (lacks.length === 0) return { level: 'ok', about: 'connection', message: `Connected to ShipBob's channel ${id}.` }
  return {
    level: 'error',
    about: 'permissions',
    message: `The channel lacks ${lacks.join(' and ')}.`,
    cure: 'Make a token with these scopes.',
  }
}

function webhooks(missing: readonly string[] | null, secrets: number): Finding[] {
  const about = 'webhooks'
  if (missing === null)
    return [
      {
        level: 'warning',
        about,
        message: 'The hub has no public URL, so everything is read by feeds.',
        cure: 'Configure the public URL of the hub to hear of parcels within seconds.',
      },
    ]
  const stand: Finding =
    missing.length === 0
      ? { level: 'ok', about, message: `All ${TOPICS.length} topics are sent to us.` }
      : {
          level: 'warning',
          about,
          message: `Not sent to us: ${missing.join(', ')}.`,
          cure: 'The upkeep of webhooks mends it within five minutes.',
        }
  if (secrets > 0) return [stand]
  return [
    stand,
    {
      level: 'warning',
      about,
      message: 'No signing secret is configured, so webhooks cannot be verified.',
      cure: 'Put the signing secret of the subscription under webhookSecrets.',
    },
  ]
}
