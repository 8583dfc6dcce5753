/** What reconciliation found, newest first. */
import { findings } from '#insight/reconcile.ts'
import { findingList, findingListParams } from './contract-reconcile.ts'
import { operation } from './operation.ts'
import { badParameter } from './problem.ts'

export const getReconcileFindings = operation({
  id: 'getReconcileFindings',
  method: 'GET',
  path: '/api/reconcile/findings',
  summary: 'What two systems disagree about, and what to do; or what a later run no longer found. Newest first.',
  params: findingListParams,
  answer: findingList,
  handle: async ({ params }, { engine }) =>
    (await findings(engine.database, params)) ?? badParameter('cursor', 'is not one that a page of this list gave.'),
})
