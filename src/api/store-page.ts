/** One store and its tills. */
import { storePage } from '#insight/stores.ts'
import { storeParams, storePart } from './contract-stores.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const getStore = operation({
  id: 'getStore',
  method: 'GET',
  path: '/api/stores/{store}',
  summary: 'One store with its tills.',
  params: storeParams,
  answer: storePart,
  handle: async ({ params: { store } }, { engine }) =>
    (await storePage(engine.database, store, { stores: engine.policy.stores ?? {}, nowMs: engine.io.now() })) ??
    notFound('such store'),
})
