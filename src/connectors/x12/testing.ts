/** What the tests of this folder share: a partner and a connection to it over one folder, and a clock that stands. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ask } from '#core/intents.ts'
import { type Io, type Log, realIo } from '../../io.ts'
import type { Message } from '../kit/connector.ts'
import { localFiles } from '../kit/files.ts'
import { readAll, START, translated } from '../kit/testing.ts'
import { x12 } from './index.ts'
import { createPartner } from './simulator/index.ts'

export const REFERENCE = 'shop:1001:EDI'
export const STREAM = 'warehouse-order/shop/1001/EDI'

export function createWorld(log?: Log) {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-x12-'))
  const clock = { now: START }
  const io: Io = realIo({ now: () => clock.now, ...(log ? { log } : {}) })
  const config = x12.config.parse({
    folder,
    warehouse: 'EDI',
    us: { id: 'RETAILER' },
    them: { id: 'WAREHOUSE' },
    channels: { shop: 'S' },
  })
  const files = localFiles(folder)
  const open = () => x12.open(config, { name: 'edi-main', io })
  return { folder, clock, config, files, partner: createPartner(config, files, io), connection: open(), open }
}

export type World = ReturnType<typeof createWorld>

export const askFor = (change: Partial<Ask<'warehouseOrder.ensure'>> = {}): Ask<'warehouseOrder.ensure'> => ({
  reference: REFERENCE,
  orderRef: 'shop:1001',
  orderName: '#1001',
  pool: 'EDI',
  placedAt: '2026-11-21T15:00:00.000Z',
  shippingAddress: { name: 'Zoë Groß', street: '1 Dock*Road', city: 'Zürich', postcode: '8001', country: 'CH' },
  customer: null,
  shippingMethod: 'standard',
  lines: [lineOf('L1', 'MUG', 3), lineOf('L2', 'BOWL', 2)],
  ...change,
})

const lineOf = (lineId: string, sku: string, quantity: number) => ({
  lineId,
  saleLineId: `s-${lineId}`,
  sku,
  title: `A ${sku}`,
  quantity,
  unitPrice: { amount: 1_000, currency: 'USD' },
})

export const cancelAsk = { reference: REFERENCE, fulfillerOrderId: null, orderName: '#1001', reason: 'customer' }

/** What the feed has brought since, in the hub's words. */
export async function told({ connection }: World): Promise<Message[]> {
  const { readings } = await readAll(connection.feeds['files'])
  return translated(connection, readings)
}
