/** One action on every dead letter that fits a filter, within the policy's bound. */
import { isDenial } from '#engine/dead-denials.ts'
import { actOnMany, type BulkAction } from '#engine/dead-bulk.ts'
import { bulkDeadBody, bulkDone } from './contract-dead.ts'
import { refusalOf } from './dead-actions.ts'
import { operation } from './operation.ts'

export const actOnDeadLetters = operation({
  id: 'actOnDeadLetters',
  method: 'POST',
  path: '/api/dead',
  summary: 'Retry, assign or resolve all dead letters that fit. Refused when more fit than policy.deadLetters.bulkMax.',
  body: bulkDeadBody,
  answer: bulkDone,
  async handle({ body: { by, filter, action, mode, assignee, reason } }, { engine }) {
    const one: BulkAction =
      action === 'retry' ? { action, mode }
      : action === 'assign' ? { action, assignee }
      : { action, reason: reason! } // prettier-ignore
    const report = await actOnMany(engine, filter, { who: by, ...one })
    return isDenial(report) ? refusalOf(report) : report
  },
})
