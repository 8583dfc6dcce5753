/** Returns and refunds, newest first. */
import { listReturns } from '#insight/returns.ts'
import { returnList, returnListParams } from './contract-refunds.ts'
import { operation } from './operation.ts'
import { badParameter } from './problem.ts'

export const getReturns = operation({
  id: 'getReturns',
  method: 'GET',
  path: '/api/returns',
  summary: 'What came back of orders, goods and money, newest first, and what waits for whom.',
  params: returnListParams,
  answer: returnList,
  handle: async ({ params }, { engine }) =>
    (await listReturns(engine.database, params)) ?? badParameter('cursor', 'is not one that a page of this list gave.'),
})
