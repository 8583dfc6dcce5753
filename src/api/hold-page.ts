/** What one order is held for, and what each thing a person can do would do. */
import type { OrderState } from '#core/order/state.ts'
import { streams } from '#core/streams.ts'
import { holdsOf, holdSteps } from '#insight/holds.ts'
import { readState } from '#store/views.ts'
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
    const row = await readState(engine.database, streams.order(channel, externalId))
    if (!row) return notFound('such order')
    const state = row.state as unknown as OrderState
    return { holds: holdsOf(state).map((hold) => ({ ...hold, steps: holdSteps(state, hold.kind) })) }
  },
})
