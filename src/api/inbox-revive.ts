/** Gives a message that nobody could decide back to be decided again. */
import { reviveMessage as revive } from '#engine/person.ts'
import { inboxParams, revived } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const reviveMessage = operation({
  id: 'reviveMessage',
  method: 'POST',
  path: '/api/inbox/{id}/revive',
  summary: 'Decide a dead message again, after what stood in its way was mended.',
  params: inboxParams,
  answer: revived,
  status: 202,
  handle: async ({ params: { id } }, { engine }) =>
    (await revive(engine, id)) ? { id } : notFound('dead message of this number'),
})
