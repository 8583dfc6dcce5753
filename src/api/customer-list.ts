/** Records of customers, newest first. */
import { listCustomers } from '#insight/customers.ts'
import { customerList, customerListParams } from './contract-customers.ts'
import { operation } from './operation.ts'
import { badParameter } from './problem.ts'

export const getCustomers = operation({
  id: 'getCustomers',
  method: 'GET',
  path: '/api/customers',
  summary: 'Records of customers, newest first: by status, or by how the key begins. Personal data is masked.',
  params: customerListParams,
  answer: customerList,
  handle: async ({ params }, { engine }) =>
    (await listCustomers(engine.database, engine.policy, params)) ??
    badParameter('cursor', 'is not one that a page of this list gave.'),
})
