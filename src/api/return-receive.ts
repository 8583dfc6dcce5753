/** A person received goods of an order, at a counter or in the warehouse. */
import { knowsOrder } from '#insight/orders.ts'
import { streams } from '#core/streams.ts'
import { accepted } from './contract-parts.ts'
import { receiveReturnBody } from './contract-returns.ts'
import { orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { tell } from './tell.ts'

export const receiveReturn = operation({
  id: 'receiveReturn',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/receipts',
  summary:
    'Goods of an order are back: the ERP books them where they are, and damaged ones where nothing is sold from. Pieces the channel told of already are not booked again. Takes an Idempotency-Key.',
  params: orderParams,
  body: receiveReturnBody,
  answer: accepted,
  status: 202,
  async handle({ params: { channel, externalId }, body, header }, { engine }) {
    if (!(await knowsOrder(engine.database, channel, externalId))) return notFound('such order')
    const command = { type: 'order.askBack', request: { type: 'return.receive', ...body } }
    return tell(engine, streams.order(channel, externalId), command, header('idempotency-key'))
  },
})
