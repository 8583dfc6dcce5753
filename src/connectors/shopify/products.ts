/** Products in both of Shopify's shapes, and what they mean to the hub: a listing per variant that has a SKU. */
import type { ShownListing } from '#canon/product.ts'
import type { ObserveListing } from '#core/commands.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import type { Message } from '../kit/connector.ts'
import { numberOf } from './ids.ts'
import { instantOf } from './order-draft.ts'
import { amount, id, maybeText, shaped } from './shape.ts'

export interface SeenProduct {
  id: string
  title: string
  updatedAt: string
  variants: {
    id: string
    sku: string
    title: string
    inventoryItemId: string
    tracked: boolean
    shown: ShownListing
  }[]
  /** Whether these are all variants the product has. */
  complete: boolean
}

/** To `item/<channel>/<inventoryItemId>`: which SKU the item counts. */
export interface BindItem {
  type: 'item.bind'
  sku: string
  variantId: string
  productId: string
}

/**
 * To `listing/<channel>/<productId>`: the SKUs the product has now; one that was there before and is missing was
 * deleted.
 */
export interface ObserveProductListing {
  type: 'listing.observe'
  skus: string[]
  at: string
}

const body = z.object({
  id,
  title: z.string(),
  updated_at: z.string(),
  status: maybeText,
  variants: z.array(
    z.object({
      id,
      sku: maybeText,
      title: maybeText,
      inventory_item_id: id,
      inventory_management: maybeText,
      price: amount.nullish(),
      barcode: maybeText,
      taxable: z.boolean().nullish(),
    }),
  ),
  /** All variants, when the list above was cut short. */
  variant_gids: z.array(z.unknown()).nullish(),
})

const node = z.object({
  legacyResourceId: z.string(),
  title: z.string(),
  updatedAt: z.string(),
  status: maybeText,
  variants: z.object({
    nodes: z.array(
      z.object({
        legacyResourceId: z.string(),
        sku: maybeText,
        title: maybeText,
        price: maybeText,
        barcode: maybeText,
        taxable: z.boolean().nullish(),
        inventoryItem: z.object({ legacyResourceId: z.string(), tracked: z.boolean() }),
      }),
    ),
  }),
})

/** Throws `malformed`. */
export function productFromBody(value: unknown, topic: string): SeenProduct {
  const product = shaped(body, value, topic)
  return {
    id: product.id,
    title: product.title,
    updatedAt: instantOf(product.updated_at, 'updated_at'),
    variants: product.variants.flatMap((variant) => {
      const sku = variant.sku?.trim()
      const title = titleOf(product.title, variant.title)
      const tracked = variant.inventory_management === 'shopify'
      const shown = shownOf(title, product.status, variant)
      return sku ? [{ id: variant.id, sku, title, inventoryItemId: variant.inventory_item_id, tracked, shown }] : []
    }),
    complete: (product.variant_gids?.length ?? 0) <= product.variants.length,
  }
}

/** Throws `malformed`. */
export function productFromNode(value: unknown): SeenProduct {
  const product = shaped(node, value, 'poll/product')
  return {
    id: product.legacyResourceId,
    title: product.title,
    updatedAt: instantOf(product.updatedAt, 'updatedAt'),
    variants: product.variants.nodes.flatMap((variant) => {
      const sku = variant.sku?.trim()
      const { legacyResourceId: inventoryItemId, tracked } = variant.inventoryItem
      const title = titleOf(product.title, variant.title)
      const shown = shownOf(title, product.status, variant)
      return sku ? [{ id: numberOf(variant.legacyResourceId), sku, title, inventoryItemId, tracked, shown }] : []
    }),
    complete: true,
  }
}

interface Shows {
  price?: string | null | undefined
  barcode?: string | null | undefined
  taxable?: boolean | null | undefined
}

/** What the news does not say is not known, rather than empty. */
function shownOf(title: string, status: string | null | undefined, { price, barcode, taxable }: Shows): ShownListing {
  return {
    title,
    ...(typeof price === 'string' && { price }),
    ...(barcode !== undefined && { barcode: barcode ?? '' }),
    ...(typeof taxable === 'boolean' && { taxClass: taxable ? 'taxable' : 'exempt' }),
    ...(typeof status === 'string' && { status: status.toLowerCase() === 'active' ? 'active' : 'hidden' }),
  }
}

export function listingMessages(product: SeenProduct, channel: string): Message[] {
  const { id: productId, updatedAt: at, variants } = product
  const perVariant = variants.flatMap((variant): Message[] => {
    const { id: variantId, sku, title, inventoryItemId, tracked, shown } = variant
    const bind: BindItem = { type: 'item.bind', sku, variantId, productId }
    const observe: ObserveListing = {
      type: 'product.observeListing',
      listing: {
        sku, channel, productId, variantId, inventoryItemId, title, tracked, shown, changedAt: at, deleted: false,
      }, // prettier-ignore
    }
    return [
      { stream: streams.product(sku), command: observe },
      { stream: `item/${channel}/${inventoryItemId}`, command: bind },
    ]
  })
  // A list cut short must not make the variants it lacks look deleted; the product feed reads them all.
  if (!product.complete) return perVariant
  const whole: ObserveProductListing = { type: 'listing.observe', skus: variants.map(({ sku }) => sku), at }
  return [...perVariant, { stream: `listing/${channel}/${productId}`, command: whole }]
}

/** Shopify calls the one variant of a product without options so, in every shop. */
export const titleOf = (product: string, variant: string | null | undefined): string =>
  variant && variant !== 'Default Title' ? `${product} - ${variant}` : product
