/**
 * T6 through a real Odoo: other goods instead of those that come back. What was invoiced less what was credited is what
 * the customer has paid. Needs the variables named in `server.ts`; without them it says so and passes.
 */
import { beforeAll, expect, test } from 'vitest'
import { tellStream } from '#engine/person.ts'
import type { Config } from '../../src/config.ts'
import { openHub, type TestHub } from './hub.ts'
import { ADA } from './masterdata.ts'
import { accessOf, type OdooServer, openServer, runName } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'exchanged through a real Odoo',
  'the exchanges through a real Odoo are left out without one',
  'tests/odoo/exchanges.odoo.test.ts',
  journeys,
)

const TAX = 0.0825
const cents = (value: unknown): number => Math.round(Number(value) * 100)
const taxed = (net: number): number => net + Math.round(net * TAX)

/** What goes out instead is an order of the counter, which has no system of its own. */
function withCounter(config: Config, channel: string): Config {
  const { [channel]: shop, ...others } = config.policy.channels
  const refund = {
    through: 'channel' as const,
    when: 'received' as const,
    byReason: {},
    damaged: false,
    shippingFor: [] as never[],
    feePercent: {},
    exchange: { channel: `counter-${channel}` },
  }
  const returns = { goods: 'receipts' as const, credit: 'at_once' as const, refund }
  return {
    ...config,
    connections: {
      ...config.connections,
      [`counter-${channel}`]: { connector: 'direct', intake: 'direct', config: { key: 'test:direct' } },
    } as Config['connections'],
    policy: {
      ...config.policy,
      channels: {
        ...others,
        [channel]: { ...shop!, returns },
        [`counter-${channel}`]: { ...shop!, locations: [] },
      },
    },
  }
}

function journeys(): void {
  const access = accessOf()
  let server: OdooServer
  beforeAll(async () => void (server = await openServer(access.admin)), LONG_MS)

  /** Two mugs sold, shipped and invoiced; one comes back and a bowl goes out for it. */
  async function exchanged(difference: number, loseEvery = Infinity) {
    const run = runName()
    const [mug, bowl] = [`MUG-${run}`, `BOWL-${run}`]
    const products = [
      { sku: mug, title: 'Blue mug', price: '12.50' },
      { sku: bowl, title: 'Red bowl', price: '20.00' },
    ]
    await server.addProducts(
      products.map(({ sku, title, price }) => ({ sku, name: title, price: Number(price), onHand: 20 })),
    )
    const hub = await openHub(access.hub, products, { loseEvery, configure: withCounter })
    await hub.until('the shop offers what Odoo has', () => hub.shop.beliefs().available[bowl] === 20)
    const id = hub.shop.placeOrder({
      lines: [{ sku: mug, quantity: 2 }],
      customer: ADA,
      taxRate: TAX,
      shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
    })!
    await hub.until('the sale is there', async () => (await hub.order(id))?.status === 'confirmed')
    expect(await server.ship(hub.refOf(id), { tracking: '1Z0001' })).toBe(true)
    await hub.until('the order is completed', async () => (await hub.order(id))?.status === 'completed')
    await hub.rest()
    const [row] = await hub.engine.database.query<{ lineId: string }>(
      `select state #>> '{order,lines,0,id}' as "lineId" from stream where stream = $1`,
      [`order/${hub.channel}/${id}`],
    )
    const lines = [{ lineId: row!.lineId, quantity: 1 }]
    const exchange = { goods: [{ sku: bowl, quantity: 1, unitPrice: 1_250 + difference }], by: 'Ada' }
    await say(hub, id, { type: 'return.ask', returnId: 'x', reason: 'unwanted', lines, exchange })
    const back = [{ ...lines[0], disposition: 'sellable' }]
    await say(hub, id, { type: 'return.receive', receiptId: 'c', returnId: 'x', lines: back })
    const instead = `counter-${hub.channel}:${hub.channel}-${id}-x`
    const shop = () => hub.shop.beliefs().orders.find((one) => one.id === id)!
    return { hub, id, mug, bowl, instead, shop }
  }

  let said = 0
  async function say(hub: TestHub, id: string, request: Record<string, unknown>): Promise<void> {
    const command = { type: 'order.askBack', request } as { type: string }
    await tellStream(hub.engine, `order/${hub.channel}/${id}`, command, `k${(said += 1)}`)
    await hub.rest()
  }

  /** Invoices less credit notes over both sales, in cents. */
  async function booked(refs: readonly string[]): Promise<number> {
    let all = 0
    for (const ref of refs) {
      const moves = await server.rpc.search(
        'account.move',
        [['state', '=', 'posted'], ['line_ids.sale_line_ids.order_id.origin', '=', `crossdock:${ref}`]],
        ['move_type', 'amount_total'],
      ) // prettier-ignore
      for (const { move_type: type, amount_total: total } of moves)
        all += type === 'out_refund' ? -cents(total) : cents(total)
    }
    return all
  }

  for (const loseEvery of [Infinity, 19])
    test(`cheaper${loseEvery < Infinity ? ', one answer in 19 lost' : ''}: the rest goes back once`, async () => {
      const { hub, id, mug, bowl, instead, shop } = await exchanged(-500, loseEvery)
      const rest = taxed(1_250) - taxed(750)
      expect(cents(shop().refunded)).toBe(rest)
      expect(await server.ship(instead)).toBe(true)
      await hub.rest()
      expect(await booked([hub.refOf(id), instead])).toBe(cents(shop().total) - rest)
      expect((await server.stock([mug, bowl]))[mug]).toEqual({ onHand: 19, free: 19 })
      expect((await server.stock([mug, bowl]))[bowl]).toEqual({ onHand: 19, free: 19 })
      expect((await hub.order(id))!.exceptions).toEqual([])
      if (loseEvery < Infinity) expect(hub.wire.lost).toBeGreaterThan(0)
    })

  test('dearer: nothing leaves before the rest is paid', async () => {
    const { hub, id, bowl, instead, shop } = await exchanged(750)
    const owed = taxed(2_000) - taxed(1_250)
    expect((await hub.order(id))!.exceptions).toEqual(['exchange_unpaid'])
    expect(await server.sales(instead)).toEqual([])
    await say(hub, id, { type: 'exchange.paid', exchangeId: 'x', by: 'Grace' })
    expect(await server.ship(instead)).toBe(true)
    await hub.rest()
    expect(await booked([hub.refOf(id), instead])).toBe(cents(shop().total) + owed)
    expect(cents(shop().refunded)).toBe(0)
    expect((await server.stock([bowl]))[bowl]).toEqual({ onHand: 19, free: 19 })
    expect((await hub.order(id))!.exceptions).toEqual([])
  })
}
