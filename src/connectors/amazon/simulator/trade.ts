/** Buying, paying, shipping and cancelling in the simulated marketplace, and what becomes due with time. */
import { gzipSync } from 'node:zlib'
import { setQuantity, workOff } from './changes.ts'
import { tellFba, tellReport, tellIssues, tellOrder, tellStatus } from './notify.ts'
import type { Buyer, Charge, Document, Item, Listing, Order, Report, World } from './state.ts'

export interface NewListing {
  sku: string
  title?: string
  asin?: string
  productType?: string
  /** Decimal text or minor units. */
  price: number | string
  /** Of the seller's own stock; 0 unless said. */
  quantity?: number
  /** Amazon ships it from these pieces. */
  fba?: number
}

export interface Purchase {
  lines: { sku: string; quantity: number; discount?: number }[]
  buyer?: Buyer
  /** What delivery costs, in minor units; spread over the first line. */
  shipping?: number
  serviceLevel?: string
  programs?: string[]
  /** How long it is pending, in milliseconds; by chance unless said. */
  pendingMs?: number
}

export interface Trade {
  addListing(listing: NewListing): Listing
  /** The seller deletes an offer by hand. */
  deleteListing(sku: string): void
  /** Amazon finds something wrong with the offer (or no more): numbers are refused meanwhile. */
  breakListing(sku: string, broken?: boolean): void
  /** Somebody types a number in Seller Central: effective at once. */
  typeQuantity(sku: string, quantity: number): void
  /** Goods arrive in Amazon's warehouses. */
  receiveFba(sku: string, pieces: number): void
  /** @returns the order's id, or null when there is not enough to buy. */
  placeOrder(purchase: Purchase): string | null
  /** The payment is settled now. @returns whether it was pending. */
  settle(orderId: string): boolean
  /** The buyer asks the seller to cancel; nothing else happens. */
  askCancellation(orderId: string): void
  /** @returns whether anything was left to cancel. */
  cancelOrder(orderId: string, by?: 'BUYER' | 'MERCHANT' | 'AMAZON'): boolean
  /** Amazon ships what it has to ship of the order. */
  shipByAmazon(orderId: string): boolean
  /** An order that is over leaves its memory: nothing lists it any more. */
  forget(orderId: string): void
  /** Everything that is due by now. */
  tick(): void
  nextDueAt(): number | null
}

const NOBODY: Buyer = {
  name: 'Ada Byron',
  email: 'ada-byron@marketplace.example',
  address: {
    street: '1 Dock Road',
    city: 'Austin',
    region: 'TX',
    postcode: '78701',
    country: 'US',
    phone: '+15125550100',
  },
}

