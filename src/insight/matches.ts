/** What a channel lists under SKUs the ERP does not know, and what it probably is. Reads only. */
import { type MatchProposal, proposalsFor, type Unmatched } from '#core/offer/matching.ts'
import type { Policy } from '#core/policy.ts'
import type { ProductState } from '#core/product/product.ts'
import { productsAfter } from '#store/catalogue.ts'
import type { Sql } from '#store/database.ts'

const PAGE = 500

export interface Matches {
  /** Listings under SKUs that the ERP does not know and nobody has decided about. */
  unknown: number
  proposals: MatchProposal[]
}

/** @param onProgress so many products were looked at. */
export async function matchesOf(
  sql: Sql,
  policy: Policy,
  channel: string,
  onProgress: (done: number) => void = () => {},
): Promise<Matches> {
  const listings: Unmatched[] = []
  const products: Unmatched[] = []
  let after = 'product/'
  for (let done = 0; ;) {
    const page = await productsAfter(sql, after, PAGE)
    for (const { stream, state } of page)
      sort(stream.slice('product/'.length), state as unknown as ProductState, channel, listings, products)
    onProgress((done += page.length))
    if (page.length < PAGE) break
    after = page.at(-1)!.stream
  }
  const decided = policy.mappings?.[channel]?.skus ?? {}
  const unknown = listings.filter(({ sku }) => !Object.hasOwn(decided, sku)).length
  return { unknown, proposals: proposalsFor(listings, products, decided) }
}

function sort(
  sku: string,
  { erp, listings: all }: ProductState,
  channel: string,
  listings: Unmatched[],
  products: Unmatched[],
): void {
  const listing = all.find((one) => one.channel === channel && !one.deleted)
  if (listing && !erp) listings.push({ sku, name: listing.title, barcode: listing.shown?.barcode ?? '' })
  if (erp?.active && !listing) products.push({ sku, name: erp.name, barcode: erp.barcode ?? '' })
}
