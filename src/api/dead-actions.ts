/** What people do about one dead letter. Each may be asked for twice; what had been done already changes nothing. */
import { type Acted, assignTo, commentOn, resolveBy, retryLetter } from '#engine/dead-actions.ts'
import { type Denial, isDenial } from '#engine/dead-denials.ts'
import { type Change, editLetter } from '#engine/dead-edit.ts'
import { plainly } from '#insight/masking.ts'
import {
  acted, assignDeadBody, commentDeadBody, deadParams, editDeadBody, resolveDeadBody, retryDeadBody,
} from './contract-dead.ts' // prettier-ignore
import { operation } from './operation.ts'
import { notFound, Refusal } from './problem.ts'

export const retryDeadLetter = operation({
  id: 'retryDeadLetter',
  method: 'POST',
  path: '/api/dead/{id}/retry',
  summary: 'Try it again: the failed step once more, or decided anew on the latest version.',
  params: deadParams,
  body: retryDeadBody,
  answer: acted,
  status: 202,
  handle: async ({ params: { id }, body: { by, mode } }, { engine }) =>
    answered(await retryLetter(engine, id, { who: by, mode })),
})

export const editDeadLetter = operation({
  id: 'editDeadLetter',
  method: 'POST',
  path: '/api/dead/{id}/edit',
  summary: 'Change the body of a message nobody could decide. Refused, with the field, when it would fail again.',
  params: deadParams,
  body: editDeadBody,
  answer: acted,
  handle: async ({ params: { id }, body: { by, changes, body, check } }, { engine }) =>
    answered(
      await editLetter(engine, id, changes ? { changes: changes as Change[] } : { body: body! }, { who: by, check }),
    ),
})

export const assignDeadLetter = operation({
  id: 'assignDeadLetter',
  method: 'POST',
  path: '/api/dead/{id}/assign',
  summary: 'Say who is at it; null takes it back.',
  params: deadParams,
  body: assignDeadBody,
  answer: acted,
  handle: async ({ params: { id }, body: { by, assignee } }, { engine }) =>
    answered(await assignTo(engine, id, { who: by, assignee })),
})

export const commentDeadLetter = operation({
  id: 'commentDeadLetter',
  method: 'POST',
  path: '/api/dead/{id}/comment',
  summary: 'Write something beside it.',
  params: deadParams,
  body: commentDeadBody,
  answer: acted,
  handle: async ({ params: { id }, body: { by, text } }, { engine }) =>
    answered(await commentOn(engine, id, { who: by, text })),
})

export const resolveDeadLetter = operation({
  id: 'resolveDeadLetter',
  method: 'POST',
  path: '/api/dead/{id}/resolve',
  summary: 'End it with a reason. What is wrong outside stays as it is.',
  params: deadParams,
  body: resolveDeadBody,
  answer: acted,
  handle: async ({ params: { id }, body: { by, reason } }, { engine }) =>
    answered(await resolveBy(engine, id, { who: by, reason })),
})

const answered = (result: Acted | Denial): Acted | Refusal => (isDenial(result) ? refusalOf(result) : result)

/** The field stands before the reason, as with every other refusal of a value. */
export function refusalOf({ code, reason, cure, field }: Denial): Refusal {
  if (code === 'letter_unknown') return notFound('such dead letter')
  const wrong = code === 'not_accepted' || code === 'no_such_member' || code === 'masked'
  const detail = plainly(field === undefined ? reason : `${field}: ${reason}`)
  const title = wrong ? 'The edit is not accepted' : 'It cannot be done now'
  return new Refusal(wrong ? 422 : 409, code, { title, detail, cure })
}
