/**
 * The hub as it is measured: the real connectors and deciders; only what goes out is answered on the spot, by nobody.
 */
import { createHash } from 'node:crypto'
import type { Money } from '#canon/money.ts'
import type { Connection, Outbound } from '#connectors/kit/connector.ts'
import { odoo } from '#connectors/odoo/index.ts'
import { shopify } from '#connectors/shopify/index.ts'
import type { Answer, Ask, IntentType } from '#core/intents.ts'
import type { Policy } from '#core/policy.ts'
import type { Engine } from '#engine/engine.ts'
import { createMeter } from '#engine/meter.ts'
import type { Database } from '#store/database.ts'
import { type Io, realIo } from '../src/io.ts'
import { CHANNEL, POOL, SECRET, SHOP } from './shop.ts'

export const policy: Policy = {
  version: 'bench',
  channels: {
    [CHANNEL]: {
      pool: POOL,
      locations: [{ locationId: '1', pool: POOL }],
      releaseWhen: ['paid'],
      taxRates: 'any',
      shippingMethods: 'any',
      weight: 1,
      invoice: 'when_shipped',
      whenShort: 'hold',
    },
  },
  safetyStock: 0,
}

export function openEngine(database: Database, overrides: Partial<Io> = {}): Engine {
  const log: Io['log'] = (level, message, fields) => {
    if (level === 'error') throw new Error(`${message}: ${JSON.stringify(fields)}`)
  }
  const io = realIo({ secret: () => SECRET, log, ...overrides })
  const shop = shopify.open(
    shopify.config.parse({
      shop: SHOP,
      clientId: 'bench',
      clientSecret: 'env:BENCH',
      locations: [{ locationId: '1', pool: POOL }],
    }),
    { name: CHANNEL, io },
  )
  const erp = odoo.open(
    odoo.config.parse({ url: 'https://odoo.example.com', database: 'bench', user: 'bench', apiKey: 'env:BENCH' }),
    { name: 'odoo', io },
  )
  return {
    database,
    io,
    connections: new Map([
      [CHANNEL, answering(shop)],
      ['odoo', answering(erp)],
    ]),
    erp: 'odoo',
    policy,
    owner: 'bench',
    meter: createMeter(),
    parallel: 400,
    epoch: 0,
  }
}

const idOf = (text: string): string => String(parseInt(createHash('sha1').update(text).digest('hex').slice(0, 8), 16))

const postedOf = (receipts: readonly { txId: string }[]) => receipts.map(({ txId }) => ({ txId, orderId: idOf(txId) }))

const ANSWERS: { [T in IntentType]: (ask: Ask<T>) => Answer<T> } = {
  'sale.ensure': ({ order, orderRef }) => ({
    saleId: idOf(orderRef),
    saleName: `S${idOf(orderRef)}`,
    total: order.total,
    lines: order.lines.map(({ id }) => ({ lineId: id, saleLineId: `s${id}` })),
  }),
  'sale.change': ({ order }) => ({
    outcome: 'changed',
    total: order.total,
    lines: order.lines.map(({ id }) => ({ lineId: id, saleLineId: `s${id}` })),
  }),
  'sale.cancel': () => ({ outcome: 'cancelled' }),
  'invoice.ensure': ({ orderRef, total }) => ({ invoiceId: idOf(orderRef), number: `INV/${idOf(orderRef)}`, total }),
  'return.ensure': ({ key }) => ({ deliveries: [`WH/IN/${key}`] }),
  'credit.ensure': ({ key, total }) => ({ creditId: idOf(key), number: `RINV/${idOf(key)}`, total }),
  'payout.book': ({ entries }) => ({ entries: entries.map(({ key }) => `MISC/${key}`) }),
  'redemption.ensure': ({ key }) => ({ entry: `MISC/${idOf(key)}` }),
  'delivery.ensure': ({ key }) => ({ deliveries: [{ id: idOf(key), name: `WH/OUT/${idOf(key)}` }] }),
  'warehouseOrder.ensure': ({ reference }) => ({ fulfillerOrderId: idOf(reference), accepted: true }),
  'warehouseOrder.cancel': () => ({ outcome: 'cancelled' }),
  'screening.ensure': () => ({ caseId: null, decision: null }),
  'refund.ensure': ({ key }) => ({ refundId: idOf(key) }),
  'customer.ensure': ({ key }) => ({ partnerId: idOf(key) }),
  'stock.read': () => ({ free: 1_000_000, onHand: 1_000_000 }),
  'inventory.set': () => ({ outcome: 'set' }),
  'inventory.put': () => ({ outcome: 'set', at: '2026-01-01T00:00:00.000Z' }),
  'order.accept': () => ({ outcome: 'accepted' }),
  'inventory.read': () => ({ available: 1_000_000 }),
  'listing.ensure': ({ fields }) => ({ outcome: 'shown', shown: fields, written: Object.keys(fields), unable: [] }),
  'price.ensure': ({ fields }) => ({ outcome: 'shown', shown: fields, written: ['price'], unable: [] }),
  'listing.withdraw': () => ({ outcome: 'hidden' }),
  'fulfilment.ensure': ({ parcel }) => ({ fulfilmentId: parcel.shipmentId }),
  'receipt.post': ({ receipts }) => ({ sessionId: '1', posted: postedOf(receipts), refused: [] }),
  'session.post': ({ receipts }) => ({ sessionId: '1', posted: postedOf(receipts), refused: [] }),
  'payment.capture': ({ cumulative }) => paid(cumulative),
  'payment.void': () => paid({ amount: 0, currency: 'USD' }),
  'payment.refund': ({ requestId, amount }) => ({ refundId: requestId, requestId, amount, status: 'succeeded' }),
  'parcel.track': () => ({ scans: [] }),
  'supply.ensure': () => ({ outcome: 'set' }),
  'supplyList.settle': () => ({ outcome: 'allowed' }),
  'label.ensure': ({ reference }) => ({
    labelId: reference,
    trackingNumber: idOf(reference),
    carrier: 'USPS',
    service: 'Ground',
    cost: { amount: 1, currency: 'USD' },
    documentUrl: 'https://labels.example/1',
    days: 1,
    inTime: true,
  }),
  'label.void': () => ({ outcome: 'voided' }),
  'delivery.label': () => ({ outcome: 'done' }),
  'session.close': () => ({ outcome: 'closed', sessionId: '1', entry: 'POSS/1' }),
}

const paid = ({ amount, currency }: Money) => ({ currency, amount, authorised: amount, captured: amount, closed: true })

function answering(connection: Connection): Connection {
  const outbound: Record<string, Outbound<IntentType>> = {}
  for (const [type, real] of Object.entries(connection.outbound)) {
    const answer = ANSWERS[type as IntentType] as (ask: unknown) => Answer<IntentType>
    outbound[type] = {
      ...(real.serial === undefined ? {} : { serial: real.serial }),
      batch: 400,
      send: async (intents) => intents.map(({ ask }) => ({ answer: answer(ask) })),
    }
  }
  return { ...connection, outbound: outbound as Connection['outbound'] }
}
