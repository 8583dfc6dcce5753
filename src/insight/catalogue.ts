/**
 * What channels would show by the rules of today against what they show: read from the hub's own books, decided by the
 * very functions that offers decide by, and written nowhere.
 */
import type { OfferState } from '#core/offer/offer.ts'
import { factsIn } from '#core/offer/notes.ts'
import type { ChannelCatalogue } from '#core/offer/policy.ts'
import { type Difference, differencesOf, type Trouble, wantedOf } from '#core/offer/wanted.ts'
import type { Policy } from '#core/policy.ts'
import type { ProductState } from '#core/product/product.ts'
import { streams } from '#core/streams.ts'
import { countProducts, productsAfter } from '#store/catalogue.ts'
import type { Sql } from '#store/database.ts'
import { readStates } from '#store/views.ts'

/** How one SKU stands in one channel. */
export interface CatalogueRow {
  sku: string
  channel: string
  mode: 'dry' | 'on'
  /**
   * `differs`; `held`: nothing differs, and something has no rule; `unlisted`: the channel does not list it; `unknown`:
   * the ERP does not know it; `archived`: to be taken off.
   */
  status: 'differs' | 'held' | 'unlisted' | 'unknown' | 'archived'
  differences: Difference[]
  troubles: Trouble[]
  /** Why the last call for it was given up. */
  failed: string | null
}

export interface CataloguePage {
  rows: CatalogueRow[]
  /** SKUs that were looked at. */
  scanned: number
  /** How many pairs of SKU and channel are as they should be. */
  settled: number
  settledBy: Record<string, number>
  next: string | null
}

export interface CatalogueQuery {
  /** All that are not off, unless said. */
  channel?: string | undefined
  /** Stream of the last product of the page before. */
  after?: string | undefined
  limit: number
  /** Only rows of these kinds, or whose SKU holds this. */
  status?: CatalogueRow['status'] | undefined
  q?: string | undefined
}

/** Products that one answer looks at. */
const SCANNED_MAX = 20_000
const SCANNED_AT_ONCE = 500

const BEGIN = 'product/'

/** Channels whose catalogue is not off. */
export function channelsOf(policy: Policy, channel?: string): [string, ChannelCatalogue & { mode: 'dry' | 'on' }][] {
  return Object.entries(policy.catalogue ?? {}).flatMap(([name, rules]) =>
    rules.mode === 'off' || (channel !== undefined && channel !== name) ? [] : [[name, { ...rules, mode: rules.mode }]],
  )
}

export const catalogueSize = countProducts

export async function cataloguePage(sql: Sql, policy: Policy, query: CatalogueQuery): Promise<CataloguePage> {
  const channels = channelsOf(policy, query.channel)
  const products = await productsAfter(sql, query.after ?? BEGIN, query.limit)
  const names = products.flatMap(({ stream }) => channels.flatMap(([channel]) => offersOf(channel, skuOf(stream))))
  const offers = new Map(
    (await readStates(sql, names)).map(({ stream, state }) => [stream, state as unknown as OfferState]),
  )
  const page: CataloguePage = { rows: [], scanned: products.length, settled: 0, settledBy: {}, next: null }
  for (const { stream, state } of products) {
    for (const [channel, rules] of channels) {
      const sku = skuOf(stream)
      const own = offersOf(channel, sku).flatMap((name) => offers.get(name) ?? [])
      const row = rowOf(sku, channel, rules, state as unknown as ProductState, own)
      if (row) page.rows.push(row)
      else {
        page.settled += 1
        page.settledBy[channel] = (page.settledBy[channel] ?? 0) + 1
      }
    }
  }
  page.next = products.length === query.limit ? products.at(-1)!.stream : null
  return page
}

/** Page after page until so many rows fit, the catalogue ends, or it was looked at for long enough. */
export async function catalogueRows(sql: Sql, policy: Policy, query: CatalogueQuery): Promise<CataloguePage> {
  const text = query.q?.toLowerCase() ?? ''
  const fits = ({ status, sku }: CatalogueRow) =>
    (query.status ?? status) === status && sku.toLowerCase().includes(text)
  const whole: CataloguePage = { rows: [], scanned: 0, settled: 0, settledBy: {}, next: query.after ?? null }
  do {
    const page = await cataloguePage(sql, policy, { ...query, after: whole.next ?? undefined })
    whole.rows.push(...page.rows.filter(fits))
    whole.scanned += page.scanned
    whole.settled += page.settled
    whole.next = page.next
  } while (whole.next !== null && whole.rows.length < query.limit && whole.scanned < SCANNED_MAX)
  return whole
}

