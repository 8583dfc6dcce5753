/** What an offer shows to customers, as far as the shop's own API says it. */
import { formatMoney, parseRounded } from '#canon/money.ts'
import type { ShownListing } from '#canon/product.ts'
import type { SeenOffer } from './shape.ts'

type OnePrice = NonNullable<SeenOffer['all_prices']>[number]

/** The price of an offer that has one for everybody, always, at any quantity; null when there are several. */
export function onePrice({ all_prices: all }: SeenOffer): OnePrice | null {
  const [only] = all ?? []
  if (all?.length !== 1 || !only || only.channel_code) return null
  const {
    start_date: from,
    end_date: to,
    customer_group_ids: groups,
    customer_organization_ids: who,
  } = only.context ?? {}
  if (from || to || groups?.length || who?.length) return null
  return (only.volume_prices ?? []).some(({ quantity_threshold: from }) => from > 1) ? null : only
}

const BARCODES = ['EAN', 'GTIN', 'UPC', 'ISBN']

export function shownIn(offer: SeenOffer): ShownListing {
  const only = onePrice(offer)
  const price =
    only && offer.currency_iso_code ? parseRounded(String(only.unit_origin_price), offer.currency_iso_code) : null
  const barcode = offer.product_references?.find(({ reference_type: type }) => BARCODES.includes(type.toUpperCase()))
  return {
    title: offer.product_title || offer.shop_sku,
    ...(price && { price: formatMoney(price) }),
    ...(barcode && { barcode: barcode.reference }),
  }
}
