/** A second person approves or declines a refund. */
import { knowsOrder } from '#insight/orders.ts'
import { streams } from '#core/streams.ts'
import { accepted } from './contract-parts.ts'
import { decideRefundBody, refundParams } from './contract-refunds.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { tell } from './tell.ts'

export const decideRefund = operation({
  id: 'decideRefund',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/refunds/{requestId}/decision',
  summary: 'Approve or decline a refund that waits for a second person. Takes an Idempotency-Key.',
  params: refundParams,
  body: decideRefundBody,
  answer: accepted,
  status: 202,
  async handle({ params: { channel, externalId, requestId }, body: { approve, by }, header }, { engine }) {
    if (!(await knowsOrder(engine.database, channel, externalId))) return notFound('such order')
    const request = { type: approve ? 'refund.approve' : 'refund.decline', requestId, by }
    const command = { type: 'order.askBack', request }
    return tell(engine, streams.order(channel, externalId), command, header('idempotency-key'))
  },
})
