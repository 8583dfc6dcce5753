/** A person decides that an order stays held. */
import { accepted } from './contract-parts.ts'
import { holdParams, keepHoldBody } from './contract-holds.ts'
import { tellHeld } from './hold-tell.ts'
import { operation } from './operation.ts'

export const keepHold = operation({
  id: 'keepHold',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/holds/{kind}/keep',
  summary:
    'Keep the order held: its clock begins anew, and what was asked for is taken back. Takes an Idempotency-Key.',
  params: holdParams,
  body: keepHoldBody,
  answer: accepted,
  status: 202,
  handle: ({ params, body, header }, { engine }) =>
    tellHeld(engine, params, { type: 'order.keepHold', kind: params.kind, ...body }, header('idempotency-key')),
})
