/** What the feeds read from a marketplace, in the hub's words. It sends no webhooks to shops. */
import type { CatchUp, ObserveListing, ObserveOrder } from '#core/commands.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import type { Delivery, Message } from '../kit/connector.ts'
import { instantOf, orderOf, type OrderOptions } from './order.ts'
import { seenOffer, seenOrder, shaped } from './shape.ts'
import { shownIn } from './shown.ts'

export const TOPICS = { order: 'poll/order', offer: 'poll/offer', caughtUp: 'poll/caught-up' } as const

/** To `item/<channel>/<inventoryItemId>`: which SKU the offer counts. */
interface BindItem {
  type: 'item.bind'
  sku: string
  variantId: string
  productId: string
}

const caughtUp = z.object({ until: z.string() })

/** Pure. Topics we do not know translate to nothing. Throws `malformed`. */
export function translate({ topic, body, receivedAt }: Delivery, options: OrderOptions): Message[] {
  const { channel } = options
  if (topic === TOPICS.order) {
    const order = orderOf(shaped(seenOrder, body, topic), options)
    const command: ObserveOrder = { type: 'order.observe', order }
    return [{ stream: streams.order(channel, order.externalId), command }]
  }
  if (topic === TOPICS.offer) return listing(body, channel, receivedAt)
  if (topic === TOPICS.caughtUp) {
    const command: CatchUp = {
      type: 'channel.caughtUp',
      until: instantOf(shaped(caughtUp, body, topic).until, 'until'),
    }
    return [{ stream: streams.channel(channel), command }]
  }
  return []
}

/** An offer is what can be sold of one product: the hub's listing. It tells no moment of its own. */
function listing(body: unknown, channel: string, receivedAt: string): Message[] {
  const offer = shaped(seenOffer, body, TOPICS.offer)
  const sku = offer.shop_sku.trim()
  if (sku === '') return []
  const offerId = String(offer.offer_id)
  const productId = offer.product_sku || offerId
  const observe: ObserveListing = {
    type: 'product.observeListing',
    listing: {
      sku,
      channel,
      productId,
      variantId: offerId,
      inventoryItemId: offerId,
      writes: 'later',
      title: offer.product_title || sku,
      shown: shownIn(offer),
      tracked: true,
      changedAt: receivedAt,
      deleted: false,
    },
  }
  const bind: BindItem = { type: 'item.bind', sku, variantId: offerId, productId }
  return [
    { stream: streams.product(sku), command: observe },
    { stream: `item/${channel}/${offerId}`, command: bind },
  ]
}
