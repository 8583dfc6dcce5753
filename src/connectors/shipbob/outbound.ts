/** What the hub asks of ShipBob, each as an ensure: our reference is unique in a channel, so it is looked for first. */
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault, toFault } from '../../fault.ts'
import type { ShipbobConfig } from './config.ts'
import { type Order, order, shaped } from './shape.ts'
import type { Client } from './wire.ts'

export async function findOrder(client: Client, reference: string): Promise<Order | null> {
  const query = { ReferenceIds: reference, Limit: 10 }
  const answer = await client.call({ method: 'GET', path: '/order', query, what: 'looking for the order' })
  const all = shaped(z.array(order), answer, 'the list of orders')
  return all.find((one) => one.reference_id === reference) ?? null
}

export async function ensureOrder(
  client: Client,
  ask: Ask<'warehouseOrder.ensure'>,
  config: ShipbobConfig,
): Promise<Answer<'warehouseOrder.ensure'>> {
  const known = await findOrder(client, ask.reference)
  if (known) return answerOf(known)
  try {
    const body = bodyOf(ask, config)
    return answerOf(
      shaped(
        order,
        await client.call({ method: 'POST', path: '/order', body, what: 'sending the order' }),
        'the new order',
      ),
    )
  } catch (error) {
    // Somebody was faster: an attempt of ours whose answer was lost.
    const there = toFault(error).code === 'shipbob.unprocessable' ? await findOrder(client, ask.reference) : null
    if (there) return answerOf(there)
    throw error
  }
}

/** `ImportReview`: people at ShipBob look at it first. */
const answerOf = ({ id, status }: Order): Answer<'warehouseOrder.ensure'> => {
  if (status === 'Cancelled')
    throw new Fault('rejected', 'ShipBob has the order as cancelled, and takes no second one under its reference.', {
      code: 'shipbob.cancelled_there',
    })
  return { fulfillerOrderId: String(id), accepted: status !== 'ImportReview' }
}

function bodyOf(
  ask: Ask<'warehouseOrder.ensure'>,
  { shippingMethods, defaultShippingMethod, locations }: ShipbobConfig,
) {
  const { reference, orderName, pool, placedAt, shippingAddress: to, customer, shippingMethod, lines } = ask
  return {
    reference_id: reference,
    order_number: orderName,
    type: 'DTC',
    purchase_date: placedAt,
    shipping_method:
      shippingMethod === null ? defaultShippingMethod : (shippingMethods[shippingMethod] ?? shippingMethod),
    ...(locations[pool] === undefined ? {} : { location_id: locations[pool] }),
    recipient: {
      name: to.name,
      ...(customer?.email ? { email: customer.email } : {}),
      ...((to.phone ?? customer?.phone) ? { phone_number: to.phone ?? customer?.phone } : {}),
      address: {
        address1: to.street,
        ...(to.street2 ? { address2: to.street2 } : {}),
        ...(to.company ? { company_name: to.company } : {}),
        city: to.city,
        ...(to.region ? { state: to.region } : {}),
        zip_code: to.postcode,
        country: to.country,
      },
    },
    // One for each SKU: what leaves is told by SKU, and shared out over the lines here.
    products: [...Map.groupBy(lines, ({ sku }) => sku)].map(([sku, same]) => ({
      reference_id: sku,
      sku,
      name: same[0]!.title,
      quantity: same.reduce((all, { quantity }) => all + quantity, 0),
    })),
  }
}

const cancelled = z.object({
  status: z.string(),
  canceled_shipment_results: z.array(z.object({ is_success: z.boolean(), reason: z.string().nullish() })).nullish(),
})

export async function cancelOrder(
  client: Client,
  { reference }: Ask<'warehouseOrder.cancel'>,
): Promise<Answer<'warehouseOrder.cancel'>> {
  const known = await findOrder(client, reference)
  if (!known || known.status === 'Cancelled') return { outcome: 'cancelled' }
  if (known.status === 'Fulfilled') return { outcome: 'refused', reason: 'all of it has left' }
  try {
    const answer = await client.call({
      method: 'POST',
      path: `/order/${known.id}:cancel`,
      what: 'cancelling the order',
    })
    const { status, canceled_shipment_results: all } = shaped(cancelled, answer, 'the cancellation')
    if (status === 'Success') return { outcome: 'cancelled' }
    const why = (all ?? []).find((one) => !one.is_success)?.reason
    return { outcome: 'refused', reason: why?.slice(0, 200) ?? 'a part of it was picked already' }
  } catch (error) {
    const { code, message } = toFault(error)
    if (code === 'shipbob.unprocessable') return { outcome: 'refused', reason: message }
    throw error
  }
}
