/**
 * `productUpdate` and `productVariantsBulkUpdate`, as far as the hub uses them: all or nothing, and news of each
 * change.
 */
import { parseMoney } from '#canon/money.ts'
import { numberOf } from '../ids.ts'
import type { Parts } from './root.ts'
import type { Product, Variant } from './state.ts'

export interface ProductArgs {
  product: { id: string; title?: string | null; status?: Product['status'] | null }
}

export interface VariantArgs {
  productId: string
  media?: { originalSource: string }[] | null
  variants: {
    id: string
    price?: string | null
    barcode?: string | null
    taxable?: boolean | null
    mediaSrc?: string[] | null
    metafields?: { namespace: string; key: string; type: string; value: string }[] | null
  }[]
}

const refused = (field: string, message: string) => ({ product: null, userErrors: [{ field: [field], message }] })
const TITLE_MAX = 255

export function updateProduct({ shop, stock }: Parts, { product: input }: ProductArgs) {
  const product = shop.products.get(Number(numberOf(input.id)))
  if (!product) return refused('id', 'Product does not exist')
  if (input.title === '') return refused('title', "Title can't be blank")
  if ((input.title?.length ?? 0) > TITLE_MAX) return refused('title', 'Title is too long (maximum is 255 characters)')
  if (typeof input.title === 'string') product.title = input.title
  if (input.status) product.status = input.status
  stock.changed(product)
  return { product: null, userErrors: [] }
}

export function updateVariants({ shop, stock }: Parts, { productId, media, variants: inputs }: VariantArgs) {
  const product = shop.products.get(Number(numberOf(productId)))
  if (!product) return refused('productId', 'Product does not exist')
  const changes: (() => void)[] = []
  for (const input of inputs) {
    const variant = product.variants.find(({ id }) => id === Number(numberOf(input.id)))
    if (!variant) return refused('variants', 'Product variant does not exist')
    const problem = problemOf(input, shop.currency)
    if (problem) return refused('variants', problem)
    changes.push(() => apply(variant, input, shop.currency))
  }
  for (const change of changes) change()
  product.media.push(...(media ?? []).map(({ originalSource }) => originalSource))
  stock.changed(product)
  return { product: null, userErrors: [] }
}

function problemOf({ price, metafields }: VariantArgs['variants'][number], currency: string): string | null {
  const amount = typeof price !== 'string' ? null : parseMoney(price, currency)
  if (typeof price === 'string' && (amount === null || amount.amount < 0))
    return 'Price must be greater than or equal to 0'
  if (metafields?.some(({ value }) => value === '')) return "Value can't be blank."
  return null
}

function apply(
  variant: Variant,
  { price, barcode, taxable, metafields }: VariantArgs['variants'][number],
  currency: string,
) {
  if (typeof price === 'string') variant.price = parseMoney(price, currency)!.amount
  if (typeof barcode === 'string') variant.barcode = barcode
  if (typeof taxable === 'boolean') variant.taxable = taxable
  for (const { key, value } of metafields ?? []) variant.metafields.set(key, value)
}
