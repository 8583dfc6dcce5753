/** A person says how a SKU is shared among channels, whatever policy says; or leaves it to policy again. */
import type { StockCommand } from '#core/stock/stock.ts'
import { streams } from '#core/streams.ts'
import { stockPage } from '#insight/stock.ts'
import { accepted } from './contract-parts.ts'
import { stockModeBody, stockParams } from './contract-stock.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { tell } from './tell.ts'

export const setStockMode = operation({
  id: 'setStockMode',
  method: 'POST',
  path: '/api/stock-mode/{pool}/{+sku}',
  summary: 'Share this SKU exclusively, or let every channel see all of it. Takes an Idempotency-Key.',
  params: stockParams,
  body: stockModeBody,
  answer: accepted,
  status: 202,
  async handle({ params: { pool, sku }, body: { mode }, header }, { engine }) {
    if (!(await stockPage(engine.database, pool, sku, engine.policy))) return notFound('such SKU in this pool')
    const command: StockCommand = { type: 'stock.mode', mode }
    return tell(engine, streams.stock(pool, sku), command, header('idempotency-key'))
  },
})
