/**
 * Changes of offers: a patch is checked at once and effective later, in the order in which patches came; a feed is a
 * document of patches, each of which is accepted or not by itself.
 */
import { tellIssues, tellQuantity, tellStatus } from './notify.ts'
import type { Listing, Patch, Row, Submission, World } from './state.ts'
import { issue } from './views.ts'

const OFFER = 'purchasable_offer'
const STOCK = 'fulfillment_availability'
const EFFECTIVE_AFTER_MS = [60_000, 300_000] as const

/** What the patches are, or what is wrong with them. */
export function patchesIn(given: unknown): Patch[] | string {
  if (!Array.isArray(given) || given.length === 0) return 'patches is required.'
  const patches: Patch[] = []
  for (const { op, path, value } of given as { op?: string; path?: string; value?: unknown }[]) {
    if (op !== 'replace' && op !== 'merge') return 'Only replace and merge are simulated.'
    const name = /^\/attributes\/([a-z_]+)$/.exec(path ?? '')?.[1]
    if (!name || !Array.isArray(value) || value.length === 0) return 'The patch is invalid.'
    if (name === STOCK && !value.every(isStock)) return 'The value is invalid.'
    patches.push({ op, name, value: value as Row[] })
  }
  return patches
}

const isStock = ({ fulfillment_channel_code: channel, quantity }: Row): boolean =>
  Boolean(channel) && Number.isInteger(quantity) && (quantity as number) >= 0

const found = (code: string, message: string, attribute: string, category: string): Row => ({
  code,
  message,
  severity: 'ERROR',
  attributeNames: [attribute],
  categories: [category],
})

/** The general type is enough for what is only about the offer. */
const OF_THE_OFFER: ReadonlySet<string> = new Set([OFFER, STOCK])

/** @returns what is wrong; nothing when it is accepted. */
export function submit(
  world: World,
  listing: Listing,
  { id, patches, productType }: { id: string; patches: Patch[]; productType: string },
): Row[] {
  const { state, io, options } = world
  const general = productType === 'PRODUCT' && patches.every(({ name }) => OF_THE_OFFER.has(name))
  if (listing.broken || !(productType === listing.productType || general)) return [issue()]
  const issues = patches.flatMap(({ name, value }) => problemsOf(world, name, value))
  if (issues.length > 0) return issues
  // One after the other: a later change never overtakes an earlier one.
  const after = Math.max(0, ...state.submissions.filter(({ sku }) => sku === listing.sku).map(({ dueAt }) => dueAt))
  const dueAt = Math.max(after, io.now() + world.between(options.effectiveAfterMs ?? EFFECTIVE_AFTER_MS))
  state.submissions.push({ id, sku: listing.sku, dueAt, patches })
  return []
}

function problemsOf({ marketplaceId, currency }: World, name: string, value: readonly Row[]): Row[] {
  if (name === STOCK) return []
  if (value.some(({ marketplace_id: place }) => place !== undefined && typeof place !== 'string'))
    return [found('4000001', 'marketplace_id is invalid.', name, 'INVALID_ATTRIBUTE')]
  if (name === OFFER) {
    const mine = value.filter(({ marketplace_id: place }) => place === marketplaceId)
    const prices = mine.flatMap((one) => (one['our_price'] === undefined ? [] : [priceOf(one)]))
    if (prices.some((price) => price === null || price <= 0))
      return [found('99022', "'our_price' does not have a valid value.", `${OFFER}.our_price`, 'INVALID_PRICE')]
    if (mine.some((one) => one['currency'] !== currency))
      return [found('90244', `The currency must be ${currency}.`, `${OFFER}.currency`, 'INVALID_PRICE')]
  }
  if (name === 'item_name' && value.some((one) => String(one['value'] ?? '').length > 200))
    return [found('100388', 'The title is longer than 200 characters.', name, 'INVALID_ATTRIBUTE')]
  return []
}

function priceOf({ our_price: price }: Row): number | null {
  const value = (price as { schedule?: { value_with_tax?: unknown }[] }[])[0]?.schedule?.[0]?.value_with_tax
  return typeof value === 'number' ? Math.round(value * 100) : null
}

/** Whatever it was: an order that was taken meanwhile is swallowed. */
export function setQuantity(world: World, sku: string, quantity: number): void {
  const listing = world.state.listings.get(sku)
  if (!listing || listing.deleted || listing.quantity === quantity) return
  Object.assign(listing, { quantity, updatedAt: world.io.now() })
  tellQuantity(world, listing)
}

/** Everything that is due by now. */
export function workOff(world: World): void {
  const { state, io } = world
  const now = io.now()
  for (const feed of state.feeds.values()) {
    if (feed.done || feed.dueAt > now) continue
    feed.done = true
    if (state.failFeeds > 0) state.failFeeds -= 1
    else readFeed(world, state.documents.get(feed.documentId)?.text ?? '')
  }
  const due = state.submissions.filter(({ dueAt }) => dueAt <= now)
  if (due.length > 0) state.submissions = state.submissions.filter(({ dueAt }) => dueAt > now)
  for (const one of due) apply(world, one)
}

interface FeedDocument {
  header?: { sellerId?: string; version?: string }
  messages?: { messageId?: number; sku?: string; operationType?: string; productType?: string; patches?: unknown }[]
}

/** Messages that are not as they must be stand in the processing report alone. */
function readFeed(world: World, text: string): void {
  const { header, messages = [] } = JSON.parse(text) as FeedDocument
  if (header?.sellerId !== world.options.sellerId || header.version !== '2.0') return
  for (const { sku = '', operationType, productType = '', patches: given } of messages) {
    const listing = world.state.listings.get(sku)
    const patches = patchesIn(given)
    if (!listing || listing.deleted || operationType !== 'PATCH' || typeof patches === 'string') continue
    submit(world, listing, { id: `submission-${world.next()}`, patches, productType })
  }
}

function apply(world: World, { sku, patches }: Submission): void {
  const listing = world.state.listings.get(sku)
  if (!listing || listing.deleted) return
  const reason = world.state.refused.get(sku)
  for (const { op, name, value } of patches) {
    if (name === STOCK) setQuantity(world, sku, value[0]!['quantity'] as number)
    else if (reason !== undefined) {
      listing.issues = [found('8541', reason, name, 'INVALID_ATTRIBUTE')]
      tellIssues(world, listing)
    } else {
      listing.issues = []
      if (name === OFFER) setOffer(world, listing, op, value)
      else if (name === 'item_name') listing.title = String(value[0]!['value'])
      else listing.attributes = { ...listing.attributes, [name]: value }
      listing.updatedAt = world.io.now()
      tellStatus(world, listing)
    }
  }
}

function setOffer({ marketplaceId }: World, listing: Listing, op: Patch['op'], value: readonly Row[]): void {
  const isPublic = (one: Row) => one['marketplace_id'] === marketplaceId && (one['audience'] ?? 'ALL') === 'ALL'
  const mine = value.find(isPublic)
  if (op === 'replace') listing.otherOffers = value.filter((one) => one !== mine)
  if (!mine) return
  const { our_price: price, ...rest } = mine
  if (price !== undefined) listing.price = priceOf(mine) ?? listing.price
  listing.offer = op === 'merge' ? { ...listing.offer, ...rest } : rest
}
