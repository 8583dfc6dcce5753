/** One order with everything that happened to it. */
import { streams } from '#core/streams.ts'
import type { Engine } from '#engine/engine.ts'
import { warehousesOf } from '#insight/order-routes.ts'
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
  async handle({ params: { channel, externalId } }, { engine, kinds }) {
    const page = await orderPage(engine.database, channel, externalId, kinds)
    return page
      ? { ...page, pools: warehousesOf(engine.policy), spans: spansOf(engine, streams.order(channel, externalId)) }
      : notFound('such order')
  },
})

function spansOf({ tracer }: Engine, correlation: string) {
  const traceId = tracer?.traceOf(correlation)
  return traceId ? { traceId, url: tracer?.view?.replaceAll('{traceId}', traceId) ?? null } : null
}
