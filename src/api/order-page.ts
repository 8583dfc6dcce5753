/** One order with everything that happened to it. */
import { orderPage } from '#insight/orders.ts'
import { orderPage as answer, orderParams } from './contract.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const getOrder = operation({
  id: 'getOrder',
  method: 'GET',
  path: '/api/orders/{channel}/{externalId}',
  summary: 'One order: lines, money, parcels, what holds it up, and its trace. Personal data is masked.',
  params: orderParams,
  answer,
  handle: async ({ params }, { engine, kinds }) =>
    (await orderPage(engine.database, params.channel, params.externalId, kinds)) ?? notFound('such order'),
})
