/** One order and one SKU of the tests' trading day, with everything their pages show. */
import type { Amount } from '#api/contract-parts.ts'
import type { OrderPage, OrderRow } from '#api/contract.ts'
import type { StockPage, StockRow } from '#api/contract-stock.ts'

const TITLES = ['Mug blue', 'Lamp oak', 'Linen throw', 'Tea tin', 'Wall clock', 'Bread board'] as const

export const moneyOf = (amount: number): Amount => ({ amount, currency: 'EUR', text: (amount / 100).toFixed(2) })

type Hop = OrderPage['trace'][number]

/** The way of an order through the hub, with the pauses a real one has. */
export function traceOf(row: OrderRow, placedMs: number): Hop[] {
  const orderRef = `${row.channel}:${row.externalId}`
  const moments: [number, Omit<Hop, 'at'>][] = [
    [
      0,
      {
        kind: 'arrived',
        about: 'call',
        system: row.channel,
        title: 'The channel told of the order (orders/create)',
        key: 'w-7d1e',
        inboxId: 4_100,
        payload: {
          id: Number(row.externalId),
          name: row.label,
          currency: 'EUR',
          total_price: row.total?.text,
          email: 'g•••@•••.example',
          shipping_address: { name: 'G••• H•••', city: '•••', country: 'DE' },
          test: false,
          note: null,
        },
      },
    ],
    [
      38,
      {
        kind: 'decided',
        about: 'order',
        system: 'hub',
        title: `Order ${row.label} placed`,
        key: `order/${row.channel}/${row.externalId}/1`,
        durationMs: 38,
        payload: { type: 'order.placed', pool: 'WH', demand: [{ sku: 'MUG-BLUE-M', quantity: 2 }] },
      },
    ],
    [
      51,
      {
        kind: 'noted',
        about: 'inside',
        system: 'hub',
        title: '2 × MUG-BLUE-M reserved',
        key: 'stock/WH/MUG-BLUE-M/88',
        payload: { outcome: 'reserved' },
      },
    ],
    [
      60,
      {
        kind: 'asked',
        about: 'call',
        system: 'odoo',
        title: 'Odoo is asked for the sale',
        key: `order/${row.channel}/${row.externalId}/3/0`,
        payload: { orderRef, warehouse: 'WH' },
      },
    ],
    [
      1_240,
      {
        kind: 'attempted',
        about: 'call',
        system: 'odoo',
        title: 'Odoo was busy; tried again after a pause',
        key: `order/${row.channel}/${row.externalId}/3/0`,
        payload: { fault: 'throttled', waitMs: 2_000 },
      },
    ],
  ]
  if (row.attention) {
    moments.push([
      3_900,
      {
        kind: 'failed',
        about: 'call',
        system: 'odoo',
        title: 'Odoo refused: the fiscal position is archived',
        key: `order/${row.channel}/${row.externalId}/3/0`,
        durationMs: 412,
        payload: { kind: 'rejected', code: 'odoo_user_error' },
      },
    ])
  } else {
    moments.push([
      3_612,
      {
        kind: 'answered',
        about: 'call',
        system: 'odoo',
        title: 'Odoo confirmed sale S00981',
        key: `order/${row.channel}/${row.externalId}/3/0`,
        durationMs: 388,
        payload: { saleId: '981', saleName: 'S00981', total: { amount: row.total?.amount, currency: 'EUR' } },
      },
    ])
    moments.push([
      3_650,
      {
        kind: 'decided',
        about: 'order',
        system: 'hub',
        title: 'Order confirmed',
        key: `order/${row.channel}/${row.externalId}/4`,
        payload: { type: 'order.confirmed' },
      },
    ])
  }
  return moments.map(([afterMs, hop]) => ({ at: new Date(placedMs + afterMs).toISOString(), ...hop }))
}

const STAGES = ['confirmed', 'part_shipped', 'shipped', 'invoiced', 'completed', 'cancelling']

/** The order a channel asks about, served from another pool. */
export const ASKING = '1126'
const MINUTE_MS = 60_000

const askedFirst = (): Pick<OrderPage, 'acceptance' | 'routing' | 'reservation'> => ({
  acceptance: {
    by: new Date(Date.now() + 42.2 * MINUTE_MS).toISOString(),
    step: 'open',
    urgent: true,
    late: false,
    whole: false,
  },
  routing: {
    home: 'WH2',
    settled: true,
    why: 'WH is the first by the rules that has all of it.',
    pools: [
      { pool: 'BER7', what: 'choice 1, could not give what was asked' },
      { pool: 'WH', what: 'choice 2, has set aside MUG-BLUE-M, LINEN-THROW-L' },
      { pool: 'WH2', what: 'not named by the rules, holds the goods from the start' },
    ],
    parts: [
      { sku: 'MUG-BLUE-M', pool: 'WH' },
      { sku: 'LINEN-THROW-L', pool: 'WH' },
    ],
  },
  reservation: 'basket-77',
})