export function openTrade(world: World): Trade {
  const { state, io } = world
  const orderOf = (id: string): Order | undefined => state.orders.get(id)

  function touch(order: Order, reason: string, type?: string): void {
    order.updatedAt = Math.max(io.now(), order.updatedAt)
    tellOrder(world, order, reason, type)
  }

  function settle(order: Order, at: number): void {
    order.settlesAt = null
    order.status = 'UNSHIPPED'
    order.updatedAt = at
    tellOrder(world, order, 'Payment authorised')
  }

  const trade: Trade = {
    addListing({ sku, title = sku, asin, productType = 'LUGGAGE', price, quantity = 0, fba }) {
      const listing: Listing = {
        sku,
        asin: asin ?? `B0${String(world.next()).padStart(8, '0')}`,
        title,
        productType,
        price: typeof price === 'number' ? price : Math.round(Number(price) * 100),
        channel: fba === undefined ? 'DEFAULT' : 'AMAZON_NA',
        quantity,
        updatedAt: io.now(),
        createdAt: io.now(),
        deleted: false,
        broken: false,
      }
      state.listings.set(sku, listing)
      if (fba !== undefined) state.fba.set(sku, { fulfillable: fba, reserved: 0, updatedAt: io.now() })
      tellStatus(world, listing)
      return listing
    },
    deleteListing(sku) {
      const listing = state.listings.get(sku)
      if (!listing || listing.deleted) return
      Object.assign(listing, { deleted: true, quantity: 0, updatedAt: io.now() })
      tellStatus(world, listing)
    },
    breakListing(sku, broken = true) {
      const listing = state.listings.get(sku)
      if (!listing || listing.broken === broken) return
      listing.broken = broken
      tellIssues(world, listing)
    },
    typeQuantity: (sku, quantity) => setQuantity(world, sku, quantity),
    receiveFba(sku, pieces) {
      const stock = state.fba.get(sku)
      if (!stock) return
      Object.assign(stock, { fulfillable: stock.fulfillable + pieces, updatedAt: io.now() })
      tellFba(world, sku)
    },
    placeOrder(purchase) {
      trade.tick()
      return place(world, purchase)
    },
    settle(id) {
      const order = orderOf(id)
      if (order?.settlesAt === null || !order || order.status !== 'PENDING') return false
      settle(order, io.now())
      return true
    },
    askCancellation(id) {
      const order = orderOf(id)
      if (order?.status !== 'UNSHIPPED') return
      for (const item of order.items) item.cancelAsked = true
      touch(order, 'Buyer Requested Cancel', 'BuyerRequestedChange')
    },
    cancelOrder(id, by = 'BUYER') {
      trade.tick()
      const order = orderOf(id)
      if (!order || (order.status !== 'PENDING' && order.status !== 'UNSHIPPED')) return false
      order.settlesAt = null
      order.status = 'CANCELLED'
      for (const item of order.items) {
        Object.assign(item, { cancelled: item.ordered, cancelledBy: by })
        restock(world, order, item)
      }
      touch(order, 'Cancelled')
      return true
    },
    shipByAmazon(id) {
      trade.tick()
      const order = orderOf(id)
      if (order?.fulfilledBy !== 'AMAZON' || order.status !== 'UNSHIPPED') return false
      for (const item of order.items) {
        item.shipped = item.ordered - item.cancelled
        const stock = state.fba.get(item.sku)
        if (stock) Object.assign(stock, { reserved: stock.reserved - item.shipped, updatedAt: io.now() })
      }
      order.status = 'SHIPPED'
      order.shippedAt = io.now()
      touch(order, 'Shipped')
      return true
    },
    forget: (id) => void state.orders.delete(id),
    tick() {
      const now = io.now()
      for (const order of state.orders.values())
        if (order.settlesAt !== null && order.settlesAt <= now) settle(order, order.settlesAt)
      workOff(world)
      for (const report of state.reports.values())
        if (report.documentId === null && !report.cancelled && report.dueAt <= now) finishReport(world, report)
    },
    nextDueAt() {
      const all = [
        ...[...state.orders.values()].flatMap(({ settlesAt }) => settlesAt ?? []),
        ...state.submissions.map(({ dueAt }) => dueAt),
        ...[...state.feeds.values()].flatMap(({ done, dueAt }) => (done ? [] : dueAt)),
        ...[...state.reports.values()].flatMap((one) => (one.documentId === null && !one.cancelled ? one.dueAt : [])),
        ...state.messages.map(({ visibleAt }) => visibleAt).filter((at) => at > io.now()),
      ]
      return all.length === 0 ? null : Math.min(...all)
    },
  }
  return trade
}

function place(world: World, purchase: Purchase): string | null {
  const { state, io, options } = world
  const listings = purchase.lines.map(({ sku }) => state.listings.get(sku))
  const byAmazon = listings[0]?.channel !== 'DEFAULT'
  const enough = purchase.lines.every(({ sku, quantity }, index) => {
    const listing = listings[index]
    if (!listing || listing.deleted || hasEnded(listing, io.now()) || (listing.channel !== 'DEFAULT') !== byAmazon)
      return false
    return (byAmazon ? (state.fba.get(sku)?.fulfillable ?? 0) : listing.quantity) >= quantity
  })
  if (!enough || purchase.lines.length === 0) return null
  const items = purchase.lines.map((line, index) =>
    itemOf(world, listings[index]!, line, index === 0 ? (purchase.shipping ?? 0) : 0),
  )
  for (const { sku, ordered } of items) take(world, sku, ordered, byAmazon)
  const pendingMs = purchase.pendingMs ?? world.between(options.pendingMs ?? [0, 0])
  const number = world.next()
  const order: Order = {
    id: `111-${String(number).padStart(7, '0')}-${String((number * 7_919) % 10_000_000).padStart(7, '0')}`,
    createdAt: io.now(),
    updatedAt: io.now(),
    status: pendingMs > 0 ? 'PENDING' : 'UNSHIPPED',
    fulfilledBy: byAmazon ? 'AMAZON' : 'MERCHANT',
    serviceLevel: purchase.serviceLevel ?? 'STANDARD',
    buyer: purchase.buyer ?? NOBODY,
    programs: purchase.programs ?? [],
    items,
    packages: [],
    settlesAt: pendingMs > 0 ? io.now() + pendingMs : null,
  }
  state.orders.set(order.id, order)
  tellOrder(world, order, 'Placed')
  return order.id
}

