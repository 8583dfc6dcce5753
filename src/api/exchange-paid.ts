/** A person says that what was owed for an exchange has been paid: the goods go out. */
import { knowsOrder } from '#insight/orders.ts'
import { streams } from '#core/streams.ts'
import { accepted } from './contract-parts.ts'
import { paidExchangeBody } from './contract-returns.ts'
import { orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { tell } from './tell.ts'

export const paidExchange = operation({
  id: 'paidExchange',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/exchanges/paid',
  summary: 'Say that what was owed for an exchange has been paid, so that its goods go out. Takes an Idempotency-Key.',
  params: orderParams,
  body: paidExchangeBody,
  answer: accepted,
  status: 202,
  async handle({ params: { channel, externalId }, body, header }, { engine }) {
    if (!(await knowsOrder(engine.database, channel, externalId))) return notFound('such order')
    const command = { type: 'order.askBack', request: { type: 'exchange.paid', ...body } }
    return tell(engine, streams.order(channel, externalId), command, header('idempotency-key'))
  },
})
