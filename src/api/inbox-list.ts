/** What waits to be decided, or could not be. */
import { listWaiting } from '#insight/streams.ts'
import { inboxList, inboxListParams } from './contract.ts'
import { operation } from './operation.ts'
import { badParameter } from './problem.ts'

export const getInbox = operation({
  id: 'getInbox',
  method: 'GET',
  path: '/api/inbox',
  summary: 'Messages nobody could decide, or that are still to be decided; newest first.',
  params: inboxListParams,
  answer: inboxList,
  handle: async ({ params }, { engine }) =>
    (await listWaiting(engine.database, params)) ?? badParameter('cursor', 'is not one that a page of this list gave.'),
})
