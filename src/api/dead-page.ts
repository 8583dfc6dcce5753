/** One dead letter with its payload, what was done about it, and who was told. */
import { deadLetterPage } from '#insight/dead-letters.ts'
import { deadPage, deadParams } from './contract-dead.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const getDeadLetter = operation({
  id: 'getDeadLetter',
  method: 'GET',
  path: '/api/dead/{id}',
  summary: 'One dead letter: payload, comments, whom it was told, and what can be done. Personal data is masked.',
  params: deadParams,
  answer: deadPage,
  handle: async ({ params: { id } }, { engine, kinds }) =>
    (await deadLetterPage(engine.database, id, kinds)) ?? notFound('such dead letter'),
})
