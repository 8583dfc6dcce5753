/**
 * From readings to commands. Odoo's own webhooks are not used: they go out before the commit, unsigned and many times.
 */
import type { NoteShipment, NudgeStock, ObservePrices, ObserveProduct } from '#core/commands.ts'
import type { LabelCommand } from '#core/parcel/label.ts'
import { parseOrderRef, streams } from '#core/streams.ts'
import type { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Delivery, Message } from '../kit/connector.ts'
import { deliveryReading, priceReading, productReading, readyReading, stockReading, TOPICS } from './readings.ts'

export function translate({ topic, body }: Delivery): Message[] {
  switch (topic) {
    case TOPICS.product:
      return observeProduct(parse(productReading, body, topic))
    case TOPICS.price:
      return observePrices(parse(priceReading, body, topic))
    case TOPICS.stock:
      return nudgeStock(parse(stockReading, body, topic))
    case TOPICS.delivery:
      return noteShipment(parse(deliveryReading, body, topic))
    case TOPICS.ready:
      return noteReady(parse(readyReading, body, topic))
    default:
      throw new Fault('malformed', `Odoo's connector reads no '${topic}'.`, { code: 'odoo.topic_unknown' })
  }
}

function parse<T>(schema: z.ZodType<T>, body: unknown, topic: string): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Fault('malformed', `A reading of ${topic} has a wrong ${issue?.path.join('.')}: ${issue?.message}`, {
    code: 'odoo.malformed',
  })
}

function observeProduct({ id, sku, ...rest }: z.infer<typeof productReading>): Message[] {
  const command: ObserveProduct = { type: 'product.observe', product: { ...defined(rest), sku, erpId: String(id) } }
  return [{ stream: streams.product(sku), command }]
}

function observePrices({ sku, prices, at }: z.infer<typeof priceReading>): Message[] {
  const command: ObservePrices = { type: 'product.observePrices', prices, at }
  return [{ stream: streams.product(sku), command }]
}

function nudgeStock({ pool, sku, free }: z.infer<typeof stockReading>): Message[] {
  const command: NudgeStock = { type: 'stock.nudge', free }
  return [{ stream: streams.stock(pool, sku), command }]
}

function noteShipment({ id, orderRef, ...rest }: z.infer<typeof deliveryReading>): Message[] {
  const ref = parseOrderRef(orderRef)
  if (!ref) return []
  const command: NoteShipment = { type: 'fulfilment.noteShipment', shipmentId: String(id), ...defined(rest) }
  return [{ stream: streams.fulfilment(ref.channel, ref.externalId), command }]
}

function noteReady({ id, orderRef, to, warehouse, ...rest }: z.infer<typeof readyReading>): Message[] {
  const ref = parseOrderRef(orderRef)
  if (!ref) return []
  const deliveryId = String(id)
  const command: LabelCommand = to
    ? { type: 'label.ready', deliveryId, warehouse, to: defined(to), ...defined(rest) }
    : { type: 'label.gone', deliveryId }
  return [{ stream: streams.label(ref.channel, ref.externalId), command }]
}

/** Optional members are absent rather than undefined, for the journal's sake. */
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }
const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>
