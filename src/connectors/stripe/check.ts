/** What `doctor` asks of Stripe: does the key work, is it of the right mode, do webhooks stand, is the clock right. */
import { z } from 'zod'
import { toFault } from '../../fault.ts'
import type { Finding } from '../kit/connector.ts'
import { API_VERSION } from './limits.ts'
import { shaped } from './shape.ts'
import { EVENT_TYPES, endpoints, missingTypes } from './webhooks.ts'
import type { Client } from './wire.ts'

export interface CheckOptions {
  apiVersion: string
  hookUrl: string | undefined
  /** How many signing secrets are configured. */
  secrets: number
}

export async function check(client: Client, { apiVersion, hookUrl, secrets }: CheckOptions): Promise<Finding[]> {
  try {
    const told = await client.call({ method: 'GET', path: '/v1/balance', what: 'asking whether the key works' })
    const { livemode } = shaped(z.object({ livemode: z.boolean() }), told, 'the balance')
    const missing = hookUrl === undefined ? null : missingTypes(await endpoints(client), hookUrl)
    return [
      { level: 'ok', about: 'connection', message: `Connected to Stripe in ${livemode ? 'live' : 'test'} mode.` },
      version(apiVersion),
      clock(client.skewMs()),
      ...webhooks(missing, secrets),
    ]
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
}

const version = (used: string): Finding =>
  used === API_VERSION
    ? { level: 'ok', about: 'version', message: `Stripe-Version ${used} is what this release was written for.` }
    : {
        level: 'warning',
        about: 'version',
        message: `Stripe-Version ${used} is used; this release was written for ${API_VERSION}.`,
        cure: 'Leave apiVersion out of the configuration.',
      }

/** Signatures older than five minutes are refused: a clock that is wrong refuses all of them. */
function clock(skewMs: number | null): Finding {
  const about = 'clock'
  if (skewMs === null) return { level: 'warning', about, message: 'Stripe did not say what time it is.' }
  const seconds = Math.round(Math.abs(skewMs) / 1_000)
  if (seconds <= 30) return { level: 'ok', about, message: `The clock agrees with Stripe's within ${seconds + 1} s.` }
  const message = `This machine's clock is ${seconds} s ${skewMs < 0 ? 'ahead of' : 'behind'} Stripe's.`
  return { level: seconds < 240 ? 'warning' : 'error', about, message, cure: 'Set up time synchronisation (NTP).' }
}

function webhooks(missing: readonly string[] | null, secrets: number): Finding[] {
  const about = 'webhooks'
  if (missing === null) {
    const cure = 'Configure the public URL of the hub to hear of payments within seconds.'
    return [{ level: 'warning', about, message: 'The hub has no public URL, so everything is read by feeds.', cure }]
  }
  const stand: Finding =
    missing.length === 0
      ? { level: 'ok', about, message: `All ${EVENT_TYPES.length} kinds of event are sent to us.` }
      : {
          level: 'warning',
          about,
          message: `Events are not sent to us: ${missing.join(', ')}.`,
          cure: 'The upkeep of webhooks mends it within five minutes.',
        }
  if (secrets > 0) return [stand]
  const message = 'No signing secret is configured, so webhooks cannot be verified.'
  const cure = "Put the endpoint's signing secret, which Stripe's dashboard shows, under webhookSecrets."
  return [stand, { level: 'warning', about, message, cure }]
}
