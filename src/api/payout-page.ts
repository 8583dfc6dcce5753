/** One payout. */
import { payoutPage } from '#insight/payouts.ts'
import { payoutParams, payoutPart } from './contract-payouts.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const getPayout = operation({
  id: 'getPayout',
  method: 'GET',
  path: '/api/payouts/{provider}/{payoutId}',
  summary: 'One payout: what it is made of by kind and month, what nobody knows, and orders no channel told of.',
  params: payoutParams,
  answer: payoutPart,
  handle: async ({ params: { provider, payoutId } }, { engine }) =>
    (await payoutPage(engine.database, provider, payoutId)) ?? notFound('such payout'),
})
