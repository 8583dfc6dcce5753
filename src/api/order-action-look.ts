/** What a person's action on an order would do in every system, before it is done. */
import { lookAtAction } from '#engine/action.ts'
import { ACTION_AFTER, actionSteps } from '#insight/action-view.ts'
import { heldOrder } from '#insight/holds.ts'
import { createMask } from '#insight/masking.ts'
import { actionPreview, lookAtActionBody } from './contract-actions.ts'
import { orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { actionOf, cureOfAction } from './order-action.ts'
import { notFound } from './problem.ts'

export const lookAtOrderAction = operation({
  id: 'lookAtOrderAction',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/actions/preview',
  summary:
    'What cancelling, holding, moving, splitting, a return, a refund or telling again would do in every system. Nothing is done.',
  params: orderParams,
  body: lookAtActionBody,
  answer: actionPreview,
  async handle({ params, body }, { engine, kinds }) {
    const action = await actionOf(engine, params, body.action)
    if (!action) return notFound('such order')
    const shown = await lookAtAction(engine, action)
    const mask = createMask()
    mask.learn(await heldOrder(engine.database, params.channel, params.externalId))
    const { refused, token } = shown
    return {
      refused: refused && {
        code: refused.refused,
        reason: mask.text(refused.reason),
        cure: cureOfAction(refused.refused),
      },
      steps: refused ? [] : actionSteps(shown, mask, kinds),
      after: ACTION_AFTER[body.action.do],
      token,
    }
  },
})
