/** Who has an e-mail address or a telephone number. In the body: addresses of pages are written into logs. */
import { findCustomers } from '#insight/customers.ts'
import { findCustomersBody, foundCustomers } from './contract-customers.ts'
import { operation } from './operation.ts'

export const findCustomer = operation({
  id: 'findCustomers',
  method: 'POST',
  path: '/api/customers',
  summary: 'Records that can be found by an e-mail address or a telephone number. Changes nothing.',
  body: findCustomersBody,
  answer: foundCustomers,
  handle: async ({ body }, { engine }) => ({ rows: await findCustomers(engine.database, engine.policy, body) }),
})
