/** The journal of one stream. */
import { streamPage } from '#insight/streams.ts'
import { streamPage as answer, streamParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const getStream = operation({
  id: 'getStream',
  method: 'GET',
  path: '/api/streams/{kind}/{+id}',
  summary: 'The journal of one stream, oldest event first. Personal data is masked.',
  params: streamParams,
  answer,
  handle: async ({ params: { kind, id, ...page } }, { engine }) =>
    (await streamPage(engine.database, `${kind}/${id}`, page)) ?? notFound('such stream'),
})