/** How the products of one channel stand. */
export interface ChannelSync {
  channel: string
  mode: 'off' | 'dry' | 'on'
  settled: number
  differs: number
  held: number
  unlisted: number
  unknown: number
  archived: number
  /** Of these, given up. */
  failed: number
}

export interface CatalogueState {
  channels: ChannelSync[]
  /** Every row that is not settled. */
  rows: CatalogueRow[]
  scanned: number
  /** There are more products than were looked at. */
  complete: boolean
}

/** Every channel by its figures. */
export async function catalogueState(sql: Sql, policy: Policy): Promise<CatalogueState> {
  const none = { settled: 0, differs: 0, held: 0, unlisted: 0, unknown: 0, archived: 0, failed: 0 }
  const channels = Object.keys(policy.channels).map((channel): ChannelSync => ({
    channel, mode: policy.catalogue?.[channel]?.mode ?? 'off', ...none,
  })) // prettier-ignore
  const looked = channels.filter(({ mode }) => mode !== 'off')
  const query = { limit: SCANNED_AT_ONCE }
  const state: CatalogueState = { channels, rows: [], scanned: 0, complete: true }
  let after: string | null = null
  while (looked.length > 0) {
    const page: CataloguePage = await cataloguePage(sql, policy, { ...query, after: after ?? undefined })
    state.scanned += page.scanned
    state.rows.push(...page.rows)
    for (const one of looked) one.settled += page.settledBy[one.channel] ?? 0
    after = page.next
    state.complete = after === null
    if (after === null || state.scanned >= SCANNED_MAX) break
  }
  for (const { channel, status, failed } of state.rows) {
    const one = channels.find((each) => each.channel === channel)!
    one[status] += 1
    if (failed !== null) one.failed += 1
  }
  return state
}

const skuOf = (stream: string): string => stream.slice(BEGIN.length)
const offersOf = (channel: string, sku: string): string[] => [streams.price(channel, sku), streams.offer(channel, sku)]

/** @returns null when everything is as it should be, or the product has no part in the channel. */
function rowOf(
  sku: string,
  channel: string,
  rules: ChannelCatalogue & { mode: 'dry' | 'on' },
  product: ProductState,
  offers: readonly OfferState[],
): CatalogueRow | null {
  const facts = factsIn(product, channel)
  const listing = product.listings.find((one) => one.channel === channel && !one.deleted)
  const failed = offers.find((one) => one.failed)?.failed?.reason ?? null
  const row = { sku, channel, mode: rules.mode, differences: [], troubles: [], failed }
  if (!facts) return listing ? { ...row, status: 'unknown' } : null
  if (!facts.erp.active)
    return listing && rules.withdraw && listing.shown?.status === 'active' && !isClosed(offers)
      ? { ...row, status: 'archived' }
      : null
  if (!listing) return { ...row, status: 'unlisted' }
  const shown = Object.assign({}, listing.shown, ...offers.map((one) => one.shown)) as OfferState['shown']
  const wanted = wantedOf({ ...facts, listing }, rules)
  const differences = differencesOf(wanted, shown, rules)
  const owned = wanted.troubles.filter(({ field }) => rules.fields.includes(field))
  const more = offers.flatMap((one) =>
    one.troubles.filter(({ code }) => code === 'not_possible' || code === 'contested'),
  )
  const troubles = [...owned, ...more]
  if (differences.length === 0 && troubles.length === 0 && failed === null) return null
  return { ...row, status: differences.length > 0 ? 'differs' : 'held', differences, troubles }
}

/** Others of the same product are still sold: its stock alone closes it. */
const isClosed = (offers: readonly OfferState[]): boolean => offers.some(({ withdrawn }) => withdrawn === 'done')
