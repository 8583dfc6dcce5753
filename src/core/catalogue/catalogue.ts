/**
 * Two small indexes of what a channel names by its own ids: `item/…` knows which SKU an inventory item counts, and
 * passes on what the channel says of it; `listing/…` knows which SKUs a channel's product stands for, so that its
 * deletion (which names only the product) reaches them. `connection/…` remembers that a channel has cut the hub off.
 */
import { type Decider, type Decision, type Note, note, refused } from '../decider.ts'
import type { Policy } from '../policy.ts'
import { streams } from '../streams.ts'

export interface ItemState {
  version: number
  sku: string | null
  last: Readonly<Record<string, { available: number; at: string }>>
}

export type ItemCommand =
  | { type: 'item.bind'; sku: string; variantId: string; productId: string }
  | { type: 'item.seen'; locationId: string; available: number; at: string }

export type ItemEvent =
  | { type: 'item.bound'; sku: string }
  | { type: 'item.counted'; sku: string; pool: string; locationId: string; available: number; at: string }

export const item: Decider<ItemState, ItemCommand, ItemEvent, Policy> = {
  initial: { version: 0, sku: null, last: {} },
  decide(state, command, policy, context): Decision<ItemEvent> {
    if (command.type === 'item.bind') return state.sku === command.sku ? [] : [{ type: 'item.bound', sku: command.sku }]
    if (state.sku === null) return refused('item_unknown', 'The inventory item belongs to no SKU the hub knows.')
    const { locationId, available, at } = command
    const channel = context.stream.split('/')[1] ?? ''
    const place = policy.channels[channel]?.locations.find((one) => one.locationId === locationId)
    if (!place) return refused('location_unknown', `No policy names the location ${locationId} of '${channel}'.`)
    const before = state.last[locationId]
    if (before && (before.at > at || before.available === available)) return []
    return [{ type: 'item.counted', sku: state.sku, pool: place.pool, locationId, available, at }]
  },
  evolve(before, event) {
    const state = { ...before, version: before.version + 1 }
    if (event.type === 'item.bound') return { ...state, sku: event.sku }
    const { locationId, available, at } = event
    return { ...state, last: { ...state.last, [locationId]: { available, at } } }
  },
  react(event, _state, stream): Note[] {
    if (event.type === 'item.bound') return []
    const channel = stream.split('/')[1] ?? ''
    const { available, at } = event
    return [note(streams.stock(event.pool, event.sku), { type: 'stock.seen', channel, available, at })]
  },
}

export interface ListingState {
  version: number
  skus: readonly string[]
  at: string
}

export type ListingCommand =
  | { type: 'listing.observe'; skus: readonly string[]; at: string }
  | { type: 'listing.deleted'; at: string }

export type ListingEvent = { type: 'listing.changed'; skus: readonly string[]; gone: readonly string[]; at: string }

export const listing: Decider<ListingState, ListingCommand, ListingEvent, Policy> = {
  initial: { version: 0, skus: [], at: '' },
  decide(state, command): Decision<ListingEvent> {
    if (command.at < state.at) return []
    const skus = command.type === 'listing.deleted' ? [] : [...new Set(command.skus)].sort()
    const gone = state.skus.filter((sku) => !skus.includes(sku))
    // A deletion is remembered even of what was never seen: older news may still be under way.
    const news = command.type === 'listing.deleted' && command.at > state.at
    const same = gone.length === 0 && skus.length === state.skus.length && !news
    return same ? [] : [{ type: 'listing.changed', skus, gone, at: command.at }]
  },
  evolve: (before, event) => ({ version: before.version + 1, skus: event.skus, at: event.at }),
  react(event, _state, stream): Note[] {
    const [, channel = '', productId = ''] = stream.split('/')
    return event.gone.map((sku) => {
      const listing = {
        sku, channel, productId, variantId: '', inventoryItemId: '', title: '',
        tracked: false, changedAt: event.at, deleted: true,
      } // prettier-ignore
      return note(streams.product(sku), { type: 'product.observeListing', listing })
    })
  },
}

export interface ConnectionState {
  version: number
  lost: string | null
}

export type ConnectionCommand = { type: 'connection.lost'; reason: string } | { type: 'connection.restored' }
export type ConnectionEvent = { type: 'connection.lost'; reason: string } | { type: 'connection.restored' }

export const connection: Decider<ConnectionState, ConnectionCommand, ConnectionEvent, Policy> = {
  initial: { version: 0, lost: null },
  decide: (state, command) => ((command.type === 'connection.lost') === (state.lost !== null) ? [] : [command]),
  evolve: (before, event) => ({
    version: before.version + 1,
    lost: event.type === 'connection.lost' ? event.reason : null,
  }),
  react: () => [],
}
