/** What the body of a product or a variation says that customers see of it. */
import type { ShownListing } from '#canon/product.ts'
import { z } from 'zod'

/** Plugins and old versions write odd things here; what is no text is not known. */
const maybeText = z.string().nullish().catch(undefined)

export const shownBody = {
  type: maybeText,
  status: maybeText,
  regular_price: maybeText,
  /** Since WooCommerce 9.2. */
  global_unique_id: maybeText,
  tax_status: maybeText,
  tax_class: maybeText,
}
const body = z.object(shownBody)

/** The members of a body that are read. */
export const SHOWN_MEMBERS = Object.keys(shownBody)

/** What the body does not say is not known, rather than empty. */
export function shownIn(title: string, given: z.infer<typeof body>): ShownListing {
  const {
    type,
    status,
    regular_price: price,
    global_unique_id: barcode,
    tax_status: taxed,
    tax_class: taxClass,
  } = given
  return {
    title,
    ...(typeof price === 'string' && type !== 'variable' && { price }),
    ...(typeof barcode === 'string' && { barcode }),
    ...(typeof taxClass === 'string' && { taxClass: taxed === 'none' ? 'none' : taxClass || 'standard' }),
    ...(typeof status === 'string' && { status: status === 'publish' ? 'active' : 'hidden' }),
  }
}
