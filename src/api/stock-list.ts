/** Stock per SKU and pool. */
import { listStock } from '#insight/stock.ts'
import { stockList, stockListParams } from './contract-stock.ts'
import { operation } from './operation.ts'
import { badParameter } from './problem.ts'

export const getStock = operation({
  id: 'getStock',
  method: 'GET',
  path: '/api/stock',
  summary: 'Stock per SKU and pool, and what each channel shows of it.',
  params: stockListParams,
  answer: stockList,
  handle: async ({ params }, { engine }) =>
    (await listStock(engine.database, params, engine.policy)) ??
    badParameter('cursor', 'is not one that a page of this list gave.'),
})
