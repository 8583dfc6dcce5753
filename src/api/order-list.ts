/** Orders, newest first. */
import { listOrders } from '#insight/orders.ts'
import { orderList, orderListParams } from './contract.ts'
import { operation } from './operation.ts'
import { badParameter } from './problem.ts'

export const getOrders = operation({
  id: 'getOrders',
  method: 'GET',
  path: '/api/orders',
  summary: 'Orders, newest first, by status, attention, channel or name.',
  params: orderListParams,
  answer: orderList,
  handle: async ({ params }, { engine }) =>
    (await listOrders(engine.database, params)) ?? badParameter('cursor', 'is not one that a page of this list gave.'),
})
