/** Streams of one kind. */
import { listOfKind } from '#insight/streams.ts'
import { streamList, streamListParams } from './contract.ts'
import { operation } from './operation.ts'
import { badParameter } from './problem.ts'

export const getStreams = operation({
  id: 'getStreams',
  method: 'GET',
  path: '/api/streams/{kind}',
  summary: 'Streams of one kind, newest first.',
  params: streamListParams,
  answer: streamList,
  handle: async ({ params }, { engine }) =>
    (await listOfKind(engine.database, params)) ?? badParameter('cursor', 'is not one that a page of this list gave.'),
})
