/** Goods and money back: return deliveries and credit notes, each once, whatever breaks between the calls. */
import { describe, expect, test } from 'vitest'
import { money } from '#canon/money.ts'
import type { Ask } from '#core/intents.ts'
import { answer, fault } from '../kit/testing.ts'
import { breakAt, estate, invoiceAsk, orderOf, saleAsk, usd } from './testing.ts'

const WAYS = [{ version: 18 }, { version: 19 }] as const

/** Three mugs with a discount and two bowls, shipped and invoiced. */
async function sold(version: 18 | 19 = 18, included = false) {
  const world = estate({ version })
  const order = orderOf(
    '1042',
    [
      { sku: 'MUG', quantity: 3, discount: 333 },
      { sku: 'BOWL', quantity: 2, price: 500 },
    ],
    included ? { taxesIncluded: true } : {},
  )
  const { saleId } = await answer(world.connection, 'sale.ensure', saleAsk(order))
  world.sim.ship('shop:1042')
  const { invoiceId } = await answer(world.connection, 'invoice.ensure', invoiceAsk(order, saleId))
  const back = (change: Partial<Ask<'return.ensure'>> = {}): Ask<'return.ensure'> => ({
    orderRef: 'shop:1042',
    key: 'r-1',
    warehouse: 'WH',
    lines: [{ lineId: '1042-1', quantity: 1, disposition: 'sellable' }],
    ...change,
  })
  const credit = (change: Partial<Ask<'credit.ensure'>> = {}): Ask<'credit.ensure'> => ({
    orderRef: 'shop:1042', orderName: '#1042', saleId, invoiceId, key: '77', date: '2026-11-21', taxesIncluded: false,
    total: usd(1233), lines: [{ lineId: '1042-1', quantity: 1, amount: usd(1139), tax: usd(94), back: true }], other: usd(0),
    ...change,
  }) // prettier-ignore
  const sale = () => world.sim.beliefs().sales[0]!
  const mugs = () => world.sim.beliefs().stock.find(({ sku }) => sku === 'MUG')!.onHand
  return { ...world, order, saleId, invoiceId, back, credit, sale, mugs }
}

describe.for(WAYS)('Odoo $version', ({ version }) => {
  test('a piece comes back: one return, one credit note, and the sale says what the customer has', async () => {
    const { connection, back, credit, sale, mugs } = await sold(version)
    expect(mugs()).toBe(97)
    const first = await answer(connection, 'return.ensure', back())
    const again = await answer(connection, 'return.ensure', back())
    expect(again).toEqual(first)
    expect(mugs()).toBe(98)
    expect(sale().returns).toMatchObject([{ state: 'done', lines: [{ sku: 'MUG', quantity: 1 }] }])
    const note = await answer(connection, 'credit.ensure', credit())
    expect(note.number).toBe('RINV/2026/00001')
    expect(await answer(connection, 'credit.ensure', credit())).toEqual(note)
    expect(sale().credits).toMatchObject([{ state: 'posted', total: 12.33, tax: 0.94 }])
    expect(sale().lines.find(({ sku }) => sku === 'MUG')!.quantity).toBe(2)
    expect(sale().locked).toBe(true)
  })

  test('money without goods: the sale stays as it was billed', async () => {
    const { connection, credit, sale } = await sold(version)
    await answer(connection, 'credit.ensure', credit({ total: usd(500), lines: [], other: usd(500) }))
    expect(sale().credits).toMatchObject([{ state: 'posted', total: 5, tax: 0 }])
    const lines = [{ lineId: '1042-1', quantity: 1, amount: usd(1139), tax: usd(94), back: false }]
    await answer(connection, 'credit.ensure', credit({ key: '78', lines }))
    expect(sale().lines.find(({ sku }) => sku === 'MUG')!.quantity).toBe(3)
    expect(sale().credits.map(({ total }) => total)).toEqual([5, 12.33])
  })
})

test('damaged pieces are back and not on the shelf', async () => {
  const { connection, back, sale, mugs } = await sold()
  const lines = [
    { lineId: '1042-1', quantity: 1, disposition: 'sellable' as const },
    { lineId: '1042-1', quantity: 1, disposition: 'damaged' as const },
  ]
  await answer(connection, 'return.ensure', back({ lines }))
  expect(mugs()).toBe(98)
  expect(sale().returns.map(({ state }) => state)).toEqual(['done', 'done'])
})

test('no more comes back than had left, however often it is asked', async () => {
  const { connection, back, mugs } = await sold()
  const lines = [{ lineId: '1042-1', quantity: 3, disposition: 'sellable' as const }]
  await answer(connection, 'return.ensure', back({ lines }))
  const refused = await fault(connection, 'return.ensure', back({ key: 'r-2' }))
  expect(refused).toMatchObject({ kind: 'rejected', code: 'odoo.return_too_much' })
  expect(mugs()).toBe(100)
})

test('a credit note that would not come to the refund is named, and nothing is posted', async () => {
  const { connection, credit, sale } = await sold()
  const refused = await fault(connection, 'credit.ensure', credit({ total: usd(1300) }))
  expect(refused).toMatchObject({ kind: 'rejected', code: 'odoo.credit_differs' })
  expect(sale().credits.map(({ state }) => state)).toEqual(['draft'])
  await answer(connection, 'credit.ensure', credit())
  expect(sale().credits).toMatchObject([{ state: 'posted', total: 12.33 }])
})

test('a cent of tax that the channel rounds otherwise is moved', async () => {
  const { connection, credit, sale } = await sold()
  const lines = [{ lineId: '1042-1', quantity: 1, amount: usd(1139), tax: usd(95), back: true }]
  await answer(connection, 'credit.ensure', credit({ total: usd(1234), lines }))
  expect(sale().credits).toMatchObject([{ state: 'posted', total: 12.34, tax: 0.95 }])
})

test('another currency is refused', async () => {
  const { connection, credit } = await sold()
  const refused = await fault(connection, 'credit.ensure', credit({ total: money(1233, 'EUR'), lines: [], other: money(1233, 'EUR') })) // prettier-ignore
  expect(refused.code).toBe('odoo.credit_differs')
})

test('every answer is lost once, at every call: still one return and one credit note', async () => {
  for (let lost = 1; lost <= 40; lost += 1) {
    const world = await sold()
    const reached = breakAt(world, lost, 'answer lost')
    const persist = async (work: () => Promise<unknown>) => {
      for (let attempt = 0; attempt < 3; attempt += 1) {
        try {
          return await work()
        } catch {
          continue
        }
      }
      throw new Error(`Never done with answer ${lost} lost.`)
    }
    await persist(() => answer(world.connection, 'return.ensure', world.back()))
    await persist(() => answer(world.connection, 'credit.ensure', world.credit()))
    expect(world.mugs(), `answer ${lost} lost`).toBe(98)
    expect(world.sale().returns.map(({ state }) => state)).toEqual(['done'])
    expect(world.sale().credits).toMatchObject([{ state: 'posted', total: 12.33 }])
    expect(world.sale()).toMatchObject({ locked: true })
    if (!reached()) return
  }
  throw new Error('More calls than the test goes through.')
})
