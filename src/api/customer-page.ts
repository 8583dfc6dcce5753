/** One record with the person it stands for. */
import { customerPage as pageOf } from '#insight/customers.ts'
import { customerPage, customerParams } from './contract-customers.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const getCustomer = operation({
  id: 'getCustomer',
  method: 'GET',
  path: '/api/customers/{key}',
  summary:
    'One record and the person it stands for: every value with who said it, when, and the rule it won by. Masked.',
  params: customerParams,
  answer: customerPage,
  handle: async ({ params }, { engine }) =>
    (await pageOf(engine.database, engine.policy, params.key)) ?? notFound('such customer'),
})
