/** What `doctor` asks of Square: does the token work, may we do all we must, do webhooks stand, is the clock right. */
import { z } from 'zod'
import { toFault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Finding } from '../kit/connector.ts'
import type { SquareConfig } from './config.ts'
import { API_VERSION } from './limits.ts'
import { places } from './sales.ts'
import { SCOPES } from './scopes.ts'
import { listOf, maybeText, moment, shaped } from './shape.ts'
import type { Place } from './shapes.ts'
import { EVENT_TYPES, missingTypes, subscriptions } from './webhooks.ts'
import type { Client } from './wire.ts'

export interface CheckOptions {
  config: SquareConfig
  hookUrl: string | undefined
  io: Io
}

const token = z.object({ scopes: listOf(z.string()), expires_at: moment.nullish(), merchant_id: maybeText })
const DAYS_AHEAD = 7

export async function check(client: Client, { config, hookUrl, io }: CheckOptions): Promise<Finding[]> {
  try {
    const status = shaped(
      token,
      await client.call({
        method: 'POST',
        path: '/oauth2/token/status',
        body: {},
        what: 'asking what the token may do',
      }),
      'the status of the token',
    )
    const told = await client.call({ method: 'GET', path: '/v2/locations', what: 'reading locations' })
    const { locations: found } = shaped(places, told, 'locations')
    const missing = hookUrl === undefined ? null : missingTypes(await subscriptions(client), hookUrl)
    return [
      { level: 'ok', about: 'connection', message: `Connected to Square as seller ${config.merchantId}.` },
      ...seller(status.merchant_id ?? null, config.merchantId),
      permissions(status.scopes),
      ...expiry(status.expires_at ?? null, io.now()),
      version(config.apiVersion),
      clock(client.skewMs()),
      webhooks(missing),
      ...locations(config, found),
    ]
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
}

const seller = (found: string | null, configured: string): Finding[] =>
  found === null || found === configured
    ? []
    : [
        {
          level: 'error',
          about: 'seller',
          message: `The token is of seller ${found}, not ${configured}: all webhooks would be refused.`,
          cure: `Set merchantId to ${found}, or use the token of ${configured}.`,
        },
      ]

function permissions(granted: readonly string[]): Finding {
  const missing = Object.keys(SCOPES).filter((scope) => !granted.includes(scope))
  if (missing.length === 0) return { level: 'ok', about: 'permissions', message: 'All permissions are granted.' }
  const cure = 'Authorise the app again with these permissions.'
  return { level: 'error', about: 'permissions', message: `Permissions are missing: ${missing.join(', ')}.`, cure }
}

function expiry(at: string | null, now: number): Finding[] {
  if (at === null) return []
  const days = Math.floor((Date.parse(at) - now) / 86_400_000)
  if (days >= DAYS_AHEAD) return [{ level: 'ok', about: 'token', message: `The token holds for ${days} days.` }]
  const cure = 'Renew it now, and store the new one where the configuration refers to.'
  return [{ level: 'warning', about: 'token', message: `The token ends in ${days} days.`, cure }]
}

const version = (used: string): Finding =>
  used === API_VERSION
    ? { level: 'ok', about: 'version', message: `Square-Version ${used} is what this release was written for.` }
    : {
        level: 'warning',
        about: 'version',
        message: `Square-Version ${used} is used; this release was written for ${API_VERSION}.`,
        cure: 'Leave apiVersion out of the configuration.',
      }

function clock(skewMs: number | null): Finding {
  const about = 'clock'
  if (skewMs === null) return { level: 'warning', about, message: 'Square did not say what time it is.' }
  const seconds = Math.round(Math.abs(skewMs) / 1_000)
  if (seconds <= 30)
    return { level: 'ok', about, message: `The clock agrees with Square's within ${Math.max(1, seconds)} s.` }
  const message = `This machine's clock is ${seconds} s ${skewMs < 0 ? 'ahead of' : 'behind'} Square's.`
  return { level: 'warning', about, message, cure: 'Set up time synchronisation (NTP).' }
}

function webhooks(missing: readonly string[] | null): Finding {
  const about = 'webhooks'
  if (missing === null) {
    const cure = 'Configure the public URL of the hub to hear of stock within seconds.'
    return { level: 'warning', about, message: 'The hub has no public URL, so everything is only read by feeds.', cure }
  }
  if (missing.length === 0)
    return { level: 'ok', about, message: `All ${EVENT_TYPES.length} kinds of event are subscribed to.` }
  const message = `Events are not subscribed to: ${missing.join(', ')}.`
  return { level: 'warning', about, message, cure: 'The upkeep of webhooks mends it within five minutes.' }
}

function locations(config: SquareConfig, found: readonly Place[]): Finding[] {
  const about = 'locations'
  if (config.locations.length === 0) {
    const cure = `Add at least one of: ${found.map(({ id, name }) => `${id} (${name ?? 'no name'})`).join(', ')}.`
    return [
      {
        level: 'warning',
        about,
        message: 'No location is configured, so nothing is read and no stock is published.',
        cure,
      },
    ]
  }
  return config.locations.map(({ locationId, pool, store }): Finding => {
    const location = found.find(({ id }) => id === locationId)
    const cure = 'Correct locations in the configuration, or activate it in Square.'
    if (location?.status !== 'ACTIVE')
      return {
        level: 'error',
        about,
        message: `Location ${locationId} ${location ? 'is not active' : 'does not exist'} in Square.`,
        cure,
      }
    const name = location.name ?? locationId
    if (!location.timezone)
      return {
        level: 'warning',
        about,
        message: `${name} has no time zone: its days begin by UTC.`,
        cure: 'Set it in Square.',
      }
    return {
      level: 'ok',
      about,
      message: `${name} (store ${store ?? locationId}, ${location.timezone}) sells from ${pool}.`,
    }
  })
}
