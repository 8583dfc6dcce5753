/** Payouts, newest first. */
import { listPayouts } from '#insight/payouts.ts'
import { payoutList, payoutListParams } from './contract-payouts.ts'
import { operation } from './operation.ts'
import { badParameter } from './problem.ts'

export const getPayouts = operation({
  id: 'getPayouts',
  method: 'GET',
  path: '/api/payouts',
  summary: 'What providers and marketplaces paid out, newest first, by kind, and what of it does not agree.',
  params: payoutListParams,
  answer: payoutList,
  handle: async ({ params }, { engine }) =>
    (await listPayouts(engine.database, params)) ?? badParameter('cursor', 'is not one that a page of this list gave.'),
})
