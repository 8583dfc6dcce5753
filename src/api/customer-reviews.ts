/** Pairs of records that may be one person. */
import { reviewQueue } from '#insight/customers.ts'
import { customerReviews, reviewListParams } from './contract-customers.ts'
import { operation } from './operation.ts'
import { badParameter } from './problem.ts'

export const getCustomerReviews = operation({
  id: 'getCustomerReviews',
  method: 'GET',
  path: '/api/customer-reviews',
  summary: 'Pairs of records that may be one person, side by side, with the reasons. A person decides. Masked.',
  params: reviewListParams,
  answer: customerReviews,
  handle: async ({ params }, { engine }) =>
    (await reviewQueue(engine.database, engine.policy, params)) ??
    badParameter('cursor', 'is not one that a page of this list gave.'),
})
