/**
 * Listings of a channel that the ERP does not know under their SKU, against products the channel does not list: which
 * are probably the same. Only proposes: whatever is decided stands in the table of SKUs, and a person puts it there.
 */

export interface Unmatched {
  sku: string
  name: string
  barcode: string
}

export type MatchedBy = 'sku' | 'barcode' | 'name'

export interface MatchProposal {
  /** The channel's. */
  sku: string
  name: string
  /** By the best that was found; several when it does not tell them apart. */
  candidates: readonly { sku: string; name: string }[]
  by: MatchedBy
}

const WAYS: readonly MatchedBy[] = ['barcode', 'sku', 'name']

/** What two of them have in common; empty when they say nothing. Case, blanks and punctuation are nobody's intent. */
function keyOf(by: MatchedBy, { sku, name, barcode }: Unmatched): string {
  if (by === 'barcode') return barcode.replace(/\D/g, '').replace(/^0+/, '')
  const text = by === 'sku' ? sku : name
  return text.normalize('NFKD').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') // prettier-ignore
}

/** @param decided SKUs of the channel about which somebody has decided already. */
export function proposalsFor(
  listings: readonly Unmatched[],
  products: readonly Unmatched[],
  decided: Readonly<Record<string, string>>,
): MatchProposal[] {
  const taken = new Set(Object.values(decided))
  const free = products.filter(({ sku }) => !taken.has(sku))
  const indexes = WAYS.map((by) => ({ by, index: Map.groupBy(free, (one) => keyOf(by, one)) }))
  return listings.flatMap((listing) => {
    if (Object.hasOwn(decided, listing.sku)) return []
    for (const { by, index } of indexes) {
      const key = keyOf(by, listing)
      const found = key === '' ? undefined : index.get(key)
      if (found)
        return [{ sku: listing.sku, name: listing.name, by, candidates: found.map(({ sku, name }) => ({ sku, name })) }]
    }
    return []
  })
}
