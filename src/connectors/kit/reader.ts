/**
 * Readers list what a system holds, page by page, in the hub's words: what reconciliation compares. Unlike a feed they
 * ask for everything there is, not for what changed.
 */
import type { Json } from '#canon/json.ts'
import type { Reading } from './connector.ts'

/** What can be listed. Keys are the same on both sides. */
export const DOMAINS = {
  orders: 'Orders, as the channel has them or as sales in the ERP; key `<channel>:<externalId>`.',
  stock: 'Pieces that can be sold; key `<pool>/<sku>`.',
  products: 'Products that have a SKU; key the SKU.',
  fulfilments: 'Pieces that left, per order; key `<channel>:<externalId>`.',
} as const

export type Domain = keyof typeof DOMAINS

export type FieldValue = string | number | boolean | null

/** One thing as one side holds it. */
export interface CensusRecord {
  key: string
  /** What is compared. Amounts in minor units. null: this side does not say, so it is not compared. */
  fields: Readonly<Record<string, FieldValue>>
  /** What is not compared and helps to explain a difference. */
  also?: Readonly<Record<string, FieldValue>>
  /** When it last changed, by the clock of its system; null when that is not known. */
  changedAt: string | null
  /** It may well be on this side alone. */
  alone?: boolean
}

export interface CensusPage {
  records: CensusRecord[]
  /** Where to go on; handed in at the next call. */
  cursor: Json
  /** There is more to read. */
  more: boolean
}

export interface Scope {
  /** Things placed before this moment are left out, where they are placed at a moment: orders and their shipments. */
  since: string
  /** Only what belongs to this channel. */
  channel: string
}

export interface Reader {
  /** Keys never go back from page to page, compared as JavaScript compares texts. */
  ordered?: boolean
  /** @param cursor null at the beginning. Throws a Fault; the page is then asked for again later. */
  read(cursor: Json | null, scope: Scope): Promise<CensusPage>
  /**
   * What the feed would have delivered of these now, under the same keys: so that handing it in twice, or after all by
   * the feed, does nothing more. What is not there any more is left out.
   */
  readings?(keys: readonly string[]): Promise<Reading[]>
}

export type Readers = Readonly<Partial<Record<Domain, Reader>>>
