/** Locations, the seller, the token, and webhook subscriptions. */
import { SCOPES } from '../scopes.ts'
import { limitOf, needed, rowOf, textOf, textsOf } from './body.ts'
import type { SubscriptionRow } from './hooks.ts'
import { pageOf } from './pages.ts'
import type { Endpoint } from './server.ts'
import { type Account, Refusal, type Row } from './state.ts'

export const listLocations: Endpoint = ({ account }) => ({
  locations: [...account.state.locations.values()].map((one) => ({
    id: one.id,
    name: one.name,
    timezone: one.timezone,
    status: one.active ? 'ACTIVE' : 'INACTIVE',
    capabilities: ['CREDIT_CARD_PROCESSING'],
    merchant_id: account.options.merchantId,
    country: 'US',
    language_code: 'en-US',
    currency: account.currency,
    type: 'PHYSICAL',
    created_at: '2025-01-01T00:00:00.000Z',
  })),
})

export const getMerchant: Endpoint = ({ account, id }) => {
  if (id !== 'me' && id !== account.options.merchantId)
    throw new Refusal(404, 'NOT_FOUND', `Merchant with ID ${id} not found.`)
  const facts = { business_name: 'Dockside', country: 'US', language_code: 'en-US', status: 'ACTIVE' }
  return { merchant: { id: account.options.merchantId, ...facts, currency: account.currency } }
}

export const tokenStatus: Endpoint = ({ account, scopes }) => ({
  scopes: [...scopes],
  client_id: 'sq0idp-crossdock',
  merchant_id: account.options.merchantId,
})

export const ALL_SCOPES: readonly string[] = Object.keys(SCOPES)

/** Lists do not show the keys. */
const listedRow = ({ signature_key: _, ...row }: SubscriptionRow): Row => row

export const listSubscriptions: Endpoint = ({ hooks, query }) => {
  const all = [...hooks.state.subscriptions.values()]
  const rows = all.filter((one) => one.enabled || query['include_disabled'] === 'true')
  const { cursor: _, ...bound } = query
  const page = pageOf({
    rows,
    by: (one) => one.created_at,
    id: (one) => one.id,
    limit: limitOf(query['limit'], 100, 100),
    cursor: query['cursor'],
    query: bound,
  })
  return { subscriptions: page.rows.map(listedRow), ...(page.cursor ? { cursor: page.cursor } : {}) }
}

function named({ state }: Parameters<Endpoint>[0]['hooks'], id: string): SubscriptionRow {
  const found = state.subscriptions.get(id)
  if (found) return found
  throw new Refusal(404, 'NOT_FOUND', `Webhook subscription ${id} not found.`, 'subscription_id')
}

export const getSubscription: Endpoint = ({ hooks, id }) => ({ subscription: named(hooks, id) })

export const createSubscription: Endpoint = ({ account, hooks, body, keyed }) => {
  const key = textOf(body, 'idempotency_key')
  if (key !== undefined && key.length > 45)
    throw new Refusal(400, 'VALUE_TOO_LONG', 'Field must not be greater than 45 in length', 'idempotency_key')
  return keyed(key === undefined ? undefined : `subscription ${key}`, () => {
    const wanted = rowOf(body, 'subscription')
    const name = textOf(wanted, 'name')
    const url = needed(wanted, 'notification_url')
    if (!/^https:\/\//.test(url) && !/^http:\/\/(localhost|127\.)/.test(url))
      throw new Refusal(400, 'INVALID_VALUE', 'The notification URL must be https.', 'subscription.notification_url')
    const subscription = hooks.subscribe({
      ...(name === undefined ? {} : { name }),
      notification_url: url,
      event_types: typesOf(wanted),
      api_version: textOf(wanted, 'api_version') ?? versionOf(account),
    })
    return { subscription }
  })
}

export const updateSubscription: Endpoint = ({ account, hooks, id, body }) => {
  const subscription = named(hooks, id)
  const wanted = rowOf(body, 'subscription')
  if (wanted['event_types'] !== undefined) subscription.event_types = typesOf(wanted)
  if (typeof wanted['enabled'] === 'boolean') subscription.enabled = wanted['enabled']
  subscription.updated_at = account.now()
  return { subscription: listedRow(subscription) }
}

export const deleteSubscription: Endpoint = ({ hooks, id }) => {
  named(hooks, id)
  hooks.state.subscriptions.delete(id)
  return {}
}

const TYPE = /^(order|payment|refund|inventory|catalog|oauth|payout|dispute|gift_card|location|customer)(\.[a-z_]+)+$/

function typesOf(wanted: Row): string[] {
  const types = textsOf(wanted, 'event_types') ?? []
  if (types.length === 0) throw new Refusal(400, 'ARRAY_EMPTY', 'At least one event type.', 'subscription.event_types')
  const odd = types.find((type) => !TYPE.test(type))
  if (odd) throw new Refusal(400, 'INVALID_VALUE', `\`${odd}\` is not an event type.`, 'subscription.event_types')
  return types
}

const versionOf = (_account: Account): string => '2025-08-20'
