/** A sale that follows its order, as a whole or not at all, whatever breaks between the calls. */
import { describe, expect, test } from 'vitest'
import type { Order } from '#canon/order.ts'
import type { Ask } from '#core/intents.ts'
import { answer, fault } from '../kit/testing.ts'
import { API_KEY, breakAt, estate, type LineSpec, orderOf, saleAsk } from './testing.ts'

const WAYS = [{ version: 18 }, { version: 19 }] as const
const BEFORE: LineSpec[] = [
  { sku: 'MUG', quantity: 3, price: 1100 },
  { sku: 'BOWL', quantity: 2, price: 450 },
]
const changeAsk = (order: Order, removed: string[] = []): Ask<'sale.change'> => ({ ...saleAsk(order), removed })

async function sold(version: 18 | 19 = 18) {
  const world = estate({ version })
  const made = await answer(world.connection, 'sale.ensure', saleAsk(orderOf('1042', BEFORE)))
  const sale = () => world.sim.beliefs().sales[0]!
  const change = (lines: LineSpec[], over: Partial<Order> = {}, removed: string[] = []) =>
    answer(world.connection, 'sale.change', changeAsk(orderOf('1042', lines, over), removed))
  const free = (sku: string) => world.sim.beliefs().stock.find((one) => one.sku === sku)!.free
  return { ...world, ...made, sale, change, free }
}

const quantities = ({ lines }: { lines: { sku: string; quantity: number }[] }) =>
  Object.fromEntries(lines.map(({ sku, quantity }) => [sku, quantity]))

describe.for(WAYS)('Odoo $version', ({ version }) => {
  test('fewer, more, none and another: quantities, deliveries and what is free follow, at the prices of the order', async () => {
    const { sale, change, free } = await sold(version)
    const done = await change([{ sku: 'MUG', quantity: 1, price: 1100 }, { sku: 'BOWL', quantity: 3, price: 450 }]) // prettier-ignore
    expect(done).toMatchObject({ outcome: 'changed', lines: [{ lineId: '1042-1' }, { lineId: '1042-2' }] })
    expect(quantities(sale())).toEqual({ MUG: 1, BOWL: 3 })
    expect([free('MUG'), free('BOWL')]).toEqual([99, 0])
    expect(sale().total).toBeCloseTo((1100 + 3 * 450) * 1.0825 / 100, 1) // prettier-ignore
    const bowls = { sku: 'BOWL', quantity: 0, price: 450 }
    await change([{ sku: 'MUG', quantity: 1, price: 1100 }, bowls, { sku: 'MUG', quantity: 2, price: 900 }])
    expect(sale().lines.map(({ quantity, unitPrice }) => [quantity, unitPrice])).toEqual([
      [1, 11],
      [0, 4.5],
      [2, 9],
    ])
    expect([free('MUG'), free('BOWL'), sale().locked]).toEqual([97, 3, true])
    expect(sale().deliveries).toHaveLength(1)
  })

  test('a line that the order names no more is taken down to nothing', async () => {
    const { sale, change } = await sold(version)
    await change([{ sku: 'MUG', quantity: 3, price: 1100 }], {}, ['1042-2'])
    expect(quantities(sale())).toEqual({ MUG: 3, BOWL: 0 })
  })

  test('another price, and another discount, without another quantity', async () => {
    const { sale, change } = await sold(version)
    await change([{ sku: 'MUG', quantity: 3, price: 1000, discount: 200 }, BEFORE[1]!])
    expect(sale().lines.map(({ unitPrice }) => unitPrice)).toEqual([10, 4.5, -2])
  })
})

test('whoever changed the day of the sale: what is taken off leaves the delivery, and nothing is to come back', async () => {
  for (const values of [{ date_order: '2026-10-01 08:00:00' }, { customer_lead: 3 }]) {
    const { sim, saleId, lines, sale, change, free } = await sold()
    const model = 'date_order' in values ? 'sale.order' : 'sale.order.line'
    const id = Number('date_order' in values ? saleId : lines[0]!.saleLineId)
    const call = async (service: string, method: string, args: unknown[]): Promise<unknown> => {
      const params = { service, method, args }
      const body = JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params })
      const headers = { 'content-type': 'application/json' }
      const answered = await sim.fetch(
        new Request('https://odoo.example.com/jsonrpc', { method: 'POST', headers, body }),
      )
      return ((await answered.json()) as { result?: unknown }).result
    }
    const uid = await call('common', 'authenticate', ['retail', 'hub@example.com', API_KEY, {}])
    expect(await call('object', 'execute_kw', ['retail', uid, API_KEY, model, 'write', [[id], values], {}])).toBe(true)
    await change([{ sku: 'MUG', quantity: 1, price: 1100 }, BEFORE[1]!])
    expect(sale().deliveries).toHaveLength(1)
    expect([free('MUG'), sim.openDeliveries()[0]!.lines.map(({ quantity }) => quantity)]).toEqual([99, [1, 2]])
  }
})

