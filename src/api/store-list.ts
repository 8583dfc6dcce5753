/** All stores and their tills. */
import { listStores } from '#insight/stores.ts'
import { storeList } from './contract-stores.ts'
import { operation } from './operation.ts'

export const getStores = operation({
  id: 'getStores',
  method: 'GET',
  path: '/api/stores',
  summary: 'Every store with its tills: last upload, gaps, since when a till is silent, and its business days.',
  answer: storeList,
  handle: async (_, { engine }) =>
    listStores(engine.database, { stores: engine.policy.stores ?? {}, nowMs: engine.io.now() }),
})
