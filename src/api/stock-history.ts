/** How the numbers of one SKU came about. */
import { stockHistory as answer, stockHistoryParams } from './contract-stock.ts'
import { stockHistory } from '#insight/stock-history.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const getStockHistory = operation({
  id: 'getStockHistory',
  method: 'GET',
  path: '/api/stock-history/{pool}/{+sku}',
  summary:
    'What was free, on hand and shown by each channel over time, from the journal, in pages from the newest back.',
  params: stockHistoryParams,
  answer,
  handle: async ({ params }, { engine }) =>
    (await stockHistory(engine.database, params)) ?? notFound('such SKU in this pool'),
})