test('another address: the sale and its open delivery go there', async () => {
  const { sale, change } = await sold()
  const there = { name: 'Grace Hopper', street: '2 New Street', city: 'Austin', postcode: '78702', country: 'US' }
  await change(BEFORE, { shippingAddress: there })
  expect(sale().deliveries[0]!.street).toBe('2 New Street')
  expect(sale()).toMatchObject({ locked: true, deliveries: [{ state: 'assigned' }] })
})

test.each([
  ['shipped', 'shipped'],
  ['packed', 'picked'],
  ['invoiced', 'invoiced'],
  ['cancelled', 'gone'],
] as const)('what is %s stays as it is, and the answer says why', async (what, outcome) => {
  const { sim, connection, sale, change } = await sold()
  if (what === 'shipped') sim.ship('shop:1042', { lines: { MUG: 2 } })
  if (what === 'packed') sim.pack('shop:1042')
  if (what === 'invoiced') {
    sim.ship('shop:1042')
    const order = orderOf('1042', BEFORE)
    const { total, totalTax } = order
    await answer(connection, 'invoice.ensure', {
      orderRef: 'shop:1042', saleId: String(sale().id), total, totalTax, date: '2026-11-20', complete: true,
    }) // prettier-ignore
  }
  if (what === 'cancelled') await answer(connection, 'sale.cancel', { orderRef: 'shop:1042', reason: 'customer' })
  const before = sale()
  const fewer = [
    { ...BEFORE[0]!, quantity: 2 },
    { ...BEFORE[1]!, quantity: 1 },
  ]
  expect(await change(fewer)).toEqual({ outcome })
  expect(sale()).toEqual(before)
})

test('more pieces can still be added when some have left, and what has left is left alone', async () => {
  const { sim, sale, change } = await sold()
  sim.ship('shop:1042', { lines: { MUG: 2 } })
  await change([{ ...BEFORE[0]!, quantity: 4 }, BEFORE[1]!])
  expect(quantities(sale())).toEqual({ MUG: 4, BOWL: 2 })
  const open = sale().deliveries.filter(({ state }) => state !== 'done')
  const mugs = open.flatMap(({ lines }) => lines.filter(({ sku, state }) => sku === 'MUG' && state !== 'cancel'))
  expect(mugs.reduce((all, { quantity }) => all + quantity, 0)).toBe(2)
})

test('other goods on the same line are for people; a product nobody knows is refused by name', async () => {
  const { connection, change } = await sold()
  expect(await change([{ sku: 'BOWL', quantity: 3, price: 1100 }, BEFORE[1]!])).toEqual({ outcome: 'other_goods' })
  const unknown = orderOf('1042', [...BEFORE, { sku: 'VASE' }])
  expect(await fault(connection, 'sale.change', changeAsk(unknown))).toMatchObject({ code: 'odoo.sku_unknown' })
})

test('every answer is lost once, at every call: the sale is what the order is, once', async () => {
  for (let lost = 1; lost <= 40; lost += 1) {
    const { network, sale, change, free } = await sold()
    const reached = breakAt({ network }, lost, 'answer lost')
    const lines = [{ ...BEFORE[0]!, quantity: 1 }, { ...BEFORE[1]!, quantity: 0 }, { sku: 'MUG', quantity: 5, price: 700 }] // prettier-ignore
    await change(lines).catch(() => change(lines))
    expect(
      sale().lines.map(({ quantity }) => quantity),
      `answer ${lost} lost`,
    ).toEqual([1, 0, 5])
    expect([free('MUG'), sale().locked]).toEqual([94, true])
    if (!reached()) return
  }
  throw new Error('More calls than the test goes through.')
})
