/** A person's action on an order, done as it was shown. */
import { doAction } from '#engine/action.ts'
import { Fault } from '../fault.ts'
import { doActionBody } from './contract-actions.ts'
import { accepted } from './contract-parts.ts'
import { orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { actionOf, cureOfAction } from './order-action.ts'
import { notFound, Refusal } from './problem.ts'

export const doOrderAction = operation({
  id: 'doOrderAction',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/actions',
  summary: 'Do what a preview showed, once however often its token is sent. Refused when it would not be the same.',
  params: orderParams,
  body: doActionBody,
  answer: accepted,
  status: 202,
  async handle({ params, body: { action: wanted, token } }, { engine }) {
    const action = await actionOf(engine, params, wanted)
    if (!action) return notFound('such order')
    try {
      const { key, fresh } = await doAction(engine, action, token)
      return { stream: action.stream, key, duplicate: !fresh }
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== 'rejected') throw error
      const changed = error.code === 'action_changed'
      const title = changed ? 'It is not as it was shown' : 'It cannot be done now'
      const cure = changed ? 'Look at it again, and confirm what is shown then.' : cureOfAction(error.code)
      return new Refusal(409, error.code, { title, detail: error.message, cure })
    }
  },
})
