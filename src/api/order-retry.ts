/** A person asks to try again what failed of an order. */
import { knowsOrder } from '#insight/orders.ts'
import { streams } from '#core/streams.ts'
import { accepted } from './contract-parts.ts'
import { orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { tell } from './tell.ts'

export const retryOrder = operation({
  id: 'retryOrder',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/retry',
  summary: 'Try again what failed. Decided in its turn; the trace shows what came of it. Takes an Idempotency-Key.',
  params: orderParams,
  answer: accepted,
  status: 202,
  async handle({ params: { channel, externalId }, header }, { engine }) {
    if (!(await knowsOrder(engine.database, channel, externalId))) return notFound('such order')
    return tell(engine, streams.order(channel, externalId), { type: 'order.retry' }, header('idempotency-key'))
  },
})
