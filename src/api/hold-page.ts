/** What one order is held for, and what each thing a person can do would do. */
import { heldOrder, holdsOf, holdSteps } from '#insight/holds.ts'
import { orderHolds } from './contract-holds.ts'
import { orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const getOrderHolds = operation({
  id: 'getOrderHolds',
  method: 'GET',
  path: '/api/orders/{channel}/{externalId}/holds',
  summary: 'What an order is held for, with a preview of letting it go, keeping it and cancelling the order.',
  params: orderParams,
  answer: orderHolds,
  async handle({ params: { channel, externalId } }, { engine }) {
    const state = await heldOrder(engine.database, channel, externalId)
    if (!state) return notFound('such order')
    return { holds: holdsOf(state).map((hold) => ({ ...hold, steps: holdSteps(state, hold.kind) })) }
  },
})
