/** What failed for good and waits for people. */
import { listDeadLetters } from '#insight/dead-letters.ts'
import { deadList, deadListParams } from './contract-dead.ts'
import { operation } from './operation.ts'
import { badParameter } from './problem.ts'

export const getDeadLetters = operation({
  id: 'getDeadLetters',
  method: 'GET',
  path: '/api/dead',
  summary: 'Dead letters: what nobody could decide and what was given up, newest first, with owner and value at risk.',
  params: deadListParams,
  answer: deadList,
  handle: async ({ params }, { engine, kinds }) =>
    (await listDeadLetters(engine.database, params, kinds)) ??
    badParameter('cursor', 'is not one that a page of this list gave.'),
})
