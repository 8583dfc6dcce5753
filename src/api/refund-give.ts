/** A person gives money back on an order. */
import { knowsOrder } from '#insight/orders.ts'
import { streams } from '#core/streams.ts'
import { accepted } from './contract-parts.ts'
import { giveRefundBody } from './contract-refunds.ts'
import { orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { tell } from './tell.ts'

export const giveRefund = operation({
  id: 'giveRefund',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/refunds',
  summary:
    'Give money back where it was paid, once under its name; much of it once somebody else approved. What does not fit is refused, which the order shows. Takes an Idempotency-Key.',
  params: orderParams,
  body: giveRefundBody,
  answer: accepted,
  status: 202,
  async handle({ params: { channel, externalId }, body, header }, { engine }) {
    if (!(await knowsOrder(engine.database, channel, externalId))) return notFound('such order')
    const command = { type: 'order.askBack', request: { type: 'refund.give', ...body } }
    return tell(engine, streams.order(channel, externalId), command, header('idempotency-key'))
  },
})
