/**
 * The retailer's words for the channel's, applied to what a delivery says before anybody decides it: SKUs that a
 * channel writes otherwise, and its names of shipping methods. Pure, so that a changed table can be tried on what is
 * recorded.
 */
import type { Order } from '#canon/order.ts'
import type { ChannelListing } from '#canon/product.ts'

export interface MappingTables {
  /** The channel's SKU to the ERP's. An empty one: it is nothing of ours, and is no news. */
  skus: Readonly<Record<string, string>>
  /** The channel's shipping method to the one the warehouse knows. */
  shippingMethods: Readonly<Record<string, string>>
}

interface Said {
  stream: string
  command: { type: string }
}

/** @returns what is said in the retailer's words; null when it is about nothing of theirs. */
export function mapped<M extends Said>(said: M, tables: MappingTables): M | null {
  const { command } = said
  const of = (sku: string): string => (Object.hasOwn(tables.skus, sku) ? tables.skus[sku]! : sku)
  switch (command.type) {
    case 'order.observe': {
      const { order } = command as { type: string; order: Order }
      return { ...said, command: { ...command, order: mappedOrder(order, tables, of) } }
    }
    case 'product.observeListing': {
      const { listing } = command as { type: string; listing: ChannelListing }
      const sku = of(listing.sku)
      return sku === ''
        ? null
        : { ...said, stream: `product/${sku}`, command: { ...command, listing: { ...listing, sku } } }
    }
    case 'item.bind': {
      const sku = of((command as unknown as { sku: string }).sku)
      return sku === '' ? null : { ...said, command: { ...command, sku } }
    }
    case 'listing.observe': {
      const { skus } = command as unknown as { skus: readonly string[] }
      return { ...said, command: { ...command, skus: skus.map(of).filter(Boolean) } }
    }
    default:
      return said
  }
}

/** A line of nothing of ours keeps its own word: what cannot be delivered must not look as if it could. */
function mappedOrder(order: Order, { shippingMethods }: MappingTables, of: (sku: string) => string): Order {
  const lines = order.lines.map((line) => (line.sku ? { ...line, sku: of(line.sku) || line.sku } : line))
  const shipping = order.shipping.map((one) =>
    Object.hasOwn(shippingMethods, one.code) ? { ...one, code: shippingMethods[one.code]! } : one,
  )
  return { ...order, lines, shipping }
}
