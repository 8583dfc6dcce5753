/**
 * What a write says of name, price, barcode, tax, status, images and meta data; nothing of it is kept when one is
 * wrong.
 */
import { type Failure, failure, invalid } from './failure.ts'
import type { Product, Woo } from './state.ts'

const STATUSES = ['draft', 'pending', 'private', 'publish']

/** @returns what is wrong with it. */
export function applyShown(woo: Woo, one: Product, input: Record<string, unknown>): Failure | null {
  const { status, tax_status: taxed, global_unique_id: barcode, regular_price: price } = input
  if (status !== undefined && !STATUSES.includes(String(status)))
    return invalid('status', 'status is not one of draft, pending, private, publish.')
  if (taxed !== undefined && !['taxable', 'shipping', 'none'].includes(String(taxed)))
    return invalid('tax_status', 'tax_status is not one of taxable, shipping, and none.')
  if (price !== undefined && typeof price !== 'string')
    return invalid('regular_price', 'regular_price is not of type string.')
  if (typeof barcode === 'string' && barcode !== '') {
    const taken = [...woo.products.values()].some((other) => other !== one && other.barcode === barcode)
    if (taken || !/^[\d-]+X?$/i.test(barcode))
      return failure(400, 'product_invalid_global_unique_id', 'Invalid or duplicated GTIN, UPC, EAN or ISBN.')
  }
  apply(woo, one, input)
  return null
}

function apply(woo: Woo, one: Product, input: Record<string, unknown>): void {
  const text = (name: string): string | undefined => (typeof input[name] === 'string' ? input[name] : undefined)
  one.name = text('name') ?? one.name
  one.price = Number(text('regular_price') ?? one.price)
  one.barcode = text('global_unique_id') ?? one.barcode
  one.taxed = (text('tax_status') as Product['taxed'] | undefined) ?? one.taxed
  one.taxClass = text('tax_class') ?? one.taxClass
  one.status = (text('status') as Product['status'] | undefined) ?? one.status
  // A list replaces what was there: an id keeps one, a source adds one.
  const images = (input['images'] ?? (input['image'] ? [input['image']] : undefined)) as
    | { id?: number; src?: string }[]
    | undefined
  if (images)
    one.images = images.flatMap(({ id, src }) => {
      const kept = one.images.find((known) => known.id === id)
      return kept ? [kept] : src === undefined ? [] : [{ id: woo.nextId(), src }]
    })
  for (const { key, value } of (input['meta_data'] ?? []) as { key: string; value: unknown }[]) {
    const known = one.meta.find((meta) => meta.key === key)
    if (known) known.value = value
    else one.meta.push({ id: woo.nextId(), key, value })
  }
}

/** An image as bodies hold it. */
export const imageBody = ({ id, src }: Product['images'][number]): Record<string, unknown> => ({
  id,
  src,
  name: '',
  alt: '',
})
