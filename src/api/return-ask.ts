/** A person lets goods of an order come back. */
import { knowsOrder } from '#insight/orders.ts'
import { streams } from '#core/streams.ts'
import { accepted } from './contract-parts.ts'
import { askReturnBody } from './contract-returns.ts'
import { orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { tell } from './tell.ts'

export const askReturn = operation({
  id: 'askReturn',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/returns',
  summary:
    'Let pieces of an order come back. More than had left is refused, which the order then shows. Takes an Idempotency-Key.',
  params: orderParams,
  body: askReturnBody,
  answer: accepted,
  status: 202,
  async handle({ params: { channel, externalId }, body, header }, { engine }) {
    if (!(await knowsOrder(engine.database, channel, externalId))) return notFound('such order')
    const command = { type: 'order.askBack', request: { type: 'return.ask', ...body } }
    return tell(engine, streams.order(channel, externalId), command, header('idempotency-key'))
  },
})
