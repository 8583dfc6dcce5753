/** One SKU: what the ERP says it is, and where each channel lists it. Stock streams learn from here what they count. */
import type { ChannelListing, ErpProduct } from '#canon/product.ts'
import { type Decider, type Decision, type Note, note } from '../decider.ts'
import type { ObserveListing, ObserveProduct } from '../commands.ts'
import type { Policy } from '../policy.ts'
import { poolsOf } from '../pools.ts'
import { streams } from '../streams.ts'

export interface ProductState {
  version: number
  erp: ErpProduct | null
  listings: readonly ChannelListing[]
  /** Pools that have been told. */
  pools: readonly string[]
}

export type ProductCommand = ObserveProduct | ObserveListing

export type ProductEvent =
  | { type: 'product.described'; product: ErpProduct; pools: readonly string[] }
  | { type: 'product.listed'; listing: ChannelListing; places: readonly { locationId: string; pool: string }[] }
  | { type: 'product.delisted'; listing: ChannelListing; places: readonly { locationId: string; pool: string }[] }

const initial: ProductState = { version: 0, erp: null, listings: [], pools: [] }

function decide(state: ProductState, command: ProductCommand, policy: Policy): Decision<ProductEvent> {
  if (command.type === 'product.observe') {
    const { product } = command
    if (state.erp && product.changedAt < state.erp.changedAt) return []
    const pools = poolsOf(policy)
    const told = pools.every((pool) => state.pools.includes(pool))
    return told && state.erp && sameProduct(product, state.erp) ? [] : [{ type: 'product.described', product, pools }]
  }
  const { listing } = command
  const known = state.listings.find(({ channel }) => channel === listing.channel)
  if (known && listing.changedAt < known.changedAt) return []
  const places = policy.channels[listing.channel]?.locations ?? []
  if (listing.deleted) {
    if (known?.deleted) return []
    const { changedAt, deleted } = listing
    return [{ type: 'product.delisted', listing: { ...listing, ...known, changedAt, deleted }, places }]
  }
  const same =
    !known?.deleted &&
    known?.tracked === listing.tracked &&
    known?.inventoryItemId === listing.inventoryItemId &&
    known.variantId === listing.variantId &&
    known.writes === listing.writes &&
    known.title === listing.title
  return same ? [] : [{ type: 'product.listed', listing, places }]
}

const sameProduct = (a: ErpProduct, b: ErpProduct): boolean =>
  a.erpId === b.erpId &&
  a.name === b.name &&
  a.active === b.active &&
  a.stocked === b.stocked &&
  a.barcode === b.barcode

/** What the channel does not count by our stock, such as goods it ships itself, is given no number of ours. */
const unbound = ({ places, listing: { channel } }: Listed, sku: string): Note[] =>
  places.map(({ pool }) => note(streams.stock(pool, sku), { type: 'stock.bind', channel, place: null }))

type Listed = Extract<ProductEvent, { type: 'product.listed' }>

function evolve(before: ProductState, event: ProductEvent): ProductState {
  const state = { ...before, version: before.version + 1 }
  if (event.type === 'product.described') return { ...state, erp: event.product, pools: event.pools }
  const others = state.listings.filter(({ channel }) => channel !== event.listing.channel)
  // A deleted listing stays as its own tombstone: older news does not bring it back.
  return { ...state, listings: [...others, event.listing] }
}

function react(event: ProductEvent, _state: ProductState, stream: string): Note[] {
  const sku = stream.slice('product/'.length)
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
