/** The queue of orders that are held. */
import { listHolds } from '#insight/holds.ts'
import { holdList, holdListParams } from './contract-holds.ts'
import { operation } from './operation.ts'

export const getHolds = operation({
  id: 'getHolds',
  method: 'GET',
  path: '/api/holds',
  summary: 'Orders that are held: by owner, kind or channel, the least time left first.',
  params: holdListParams,
  answer: holdList,
  handle: async ({ params }, { engine }) => listHolds(engine.database, params),
})
