/** One SKU: what the ERP says it is, and where each channel lists it. Stock streams learn from here what they count. */
import type { ChannelListing, ErpProduct } from '#canon/product.ts'
import { canonicalJson } from '#canon/json.ts'
import { type Decider, type Decision, type Note, note } from '../decider.ts'
import type { Money } from '#canon/money.ts'
import type { ObserveListing, ObservePrices, ObserveProduct } from '../commands.ts'
import { offerNotes } from '../offer/notes.ts'
import type { Policy } from '../policy.ts'
import { poolsOf } from '../pools.ts'
import { streams } from '../streams.ts'

export interface ProductState {
  version: number
  erp: ErpProduct | null
  listings: readonly ChannelListing[]
  /** Pools that have been told. */
  pools: readonly string[]
  /** By name of the price list. Absent until a list is mapped. */
  prices?: Readonly<Record<string, Money>>
  /** Of which moment the prices are. */
  pricedAt?: string
}

/** A person has the offers of these channels weighed anew, as after a review. */
export interface OfferProduct {
  type: 'product.offer'
  channels: readonly string[]
}

export type ProductCommand = ObserveProduct | ObserveListing | ObservePrices | OfferProduct

export type ProductEvent =
  | ({ type: 'product.described'; product: ErpProduct; pools: readonly string[] } & Offers)
  | ({ type: 'product.listed'; listing: ChannelListing; places: readonly Place[] } & Offers)
  | ({ type: 'product.delisted'; listing: ChannelListing; places: readonly Place[] } & Offers)
  | ({ type: 'product.priced'; prices: Readonly<Record<string, Money>>; at: string } & Offers)
  | ({ type: 'product.offered' } & Offers)

interface Place {
  locationId: string
  pool: string
}

interface Offers {
  /** Channels whose offers are told. Absent: none is kept by the hub. */
  offers?: readonly string[]
}

const initial: ProductState = { version: 0, erp: null, listings: [], pools: [] }

/** The channels among these, or all, whose catalogue the hub writes; absent when there are none. */
function offersIn({ catalogue = {} }: Policy, channels: readonly string[] = Object.keys(catalogue)): Offers {
  const on = channels.filter((one) => catalogue[one]?.mode === 'on').sort()
  return on.length > 0 ? { offers: on } : {}
}

function decide(state: ProductState, command: ProductCommand, policy: Policy): Decision<ProductEvent> {
  if (command.type === 'product.offer') {
    const told = offersIn(policy, command.channels)
    return told.offers && state.erp ? [{ type: 'product.offered', ...told }] : []
  }
  if (command.type === 'product.observePrices') return priced(state, command, policy)
  if (command.type === 'product.observe') {
    const { product } = command
    if (state.erp && product.changedAt < state.erp.changedAt) return []
    const pools = poolsOf(policy)
    const told = pools.every((pool) => state.pools.includes(pool))
    if (told && state.erp && sameProduct(product, state.erp)) return []
    return [{ type: 'product.described', product, pools, ...offersIn(policy) }]
  }
  const { listing } = command
  const known = state.listings.find(({ channel }) => channel === listing.channel)
  if (known && listing.changedAt < known.changedAt) return []
  const places = policy.channels[listing.channel]?.locations ?? []
  if (listing.deleted) {
    if (known?.deleted) return []
    const { changedAt, deleted } = listing
    const gone = { ...listing, ...known, changedAt, deleted }
    return [{ type: 'product.delisted', listing: gone, places, ...offersIn(policy, [listing.channel]) }]
  }
  const same =
    !known?.deleted &&
    known?.tracked === listing.tracked &&
    known?.inventoryItemId === listing.inventoryItemId &&
    known.variantId === listing.variantId &&
    known.writes === listing.writes &&
    known.title === listing.title &&
    sameShown(known, listing)
  return same ? [] : [{ type: 'product.listed', listing, places, ...offersIn(policy, [listing.channel]) }]
}

/** What the channel says nothing of is no change. */
const sameShown = ({ shown: before }: ChannelListing, { shown: now = {} }: ChannelListing): boolean =>
  Object.entries(now).every(
    ([field, value]) => canonicalJson(before?.[field as keyof typeof now] ?? null) === canonicalJson(value),
  )

function priced(state: ProductState, { prices, at }: ObservePrices, policy: Policy): Decision<ProductEvent> {
  if (state.pricedAt !== undefined && at < state.pricedAt) return []
  const before = state.prices ?? {}
  const now = Object.fromEntries(
    Object.entries({ ...before, ...prices }).filter((one): one is [string, Money] => one[1] !== null),
  )
  return canonicalJson(now) === canonicalJson(before)
    ? []
    : [{ type: 'product.priced', prices: now, at, ...offersIn(policy) }]
}

const sameProduct = (a: ErpProduct, b: ErpProduct): boolean =>
  a.erpId === b.erpId &&
  a.name === b.name &&
  a.active === b.active &&
  a.stocked === b.stocked &&
  a.barcode === b.barcode &&
  a.category === b.category &&
  a.image === b.image &&
  canonicalJson(a.taxes ?? []) === canonicalJson(b.taxes ?? [])

/** What the channel does not count by our stock, such as goods it ships itself, is given no number of ours. */
const unbound = ({ places, listing: { channel } }: Listed, sku: string): Note[] =>
  places.map(({ pool }) => note(streams.stock(pool, sku), { type: 'stock.bind', channel, place: null }))

type Listed = Extract<ProductEvent, { type: 'product.listed' }>

function evolve(before: ProductState, event: ProductEvent): ProductState {
  const state = { ...before, version: before.version + 1 }
  if (event.type === 'product.described') return { ...state, erp: event.product, pools: event.pools }
  if (event.type === 'product.priced') return { ...state, prices: event.prices, pricedAt: event.at }
  if (event.type === 'product.offered') return state
  const others = state.listings.filter(({ channel }) => channel !== event.listing.channel)
  // A deleted listing stays as its own tombstone: older news does not bring it back.
  const known = state.listings.find(({ channel }) => channel === event.listing.channel)?.shown
  const shown = known && { shown: { ...known, ...event.listing.shown } }
  return { ...state, listings: [...others, { ...event.listing, ...shown }] }
}

function react(event: ProductEvent, state: ProductState, stream: string): Note[] {
  const sku = stream.slice('product/'.length)
  return [...stockNotes(event, sku), ...offerNotes(sku, state, event.offers ?? [])]
}

function stockNotes(event: ProductEvent, sku: string): Note[] {
  if (event.type === 'product.priced' || event.type === 'product.offered') return []
  if (event.type === 'product.listed' && !event.listing.tracked) return unbound(event, sku)
  if (event.type === 'product.described') {
    const { active, stocked } = event.product
    return event.pools.map((pool) => note(streams.stock(pool, sku), { type: 'stock.know', stocked: active && stocked }))
  }
  const { channel, inventoryItemId, writes } = event.listing
  return event.places.map(({ locationId, pool }) => {
    const place = event.type === 'product.listed' ? { inventoryItemId, locationId, ...(writes && { writes }) } : null
    return note(streams.stock(pool, sku), { type: 'stock.bind', channel, place })
  })
}

export const product: Decider<ProductState, ProductCommand, ProductEvent, Policy> = { initial, decide, evolve, react }
