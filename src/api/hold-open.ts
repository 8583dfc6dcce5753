/** A person holds an order. */
import { accepted } from './contract-parts.ts'
import { openHoldBody } from './contract-holds.ts'
import { orderParams } from './contract.ts'
import { tellHeld } from './hold-tell.ts'
import { operation } from './operation.ts'

export const openHold = operation({
  id: 'openHold',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/holds',
  summary: 'Hold an order that is not on its way to the ERP yet. Takes an Idempotency-Key.',
  params: orderParams,
  body: openHoldBody,
  answer: accepted,
  status: 202,
  handle: ({ params, body, header }, { engine }) =>
    tellHeld(engine, params, { type: 'order.hold', ...body }, header('idempotency-key')),
})
