/** A person asks to cancel an order; what has left the warehouse is not undone, and the order then says so. */
import { nowOf } from '#engine/engine.ts'
import { knowsOrder } from '#insight/orders.ts'
import { streams } from '#core/streams.ts'
import { accepted } from './contract-parts.ts'
import { cancelBody, orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { tell } from './tell.ts'

export const cancelOrder = operation({
  id: 'cancelOrder',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/cancel',
  summary: 'Cancel in the hub and the ERP. The channel is not told. Takes an Idempotency-Key.',
  params: orderParams,
  body: cancelBody,
  answer: accepted,
  status: 202,
  async handle({ params: { channel, externalId }, body, header }, { engine }) {
    if (!(await knowsOrder(engine.database, channel, externalId))) return notFound('such order')
    const at = nowOf(engine)
    const command = { type: 'order.cancel', reason: body.reason, at }
    return tell(engine, streams.order(channel, externalId), command, header('idempotency-key'))
  },
})
