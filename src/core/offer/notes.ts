/** What a product tells the offers of it: everything they decide by, so that the latest word is enough. */
import type { Money } from '#canon/money.ts'
import type { ChannelListing, ErpProduct } from '#canon/product.ts'
import { type Note, note } from '../decider.ts'
import { streams } from '../streams.ts'
import type { OfferFacts } from './wanted.ts'

export interface WeighOffer {
  type: 'offer.weigh'
  facts: OfferFacts
}

/** What a product's state holds of it. */
export interface Described {
  erp: ErpProduct | null
  listings: readonly ChannelListing[]
  prices?: Readonly<Record<string, Money>>
}

/** What is known of a product in one channel; null while the ERP has not described it. */
export function factsIn({ erp, listings, prices = {} }: Described, channel: string): OfferFacts | null {
  const listing = listings.find((one) => one.channel === channel) ?? null
  return erp && { erp, prices, listing }
}

export const offerNotes = (sku: string, product: Described, channels: readonly string[]): Note[] =>
  channels.flatMap((channel) => {
    const facts = factsIn(product, channel)
    const weigh: WeighOffer | null = facts && { type: 'offer.weigh', facts }
    return weigh ? [note(streams.price(channel, sku), weigh), note(streams.offer(channel, sku), weigh)] : []
  })
