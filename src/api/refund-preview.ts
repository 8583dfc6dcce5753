/** What a refund would do in every system, before anybody asks for it. */
import { nowOf } from '#engine/engine.ts'
import { previewRefund } from '#insight/returns.ts'
import { giveRefundBody, refundPreview } from './contract-refunds.ts'
import { orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const lookAtRefund = operation({
  id: 'lookAtRefund',
  method: 'POST',
  path: '/api/orders/{channel}/{externalId}/refunds/preview',
  summary: 'What a refund would come to and do in every system, or why it would be refused. Nothing is done.',
  params: orderParams,
  body: giveRefundBody,
  answer: refundPreview,
  async handle({ params, body }, { engine }) {
    const where = { ...params, at: nowOf(engine) }
    const found = await previewRefund(engine.database, engine.policy, where, { type: 'refund.give', ...body })
    return found ?? notFound('such order')
  },
})
