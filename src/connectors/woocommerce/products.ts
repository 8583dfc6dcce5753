/**
 * Products and variations as listings: one for each SKU that can be sold, and what it is counted by. A variation counts
 * by itself; one that has no SKU of its own and leaves its stock to its product shares SKU and number with it, so these
 * are one listing, counted by the product. A variation with a SKU of its own whose stock its product keeps counts by
 * itself from the first write on: that is what gives every SKU a number.
 */
import type { ShownListing } from '#canon/product.ts'
import type { ObserveListing } from '#core/commands.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import type { Delivery, Message } from '../kit/connector.ts'
import { LOCATION } from './limits.ts'
import { shownBody, shownIn } from './shown.ts'
import { id, instantOf, maybeSku, maybeText, shaped } from './shape.ts'

export interface ProductOptions {
  channel: string
  /** Of the ERP; the shop sells from one. */
  pool: string
}

const common = {
  ...shownBody,
  id,
  name: maybeText,
  sku: maybeSku,
  /** 'parent' for a variation whose product keeps the stock. */
  manage_stock: z.union([z.boolean(), z.string()]).nullish(),
  stock_quantity: z.number().nullish(),
  date_modified_gmt: maybeText,
}
const product = z.object({
  ...common,
  type: z.string().default('simple'),
  status: z.string().default('publish'),
  parent_id: z.int().min(0).default(0),
})
export type ProductBody = z.infer<typeof product>
const variation = z.object({ ...common, attributes: z.array(z.object({ option: maybeText })).default([]) })
export type VariationBody = z.infer<typeof variation>

/** What the product feed stores: a product, and its variations when it has some. */
const productReading = z.object({ product, variations: z.array(variation) })

/** What something is counted by: the product, or `<product>-<variation>`. */
export const itemOf = (productId: number, variationId?: number): string =>
  variationId === undefined ? String(productId) : `${productId}-${variationId}`

/** @returns null when it is none of ours. */
export function partsOf(item: string): { productId: number; variationId: number | null } | null {
  const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(item)
  return match ? { productId: Number(match[1]), variationId: match[2] ? Number(match[2]) : null } : null
}

/** One thing that is sold under a SKU. */
export interface Sold {
  sku: string
  title: string
  productId: number
  variationId: number | null
  item: string
  counted: boolean
  /** Shown for sale; null when it is not counted, or the number is another SKU's too. */
  pieces: number | null
  at: string
  shown: ShownListing
}

const isCounted = ({ manage_stock: counted }: { manage_stock?: unknown }): boolean =>
  counted === true || counted === 'parent'
const skuOf = ({ sku }: { sku?: string | null | undefined }): string => sku?.trim() ?? ''
const piecesOf = ({ manage_stock: counted, stock_quantity: pieces }: VariationBody | ProductBody): number | null =>
  counted === true && typeof pieces === 'number' ? Math.max(0, Math.trunc(pieces)) : null

/** Everything a product sells. Throws `malformed` for a moment that is none. */
export function soldBy(whole: ProductBody, variations: readonly VariationBody[], receivedAt: string): Sold[] {
  const name = whole.name?.trim() ?? ''
  const at = whole.date_modified_gmt ? instantOf(whole.date_modified_gmt, 'date_modified_gmt') : receivedAt
  const own: Omit<Sold, 'sku'> = {
    title: name, productId: whole.id, variationId: null, item: itemOf(whole.id),
    counted: isCounted(whole), pieces: piecesOf(whole), at, shown: shownIn(name, whole),
  } // prettier-ignore
  const sku = skuOf(whole)
  if (whole.type !== 'variable') return sku && !NOT_COUNTED.has(whole.type) ? [{ ...own, sku }] : []
  const sold: Sold[] = []
  for (const one of variations) {
    const its = skuOf(one)
    if (!its) continue
    if (its !== sku || one.manage_stock !== 'parent') sold.push(variationSold(whole.id, name, one, receivedAt))
    else if (!sold.some(({ item }) => item === own.item)) sold.push({ ...own, sku })
  }
  return sold
}

/** Kinds of products that are no goods: a group of others, or a link to another shop. */
const NOT_COUNTED: ReadonlySet<string> = new Set(['grouped', 'external'])

/** Variations tell the time of their last change only in the shop's own time, if at all. */
function variationSold(productId: number, name: string, one: VariationBody, receivedAt: string): Sold {
  const options = one.attributes.map(({ option }) => option?.trim()).filter(Boolean)
  const title = options.length > 0 ? `${name} - ${options.join(', ')}` : name
  return {
    sku: skuOf(one),
    title,
    productId,
    variationId: one.id,
    item: itemOf(productId, one.id),
    counted: isCounted(one),
    pieces: piecesOf(one),
    at: receivedAt,
    shown: shownIn(title, one),
  }
}

function messagesOf(
  { sku, title, productId, variationId, item, counted, pieces, at, shown }: Sold,
  options: ProductOptions,
): Message[] {
  const { channel, pool } = options
  const variant = String(variationId ?? productId)
  const observe: ObserveListing = {
    type: 'product.observeListing',
    listing: {
      sku, channel, productId: String(productId), variantId: variant, inventoryItemId: item, writes: 'plain',
      title, tracked: counted, shown, changedAt: at, deleted: false,
    },
  } // prettier-ignore
  const stream = `item/${channel}/${item}`
  const bind = { type: 'item.bind', sku, variantId: variant, productId: String(productId) }
  const seen = { type: 'item.seen', locationId: LOCATION, pool, available: pieces, at }
  return [
    { stream: streams.product(sku), command: observe },
    { stream, command: bind },
    ...(pieces === null ? [] : [{ stream, command: seen }]),
  ]
}

/** Everything a product sells now; what it sold before and no longer does was deleted. */
export function productMessages({ topic, body, receivedAt }: Delivery, options: ProductOptions): Message[] {
  const { product: whole, variations } = shaped(productReading, body, topic)
  if (whole.parent_id > 0) return []
  const sold = soldBy(whole, variations, receivedAt)
  const list = { type: 'listing.observe', skus: sold.map(({ sku }) => sku), at: sold[0]?.at ?? receivedAt }
  return [
    ...sold.flatMap((one) => messagesOf(one, options)),
    { stream: `listing/${options.channel}/${whole.id}`, command: list },
  ]
}

/**
 * A webhook. One for a product with variations does not tell their SKUs: the feed reads them. A variation comes as a
 * product of its own with a parent; whether its SKU is its own it does not say, so only its number is news.
 */
export function productNews({ topic, body, receivedAt }: Delivery, options: ProductOptions): Message[] {
  const whole = shaped(product, body, topic)
  if (whole.type === 'variable' || whole.status === 'trash') return []
  if (whole.parent_id > 0) {
    const [seen] = soldBy({ ...whole, type: 'simple' }, [], receivedAt)
    const pieces = seen?.pieces ?? null
    if (pieces === null || !seen) return []
    const command = { type: 'item.seen', locationId: LOCATION, pool: options.pool, available: pieces, at: seen.at }
    return [{ stream: `item/${options.channel}/${itemOf(whole.parent_id, whole.id)}`, command }]
  }
  return productMessages({ topic, body: { product: body, variations: [] }, receivedAt }, options)
}

export const productsIn = (body: unknown, what: string): ProductBody[] =>
  shaped(z.array(z.looseObject(product.shape)), body, what)
export const variationsIn = (body: unknown, what: string): VariationBody[] =>
  shaped(z.array(z.looseObject(variation.shape)), body, what)