/** An offer that has ended is for sale no more. */
export const hasEnded = ({ offer }: Listing, now: number): boolean =>
  Date.parse((offer?.['end_at'] as { value?: string } | undefined)?.value ?? '') <= now

function itemOf(
  world: World,
  { sku, asin, title, price }: Listing,
  { quantity, discount = 0 }: Purchase['lines'][number],
  shipping: number,
): Item {
  const { options, taxesIncluded } = world
  const rate = options.taxRate ?? 0.0825
  const charge = (amount: number, off: number): Charge => {
    const share = taxesIncluded ? rate / (1 + rate) : rate
    return { price: amount, discount: off, tax: Math.round((amount - off) * share) }
  }
  return {
    id: String(10_000_000_000_000 + world.next()), sku, asin, title, unitPrice: price, ordered: quantity, shipped: 0,
    cancelled: 0, goods: charge(price * quantity, discount), shipping: charge(shipping, 0), cancelledBy: null,
    cancelAsked: false,
  } // prettier-ignore
}

function take(world: World, sku: string, pieces: number, byAmazon: boolean): void {
  const { state, io } = world
  const stock = state.fba.get(sku)
  if (byAmazon && stock) {
    Object.assign(stock, {
      fulfillable: stock.fulfillable - pieces,
      reserved: stock.reserved + pieces,
      updatedAt: io.now(),
    })
    return tellFba(world, sku)
  }
  setQuantity(world, sku, (state.listings.get(sku)?.quantity ?? 0) - pieces)
}

function restock(world: World, { fulfilledBy }: Order, { sku, cancelled }: Item): void {
  const { state, io, options } = world
  const stock = state.fba.get(sku)
  if (fulfilledBy === 'AMAZON' && stock) {
    const back = { fulfillable: stock.fulfillable + cancelled, reserved: stock.reserved - cancelled }
    Object.assign(stock, { ...back, updatedAt: io.now() })
    return tellFba(world, sku)
  }
  if (options.restocksCancelled ?? true) setQuantity(world, sku, (state.listings.get(sku)?.quantity ?? 0) + cancelled)
}

function finishReport(world: World, report: Report): void {
  const { state } = world
  const rows = [...state.listings.values()].filter(({ deleted }) => !deleted)
  // Where there is nothing to say, Amazon cancels the report.
  if (rows.length === 0) report.cancelled = true
  else {
    report.documentId = `amzn1.spdoc.1.4.na.${world.next()}`
    state.documents.set(report.documentId, { id: report.documentId, text: tableOf(rows), gzip: true })
  }
  tellReport(world, report)
}

const COLUMNS = [
  'item-name', 'item-description', 'listing-id', 'seller-sku', 'price', 'quantity', 'open-date', 'asin1', 'product-id',
  'fulfillment-channel', 'status',
] as const // prettier-ignore

function tableOf(rows: readonly Listing[]): string {
  const cells = (row: Listing): Record<(typeof COLUMNS)[number], string> => ({
    'item-name': row.title,
    'item-description': '',
    'listing-id': '0123ABC',
    'seller-sku': row.sku,
    'price': (row.price / 100).toFixed(2),
    'quantity': row.channel === 'DEFAULT' ? String(row.quantity) : '',
    'open-date': '2026-11-01 08:00:00 PST',
    'asin1': row.asin,
    'product-id': row.asin,
    'fulfillment-channel': row.channel,
    'status': row.channel !== 'DEFAULT' || row.quantity > 0 ? 'Active' : 'Inactive',
  })
  const lines = rows.map((row) => COLUMNS.map((column) => cells(row)[column]).join('\t'))
  return `${[COLUMNS.join('\t'), ...lines].join('\n')}\n`
}

/** As the bytes lie behind the presigned URL. */
export function packed({ text, gzip, charset }: Document): Uint8Array {
  const bytes = Buffer.from(text, charset === 'cp1252' ? 'latin1' : 'utf8')
  return gzip ? gzipSync(bytes) : bytes
}
