/** What `doctor` asks of a shop: does the token work, may we do all we must, do webhooks stand, is the clock right. */
import { toFault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Finding } from '../kit/connector.ts'
import type { ShopifyConfig } from './config.ts'
import type { GraphQl } from './graphql.ts'
import { numberOf } from './ids.ts'
import { API_END_OF_LIFE, API_VERSION } from './limits.ts'
import { checkUp } from './operations.ts'
import { SCOPES } from './scopes.ts'
import { missingTopics, subscriptions, TOPICS } from './webhooks.ts'

export interface CheckOptions {
  config: ShopifyConfig
  hookUrl: string | undefined
  io: Io
}

export async function check(graphql: GraphQl, options: CheckOptions): Promise<Finding[]> {
  try {
    const shop = await graphql.call(checkUp, {})
    const all = await subscriptions(graphql)
    return [
      {
        level: 'ok',
        about: 'connection',
        message: `Connected to ${shop.shop.myshopifyDomain}, which counts in ${shop.shop.currencyCode}.`,
      },
      domain(shop.shop.myshopifyDomain, options.config.shop),
      permissions(shop.currentAppInstallation.accessScopes.map(({ handle }) => handle)),
      version(options.config.apiVersion, shop.publicApiVersions, options.io.now()),
      clock(graphql.clockSkewMs()),
      webhooks(missingOf(all, options.hookUrl)),
      ...locations(options.config, shop.locations.nodes),
    ]
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
}

const domain = (found: string, configured: string): Finding =>
  found === configured
    ? { level: 'ok', about: 'shop', message: `The configured domain is the shop's own.` }
    : {
        level: 'error',
        about: 'shop',
        message: `The shop calls itself ${found}, the configuration says ${configured}: all its webhooks would be refused.`,
        cure: `Set shop to ${found}.`,
      }

function permissions(granted: string[]): Finding {
  // Writing includes reading.
  const has = (scope: string) => granted.includes(scope) || granted.includes(scope.replace(/^read_/, 'write_'))
  const missing = Object.keys(SCOPES).filter((scope) => !has(scope))
  if (missing.length === 0) return { level: 'ok', about: 'permissions', message: 'All permissions are granted.' }
  const cure = 'Add the scopes to the app, release a version and install it again.'
  return { level: 'error', about: 'permissions', message: `Permissions are missing: ${missing.join(', ')}.`, cure }
}

function version(used: string, offered: { handle: string; supported: boolean }[], now: number): Finding {
  const about = 'version'
  if (!offered.some(({ handle, supported }) => handle === used && supported)) {
    const cure = `Upgrade the hub; it was written for ${API_VERSION}.`
    return {
      level: 'error',
      about,
      message: `API version ${used} is not supported; Shopify answers with another one.`,
      cure,
    }
  }
  const daysLeft = Math.floor((Date.parse(API_END_OF_LIFE) - now) / 86_400_000)
  if (used === API_VERSION && daysLeft < 90) {
    return {
      level: 'warning',
      about,
      message: `API version ${used} ends in ${daysLeft} days.`,
      cure: 'Upgrade the hub before that.',
    }
  }
  return { level: 'ok', about, message: `API version ${used} is supported.` }
}

function clock(skewMs: number | null): Finding {
  if (skewMs === null) return { level: 'warning', about: 'clock', message: 'Shopify did not say what time it is.' }
  const seconds = Math.round(Math.abs(skewMs) / 1_000)
  if (seconds <= 30)
    return { level: 'ok', about: 'clock', message: `The clock agrees with Shopify's within ${Math.max(1, seconds)} s.` }
  const message = `This machine's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} Shopify's.`
  return { level: 'warning', about: 'clock', message, cure: 'Set up time synchronisation (NTP).' }
}

const missingOf = (all: Awaited<ReturnType<typeof subscriptions>>, hookUrl: string | undefined): string[] | null =>
  hookUrl === undefined ? null : missingTopics(all, hookUrl)

function webhooks(missing: string[] | null): Finding {
  const about = 'webhooks'
  if (missing === null) {
    const cure = 'Configure the public URL of the hub to hear of orders within seconds.'
    return {
      level: 'warning',
      about,
      message: 'The hub has no public URL, so orders are only read once a minute.',
      cure,
    }
  }
  if (missing.length === 0) return { level: 'ok', about, message: `All ${TOPICS.length} subscriptions stand.` }
  const message = `Subscriptions are missing: ${missing.join(', ')}.`
  return { level: 'warning', about, message, cure: 'The upkeep of webhooks creates them within five minutes.' }
}

function locations(config: ShopifyConfig, found: { id: string; name: string; isActive: boolean }[]): Finding[] {
  const about = 'locations'
  if (config.locations.length === 0) {
    const cure = `Add at least one of: ${found.map(({ id, name }) => `${numberOf(id)} (${name})`).join(', ')}.`
    return [{ level: 'warning', about, message: 'No location is configured, so no stock is published.', cure }]
  }
  return config.locations.map(({ locationId, pool }) => {
    const location = found.find(({ id }) => numberOf(id) === locationId)
    if (location?.isActive) return { level: 'ok', about, message: `${location.name} sells from ${pool}.` }
    const message = `Location ${locationId} ${location ? 'is not active' : 'does not exist'} in the shop.`
    return {
      level: 'error',
      about,
      message,
      cure: 'Correct locations in the configuration or activate it in the shop.',
    }
  })
}
