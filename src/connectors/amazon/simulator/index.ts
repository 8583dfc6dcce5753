/**
 * The other end: a seller's account at Amazon, with its API, its tokens, its presigned documents and the queue of its
 * notifications. It is a fetch, and through its control plane buyers buy, Amazon ships and things go wrong; `beliefs()`
 * says what Amazon holds to be true.
 */
import { formatMoney, money } from '#canon/money.ts'
import type { Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { openServer } from './server.ts'
import { openSettlements, type Settled, type Settlements } from './settlements.ts'
import {
  type AmazonOptions,
  type AmazonState,
  moment,
  openWorld,
  type Order,
  type Patch,
  type Row,
  type World,
} from './state.ts'
import { hasEnded, openTrade, type Trade } from './trade.ts'
import { totalOf } from './views.ts'

export type { AmazonOptions, Buyer } from './state.ts'
export type { NewListing, Purchase } from './trade.ts'

/** What Amazon believes. Plain data, for an auditor. */
export interface AmazonBeliefs {
  orders: {
    id: string
    placedAt: string
    status: string
    fulfilledBy: 'MERCHANT' | 'AMAZON'
    /** What the buyer pays, as a decimal string in the store's currency. */
    total: string
    lines: { id: string; sku: string; quantity: number; cancelled: number; shipped: number }[]
    packages: {
      reference: string
      trackingNumber: string
      carrier: string
      lines: { lineId: string; quantity: number }[]
    }[]
  }[]
  /** What can be bought of the seller's own stock, by SKU. */
  available: Record<string, number>
  /** What can be bought of the stock that lies with Amazon. */
  fba: Record<string, number>
  /** Pieces sold and not cancelled, by SKU: of the seller's own stock, and of what lies with Amazon. */
  sales: Record<string, number>
  fbaSales: Record<string, number>
  /** Changes that were accepted and are not effective yet; `to` of numbers of stock. */
  submissions: { sku: string; to: number | null; dueAt: number }[]
  feeds: number
  subscriptions: number
  /** In the queue, handed out or not. */
  messages: number
  /** Every settlement with all its amounts. */
  settled: Settled[]
  counts: AmazonState['counts']
}

export interface AmazonSimulator extends Simulator, Trade, Settlements {
  beliefs(): AmazonBeliefs
  /** All it remembers, as plain data without functions; what happens later does not change it. */
  snapshot(): unknown
  /** Tokens are refused; new ones can be had. */
  revokeTokens(): void
  /** The app's secret is another one from now on. */
  rotateSecret(secret: string): void
  /** The seller withdraws the authorisation, or gives it again. */
  authorise(authorised: boolean): void
  /** The roles for names and addresses are taken away or given. */
  setPersonalData(told: boolean): void
  /** Nothing is told to the queue any more. */
  dropSubscriptions(): void
  /** One of them vanishes. @param nth any number; it is counted round. */
  dropSubscription(nth: number): void
  /** Changes of what this SKU shows are accepted and come to nothing from now on; null: no more. */
  refuseChanges(sku: string, reason: string | null): void
  /** So many feeds to come are never worked off. */
  failFeeds(count: number): void
  /** Staff write something at the public offer, such as an end. */
  typeOffer(sku: string, offer: Row): void
  /** What customers see of the offer; null when there is none. */
  shows(
    sku: string,
  ): { title: string; price: number; buyable: boolean; attributes: Record<string, Row[]>; offer: Row } | null
  /** Somebody puts a message of their own into the queue. */
  putMessage(body: string): void
}

/** @param snapshot of an earlier account with the same options: the new one goes on where that one stood. */
export function createAmazon(options: AmazonOptions, io: SimulatorIo, snapshot?: unknown): AmazonSimulator {
  const world = openWorld(options, io, structuredClone(snapshot) as AmazonState | undefined)
  const { state } = world
  const trade = openTrade(world)
  const server = openServer(world, () => trade.tick())
  return {
    ...trade,
    ...openSettlements(world),
    fetch: (request) => server.fetch(request),
    // Amazon sends no webhooks: its news lie in the queue.
    due: () => [],
    beliefs() {
      trade.tick()
      return believed(world)
    },
    snapshot: () => structuredClone(state),
    revokeTokens: () => state.tokens.clear(),
    rotateSecret: (secret) => void (state.credentials.clientSecret = secret),
    authorise(authorised) {
      state.credentials.authorised = authorised
      if (!authorised) state.tokens.clear()
    },
    setPersonalData: (told) => void (state.personalData = told),
    dropSubscriptions: () => state.subscriptions.clear(),
    dropSubscription(nth) {
      const types = [...state.subscriptions.keys()]
      if (types.length > 0) state.subscriptions.delete(types[nth % types.length]!)
    },
    refuseChanges(sku, reason) {
      if (reason === null) state.refused.delete(sku)
      else state.refused.set(sku, reason)
    },
    failFeeds: (count) => void (state.failFeeds = count),
    typeOffer(sku, offer) {
      const listing = state.listings.get(sku)
      if (listing) listing.offer = { ...listing.offer, ...offer }
    },
    shows(sku) {
      trade.tick()
      const one = state.listings.get(sku)
      if (!one || one.deleted) return null
      const { title, price, attributes = {}, offer = {} } = one
      return { title, price, buyable: !hasEnded(one, io.now()), attributes, offer }
    },
    putMessage(body) {
      const at = io.now()
      state.messages.push({
        id: `message-${world.next()}`,
        body,
        visibleAt: at,
        sentAt: at,
        received: 0,
        receipt: null,
      })
    },
  }
}

function believed(world: World): AmazonBeliefs {
  const { state } = world
  const sold = (by: Order['fulfilledBy']): Record<string, number> => {
    const pieces: Record<string, number> = {}
    for (const { fulfilledBy, items } of state.orders.values())
      for (const { sku, ordered, cancelled } of fulfilledBy === by ? items : [])
        pieces[sku] = (pieces[sku] ?? 0) + ordered - cancelled
    return pieces
  }
  const own = [...state.listings.values()].filter(({ channel, deleted }) => channel === 'DEFAULT' && !deleted)
  return {
    orders: [...state.orders.values()].map((order) => orderBelief(world, order)),
    available: Object.fromEntries(own.map(({ sku, quantity }) => [sku, quantity])),
    fba: Object.fromEntries([...state.fba].map(([sku, { fulfillable }]) => [sku, fulfillable])),
    sales: sold('MERCHANT'),
    fbaSales: sold('AMAZON'),
    submissions: state.submissions.map(({ sku, patches, dueAt }) => ({ sku, to: quantityIn(patches), dueAt })),
    feeds: state.feeds.size,
    subscriptions: state.subscriptions.size,
    messages: state.messages.length,
    settled: structuredClone(state.settled),
    counts: { ...state.counts },
  }
}

const quantityIn = (patches: readonly Patch[]): number | null =>
  (patches.find(({ name }) => name === 'fulfillment_availability')?.value[0]?.['quantity'] as number | undefined) ??
  null

const orderBelief = (world: World, order: Order): AmazonBeliefs['orders'][number] => ({
  id: order.id,
  placedAt: moment(order.createdAt),
  status: order.status,
  fulfilledBy: order.fulfilledBy,
  total: formatMoney(money(totalOf(world, order.items), world.currency)),
  lines: order.items.map(({ id, sku, ordered, cancelled, shipped }) => ({
    id, sku, quantity: ordered, cancelled, shipped,
  })), // prettier-ignore
  packages: order.packages.map(({ reference, trackingNumber, carrier, items }) => ({
    reference,
    trackingNumber,
    carrier,
    lines: items.map(({ itemId, quantity }) => ({ lineId: itemId, quantity })),
  })),
})
