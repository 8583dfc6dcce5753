/** A person lets an order go, or the second one agrees. */
import { accepted } from './contract-parts.ts'
import { holdParams, releaseHoldBody } from './contract-holds.ts'
import { tellHeld } from './hold-tell.ts'
import { operation } from './operation.ts'

export const releaseHold = operation({
  id: 'releaseHold',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/holds/{kind}/release',
  summary:
    'Let the order go from one hold; others stay. Where two people are needed, the first asks and another one agrees. Takes an Idempotency-Key.',
  params: holdParams,
  body: releaseHoldBody,
  answer: accepted,
  status: 202,
  handle: ({ params, body, header }, { engine }) =>
    tellHeld(engine, params, { type: 'order.releaseHold', kind: params.kind, ...body }, header('idempotency-key')),
})
