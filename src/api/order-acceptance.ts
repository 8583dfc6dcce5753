/** A person accepts an order that its channel asks about, line by line, or refuses it. */
import { knowsOrder } from '#insight/orders.ts'
import { streams } from '#core/streams.ts'
import { acceptanceBody } from './contract-acceptance.ts'
import { accepted } from './contract-parts.ts'
import { orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { tell } from './tell.ts'

export const decideAcceptance = operation({
  id: 'decideAcceptance',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/acceptance',
  summary:
    'Accept lines of an order that its channel asks about, and refuse the others. Once it is decided it stays so; the trace shows what came of it. Takes an Idempotency-Key.',
  params: orderParams,
  body: acceptanceBody,
  answer: accepted,
  status: 202,
  async handle({ params: { channel, externalId }, body, header }, { engine }) {
    if (!(await knowsOrder(engine.database, channel, externalId))) return notFound('such order')
    const command = { type: 'order.decideAcceptance', accepted: body.accepted }
    return tell(engine, streams.order(channel, externalId), command, header('idempotency-key'))
  },
})