export function pageOf(row: OrderRow, trace: Hop[], sentences: Readonly<Record<string, string>>): OrderPage {
  const sold = STAGES.includes(row.status)
  const left = ['part_shipped', 'shipped', 'invoiced', 'completed'].includes(row.status)
  const invoiced = ['invoiced', 'completed'].includes(row.status)
  const total = row.total ?? moneyOf(0)
  const short = row.codes.includes('stock_short')
  return {
    spans: null,
    summary: { ...row, pool: 'WH', paymentStatus: 'paid', test: false, cancel: null },
    lines: [
      {
        lineId: '1',
        sku: 'MUG-BLUE-M',
        title: 'Mug, blue glaze, 330 ml',
        quantity: 2,
        unitPrice: moneyOf(1_495),
        discount: moneyOf(0),
        hold: short ? 'short' : 'reserved',
        promise: null,
        shipped: left ? 2 : 0,
        from: 'WH',
      },
      {
        lineId: '2',
        sku: 'LINEN-THROW-L',
        title: 'Linen throw, natural, with a very long name that has to be cut somewhere',
        quantity: 1,
        unitPrice: moneyOf(6_900),
        discount: moneyOf(690),
        hold: 'reserved',
        promise: null,
        shipped: row.status === 'part_shipped' ? 0 : left ? 1 : 0,
        from: 'WH',
      },
    ],
    money: {
      total,
      totalTax: moneyOf(Math.round(total.amount * 0.16)),
      shipping: moneyOf(490),
      refunded: moneyOf(0),
      presentmentTotal: total,
    },
    exceptions: row.codes.map((code) => ({
      code,
      detail: sentences[code] ?? code,
      cure: 'Put it right in Odoo, then retry.',
      waits: false,
    })),
    sale: sold ? { saleId: '981', saleName: 'S00981' } : null,
    invoice: { state: invoiced ? 'posted' : 'none', number: invoiced ? 'INV/2026/00412' : null },
    parcels: left
      ? [
          {
            shipmentId: 'WH/OUT/00311',
            carrier: 'DHL',
            trackingNumber: '00340434161094015902',
            trackingUrl: 'https://example.com/track',
            announced: true,
            failed: null,
            lines: [{ lineId: '1', quantity: 2 }],
            way: {
              status: 'in_transit',
              at: row.updatedAt,
              promisedBy: '2026-12-01T10:00:00.000Z',
              expectedBy: null,
              case: { kind: 'delayed', owner: 'support', detail: 'It was promised by 2026-12-01 and is not there.' },
            },
          },
        ]
      : [],
    labels: left
      ? [
          {
            of: 'WH/OUT/00311',
            isReturn: false,
            state: 'bought',
            unsure: false,
            carrier: 'USPS',
            service: 'GroundAdvantage',
            trackingNumber: '9400100000000000000001',
            cost: { amount: 742, currency: 'EUR', text: '7.42' },
            documentUrl: 'https://example.com/label.png',
            soldBy: 'easypost',
            country: 'US',
            inTime: false,
            shownInErp: true,
          },
        ]
      : [],
    holds: [],
    back: null,
    payments: [],
    pools: ['ST1', 'WH'],
    ...(row.externalId === ASKING ? askedFirst() : { acceptance: null, routing: null, reservation: null }),
    together: null,
    can: {
      merge: !left && row.status !== 'cancelled',
      unmerge: false,
      retry: row.attention,
      cancel: !left && row.status !== 'cancelled',
      accept: row.externalId === ASKING,
      hold: row.status === 'waiting' || row.status === 'held_back',
      refund: left,
      return: left,
      reroute: !left && row.status !== 'cancelled',
      resend: left,
    },
    trace,
  }
}

function sumsOf({ onHand, free, held, available, safety, channels }: StockRow): StockPage['sums'] {
  if (onHand === null || free === null || available === null) return []
  const given = channels.map(({ name, bound }) => ({
    words: `May be sold by ${name}`,
    pieces: 0 - (bound ?? 0),
    channel: name,
  }))
  const rest = available - safety + given.reduce((all, { pieces }) => all + pieces, 0)
  return [
    {
      title: 'What can be promised',
      steps: [
        { words: 'On hand, by the ERP', pieces: onHand, channel: null },
        { words: 'Reserved or waiting to leave, by the ERP', pieces: free - onHand, channel: null },
        { words: 'Held for orders the ERP does not count yet', pieces: -held, channel: null },
      ],
      result: { words: 'Can be promised', pieces: available },
    },
    {
      title: 'Who may sell it',
      steps: [
        { words: 'Can be promised', pieces: available, channel: null },
        { words: 'Never offered', pieces: -safety, channel: null },
        ...given,
      ],
      result: { words: rest < 0 ? 'On sale and not there' : 'Offered nowhere', pieces: rest },
    },
  ]
}

export const skuPageOf = (stock: StockRow, startMs: number): StockPage => ({
  stock,
  presale: null,
  holds: Array.from({ length: stock.held }, (_, index) => ({
    kind: index === 1 ? ('reservation' as const) : ('order' as const),
    channel: index === 1 ? 'reservation' : 'shopify-main',
    externalId: index === 1 ? 'basket-77' : String(1130 - index),
    quantity: 1,
    waiting: index === 1,
    outcome: index === 1 ? null : 'reserved',
  })),
  sums: sumsOf(stock),
  recent: Array.from({ length: 6 }, (_, index) => ({
    version: 88 - index,
    at: new Date(startMs - index * 45_000).toISOString(),
    cause: 4_000 - index,
    type: index % 2 ? 'stock.published' : 'stock.reserved',
    title: index % 2 ? 'shopify-main now shows 14' : 'Reserved 1 piece for order 1130',
    data: { channel: 'shopify-main', from: 15, to: 14 },
  })),
})

export const SKUS = TITLES.flatMap((title) =>
  ['S', 'M', 'L', 'XL'].map((size) => `${title.toUpperCase().replaceAll(' ', '-')}-${size}`),
)

/** Some rows from where the cursor points, and the next cursor. */
export function pageAt<Row>(
  all: readonly Row[],
  cursor: string | undefined,
  limit: number,
): { rows: Row[]; next: string | null } {
  const from = cursor ? Number(cursor) : 0
  const rows = all.slice(from, from + limit)
  return { rows, next: from + limit < all.length ? String(from + limit) : null }
}
