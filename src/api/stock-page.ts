/** The stock of one SKU in one pool. */
import { stockPage } from '#insight/stock.ts'
import { stockPage as answer, stockParams } from './contract-stock.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const getStockOfSku = operation({
  id: 'getStockOfSku',
  method: 'GET',
  path: '/api/stock/{pool}/{+sku}',
  summary: 'The stock of one SKU in one pool: holds, channels, and its last 50 events.',
  params: stockParams,
  answer,
  handle: async ({ params }, { engine }) =>
    (await stockPage(engine.database, params.pool, params.sku, engine.policy)) ?? notFound('such SKU in this pool'),
})
