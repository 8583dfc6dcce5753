/** How streams are named. The kind stands first: it says which decider knows the stream. */

export const streams = {
  order: (channel: string, externalId: string) => `order/${channel}/${externalId}`,
  fulfilment: (channel: string, externalId: string) => `fulfilment/${channel}/${externalId}`,
  /** Goods and money that come back from one order. */
  returns: (channel: string, externalId: string) => `return/${channel}/${externalId}`,
  route: (channel: string, externalId: string) => `route/${channel}/${externalId}`,
  /** The part of an order that one warehouse run by somebody else sends. */
  warehouseOrder: (channel: string, externalId: string, pool: string) =>
    `warehouse-order/${channel}/${externalId}/${pool}`,
  stock: (pool: string, sku: string) => `stock/${pool}/${sku}`,
  kit: (pool: string, sku: string) => `kit/${pool}/${sku}`,
  channel: (name: string) => `channel/${name}`,
  /** Where `stream` waits for the channel: many streams, so that no state grows with the catalogue. */
  waiting: (name: string, stream: string) => `channel/${name}/${shardOf(stream)}`,
  reservation: (id: string) => `reservation/${id}`,
  product: (sku: string) => `product/${sku}`,
  /** What a channel shows of a SKU, but for its price, which never waits for the rest. */
  offer: (channel: string, sku: string) => `offer/${channel}/${sku}`,
  price: (channel: string, sku: string) => `price/${channel}/${sku}`,
  customer: (key: string) => `customer/${key}`,
  /** Who can be found by an e-mail address, a telephone number or a place; `key` is a digest of it. */
  identity: (key: string) => `identity/${key}`,
  payment: (provider: string, id: string) => `payment/${provider}/${id}`,
  /** News of a carrier finds it by the number alone. */
  parcel: (carrier: string, trackingNumber: string) => `parcel/${carrier}/${trackingNumberOf(trackingNumber)}`,
  /** The shipping labels of one order. */
  label: (channel: string, externalId: string) => `label/${channel}/${externalId}`,
  /** What a provider sent to the bank in one go. */
  payout: (provider: string, id: string) => `payout/${provider}/${id}`,
  /** Leads to the payment that a capture belongs to. */
  capture: (provider: string, id: string) => `capture/${provider}/${id}`,
  /** One article of a supplier, from this quantity on. */
  supply: (connection: string, minQuantity: string, article: string) =>
    `supply/${connection}/${minQuantity}/${article}`,
  /** The lists of a supplier. */
  supplier: (connection: string) => `supplier/${connection}`,
  till: (storeId: string, registerId: string) => `till/${storeId}/${registerId}`,
} as const

/** As carriers write it: people type blanks and small letters. */
export const trackingNumberOf = (written: string): string => written.replace(/[\s-]+/g, '').toUpperCase()

export const kindOf = (stream: string): string => stream.slice(0, stream.indexOf('/'))

/** `<channel>:<externalId>`, as the ERP stores it, to the order's parts; null when it is not one of ours. */
export function parseOrderRef(ref: string): { channel: string; externalId: string } | null {
  const at = ref.indexOf(':')
  return at > 0 && at < ref.length - 1 ? { channel: ref.slice(0, at), externalId: ref.slice(at + 1) } : null
}

/** Stream of what a warehouse knows as `<channel>:<id of the order>:<warehouse>`; null when that is none of ours. */
export function warehouseStream(reference: string): string | null {
  const [channel, externalId, pool, ...more] = reference.split(':')
  return channel && externalId && pool && more.length === 0 ? streams.warehouseOrder(channel, externalId, pool) : null
}

/**
 * Stream of the labels that a reference `<channel>:<id of the order>:<delivery>:<n>` is of; null when it is none of
 * ours.
 */
export function labelStream(reference: string): string | null {
  const [, channel, externalId] = /^([^:/]+):(.+):[^:]+:\d+$/.exec(reference) ?? []
  return channel && externalId ? streams.label(channel, externalId) : null
}

/** What a screener knows one picture of an order by. */
export const screeningReference = (channel: string, externalId: string, picture: string): string =>
  `${channel}:${externalId}:${picture}`

/** Stream of the order that a screener knows by that; null when it is none of ours. */
export function screenedStream(reference: string): string | null {
  const [channel, externalId, picture, ...more] = reference.split(':')
  return channel && externalId && picture && more.length === 0 ? streams.order(channel, externalId) : null
}

/** The parts of a `supply/…` stream; an article may hold slashes. */
export function parseSupply(stream: string): { connection: string; minQuantity: string; article: string } {
  const [, connection = '', minQuantity = '', ...rest] = stream.split('/')
  return { connection, minQuantity, article: rest.join('/') }
}

export function parsePayout(stream: string): { provider: string; payoutId: string } {
  const [, provider = '', ...rest] = stream.split('/')
  return { provider, payoutId: rest.join('/') }
}

const SHARDS = 1024

/** FNV-1a: the same for good, since streams are named by it. */
function shardOf(stream: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < stream.length; at += 1) hash = Math.imul(hash ^ stream.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % SHARDS
}
