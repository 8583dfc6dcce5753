/**
 * The connection breaks at any call, before the work or after it, and the intent is sent again: the end is always the
 * same, one sale confirmed and locked, one invoice posted, one cancellation.
 */
import type { Ask, IntentType } from '#core/intents.ts'
import { describe, expect, test } from 'vitest'
import { answer, send } from '../kit/testing.ts'
import { breakAt, type Estate, estate, invoiceAsk, LOSSES, orderOf, saleAsk, sendAll } from './testing.ts'

/** Breaks the intent at every call there is, each time in a new world. */
async function everywhere<T extends IntentType>(
  type: T,
  loss: (typeof LOSSES)[number],
  prepare: (at: Estate) => Promise<Ask<T>>,
  expectDone: (at: Estate, nth: number) => void,
): Promise<number> {
  for (let nth = 1; ; nth++) {
    const at = estate()
    const ask = await prepare(at)
    const reached = breakAt(at, nth, loss)
    const outcome = await send(at.connection, type, ask)
    if (!reached()) return nth - 1
    if ('fault' in outcome) expect(outcome.fault.kind).toBe('unavailable')
    at.network.through = (_, pass) => pass()
    await answer(at.connection, type, ask)
    expectDone(at, nth)
  }
}

describe.for(LOSSES)('%s at any call', (loss) => {
  test('sale.ensure: one sale, confirmed, locked, on its own date', async () => {
    const order = orderOf('1', [{ sku: 'MUG', quantity: 2, discount: 100 }, { sku: 'BOWL' }])
    const calls = await everywhere(
      'sale.ensure',
      loss,
      async () => saleAsk(order),
      (at, nth) => {
        const { sales, partners } = at.sim.beliefs()
        expect(sales, `broken at call ${nth}`).toHaveLength(1)
        expect(sales[0]).toMatchObject({ state: 'sale', locked: true, deliveries: [{ state: 'assigned' }] })
        expect(sales[0]!.lines).toHaveLength(3)
        expect(partners).toBe(2)
      },
    )
    expect(calls).toBeGreaterThan(12)
  })

  test('sale.ensure of three orders: each once', async () => {
    for (let nth = 1, reached = true; reached; nth++) {
      const at = estate()
      const asks = ['1', '2', '3'].map((id) => saleAsk(orderOf(id, [{ sku: 'MUG' }])))
      const broken = breakAt(at, nth, loss)
      await sendAll(at.connection, 'sale.ensure', asks)
      reached = broken()
      at.network.through = (_, pass) => pass()
      const outcomes = await sendAll(at.connection, 'sale.ensure', asks)
      expect(outcomes.every((outcome) => 'answer' in outcome)).toBe(true)
      expect(at.sim.beliefs().sales.map(({ state, locked }) => `${state} ${locked}`)).toEqual(
        Array(3).fill('sale true'),
      )
    }
  })

  test('sale.ensure keeps the date the order was placed', async () => {
    const order = orderOf('1', [{ sku: 'MUG' }])
    for (let nth = 1, reached = true; reached; nth++) {
      const at = estate()
      const broken = breakAt(at, nth, loss)
      await send(at.connection, 'sale.ensure', saleAsk(order))
      reached = broken()
      at.network.through = (_, pass) => pass()
      await answer(at.connection, 'sale.ensure', saleAsk(order))
      expect(await dateOf(at)).toBe('2026-11-20 18:22:05')
    }
  })

  test('sale.cancel: all is cancelled', async () => {
    const order = orderOf('1', [{ sku: 'MUG', quantity: 2 }])
    const prepare = async ({ connection }: Estate) => {
      await answer(connection, 'sale.ensure', saleAsk(order))
      return { orderRef: 'shop:1', reason: 'customer' }
    }
    const calls = await everywhere('sale.cancel', loss, prepare, (at) => {
      expect(at.sim.beliefs().sales).toMatchObject([{ state: 'cancel', deliveries: [{ state: 'cancel' }] }])
      expect(at.sim.beliefs().stock.find(({ sku }) => sku === 'MUG')).toMatchObject({ onHand: 100, reserved: 0 })
    })
    expect(calls).toBeGreaterThan(5)
  })

  test('invoice.ensure: one invoice, posted, to the cent', async () => {
    // Rounded apart by a cent, so that the correction of the tax is among the calls.
    const order = orderOf('1', [{ sku: 'MUG', price: 100, discount: 7 }])
    const prepare = async ({ connection }: Estate) => {
      const { saleId, total } = await answer(connection, 'sale.ensure', saleAsk(order))
      expect(total).not.toEqual(order.total)
      return invoiceAsk(order, saleId)
    }
    const calls = await everywhere('invoice.ensure', loss, prepare, (at) => {
      const [sale] = at.sim.beliefs().sales
      expect(sale!.invoices).toEqual([
        { id: 1, state: 'posted', total: order.total.amount / 100, tax: order.totalTax.amount / 100 },
      ])
    })
    expect(calls).toBeGreaterThan(9)
  })
})

async function dateOf({ sim }: Estate): Promise<unknown> {
  const args = ['retail', 6, 'a-key-nobody-may-see', 'sale.order', 'read', [[1], ['date_order']]]
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, params: { service: 'object', method: 'execute_kw', args } })
  const request = new Request('http://odoo/jsonrpc', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const { result } = (await (await sim.fetch(request)).json()) as { result: { date_order: string }[] }
  return result[0]!.date_order
}
