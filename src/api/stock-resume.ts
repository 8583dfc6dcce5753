/** A person asks to publish a SKU's stock again to the channels that were given up on. */
import { streams } from '#core/streams.ts'
import { stockPage } from '#insight/stock.ts'
import { accepted } from './contract-parts.ts'
import { stockParams } from './contract-stock.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { tell } from './tell.ts'

export const resumeStock = operation({
  id: 'resumeStock',
  method: 'POST',
  path: '/api/stock/{pool}/{+sku}',
  summary: 'Read the channels that are in trouble again, and go on publishing to them. Takes an Idempotency-Key.',
  params: stockParams,
  answer: accepted,
  status: 202,
  async handle({ params: { pool, sku }, header }, { engine }) {
    if (!(await stockPage(engine.database, pool, sku, engine.policy))) return notFound('such SKU in this pool')
    return tell(engine, streams.stock(pool, sku), { type: 'stock.resume' }, header('idempotency-key'))
  },
})
