/** What gift cards paid for is a payment in the books, against what is owed for them: once, and back again. */
import { expect, test } from 'vitest'
import { answer, fault } from '../kit/testing.ts'
import { breakAt, estate, invoiceAsk, LOSSES, orderOf, saleAsk } from './testing.ts'

const liability = { code: '212100', kind: 'liability_current' } as const
const card = (income?: { code: string; kind: 'income' | 'liability_current' }) => ({
  products: [
    { sku: 'MUG', name: 'Blue mug', price: 12.5, available: { WH: 100 } },
    { sku: 'GIFT-CARD', name: 'Gift card', type: 'service' as const, ...(income ? { income } : {}) },
  ],
})
const usd = (amount: number) => ({ amount, currency: 'USD' })
const match = { journal: 'MISC', match: true }

/** Two mugs, invoiced. */
async function invoiced(options: Parameters<typeof estate>[0], config: Parameters<typeof estate>[1] = {}) {
  const world = estate(options, config)
  const order = orderOf('1042', [{ sku: 'MUG', quantity: 2 }])
  const { saleId } = await answer(world.connection, 'sale.ensure', saleAsk(order))
  const { invoiceId } = await answer(world.connection, 'invoice.ensure', invoiceAsk(order, saleId))
  const orderRef = `${order.channel}:${order.externalId}`
  const ask = (key: string, amount: number) => ({
    orderRef, orderName: order.name, saleId, invoiceId, key, date: '2026-11-22', amount: usd(amount),
  }) // prettier-ignore
  const credit = (amount: number, key = 'r-1') =>
    answer(world.connection, 'credit.ensure', {
      orderRef, orderName: order.name, saleId, invoiceId, key, date: '2026-11-23', total: usd(amount),
      taxesIncluded: false, lines: [], other: usd(amount),
    }) // prettier-ignore
  const sale = () => world.sim.beliefs().sales[0]!
  const paid = () => [...sale().invoices, ...sale().credits].map((one) => one.paid ?? 0)
  return { ...world, order, ask, credit, sale, paid }
}

test.for([18, 19] as const)(
  'in Odoo %i it is one entry, matched with the invoice, however often asked',
  async (version) => {
    const { connection, ask, sale, paid, order } = await invoiced({ version, ...card(liability) })
    const first = await answer(connection, 'redemption.ensure', ask('t-1', 1_000))
    expect(await answer(connection, 'redemption.ensure', ask('t-1', 1_000))).toEqual(first)
    expect(first.entry).toMatch(/^MISC\/2026\//)
    expect(sale().redeemed).toBe(10)
    expect(paid()).toEqual([10])
    await answer(connection, 'redemption.ensure', ask('t-2', order.total.amount - 1_000))
    expect(paid()).toEqual([order.total.amount / 100])
  },
)

test.for(LOSSES)('a repeat after any call with its %s books it once', async (loss) => {
  for (let nth = 1; ; nth += 1) {
    const world = await invoiced(card(liability))
    const was = breakAt(world, nth, loss)
    await answer(world.connection, 'redemption.ensure', world.ask('t-1', 1_000)).catch(() => null)
    if (!was()) return
    world.network.through = (_, pass) => pass()
    await answer(world.connection, 'redemption.ensure', world.ask('t-1', 1_000))
    expect([nth, world.sale().redeemed]).toEqual([nth, 10])
    expect(world.paid()).toEqual([10])
  }
})

test('what goes back to it is owed again, matched with the credit note, whichever comes first', async () => {
  const { connection, ask, sale, paid, credit } = await invoiced(card(liability), { redemptions: match })
  await answer(connection, 'redemption.ensure', ask('t-1', 1_000))
  await answer(connection, 'redemption.ensure', ask('t-2', -400))
  expect(sale().redeemed).toBe(6)
  await credit(400)
  expect(paid()).toEqual([10, 4])
  await credit(300, 'r-2')
  await answer(connection, 'redemption.ensure', ask('t-3', -300))
  expect([paid(), sale().redeemed]).toEqual([[10, 4, 3], 3])
})

test.for(LOSSES)('a credit note is matched with it, whichever call its %s is', async (loss) => {
  for (let nth = 1; ; nth += 1) {
    const world = await invoiced(card(liability), { redemptions: match })
    await answer(world.connection, 'redemption.ensure', world.ask('t-1', 1_000))
    await answer(world.connection, 'redemption.ensure', world.ask('t-2', -400))
    const was = breakAt(world, nth, loss)
    await world.credit(400).catch(() => null)
    if (!was()) return
    world.network.through = (_, pass) => pass()
    await world.credit(400)
    expect([nth, world.paid()]).toEqual([nth, [10, 4]])
  }
})

test('nothing is booked against revenue, without a journal, or on an invoice that is not there', async () => {
  const revenue = await invoiced(card({ code: '400000', kind: 'income' }))
  expect(await fault(revenue.connection, 'redemption.ensure', revenue.ask('t-1', 500))).toMatchObject({
    kind: 'rejected',
    code: 'odoo.gift_card_revenue',
  })
  expect(revenue.sale().redeemed).toBeUndefined()
  const lost = await invoiced(card(liability), { redemptions: { journal: 'NONE', match: false } })
  expect(await fault(lost.connection, 'redemption.ensure', lost.ask('t-1', 500))).toMatchObject({
    code: 'odoo.journal_unknown',
  })
  expect(await fault(lost.connection, 'redemption.ensure', { ...lost.ask('t-1', 500), invoiceId: '99' })).toMatchObject(
    { code: 'odoo.missing' },
  )
})

const waiting = { code: '101410', kind: 'asset_current' } as const
const TAKINGS = { accounts: [waiting] }

test.for([18, 19] as const)(
  'in Odoo %i what was paid in another way waits on its account, and goes back with the credit note',
  async (version) => {
    const { connection, ask, sale, paid, credit, order } = await invoiced(
      { version, ...TAKINGS },
      { redemptions: match },
    )
    const all = { ...ask('taken-1', order.total.amount), account: waiting.code }
    const first = await answer(connection, 'redemption.ensure', all)
    expect(await answer(connection, 'redemption.ensure', all)).toEqual(first)
    expect([sale().taken, sale().redeemed, paid()]).toEqual([
      order.total.amount / 100,
      undefined,
      [order.total.amount / 100],
    ])
    await answer(connection, 'redemption.ensure', { ...ask('taken-2', -400), account: waiting.code })
    await credit(400)
    expect([sale().taken, paid()]).toEqual([(order.total.amount - 400) / 100, [order.total.amount / 100, 4]])
  },
)

test('what somebody booked before is not booked again, nor is anything on an account where no money waits', async () => {
  const odd = { code: '400000', kind: 'income' } as const
  const { connection, ask, paid, order } = await invoiced({ accounts: [waiting, odd] })
  const taken = (account: string, key = 'taken-1') => ({ ...ask(key, order.total.amount), account })
  for (const account of [odd.code, '999999'])
    expect(await fault(connection, 'redemption.ensure', taken(account))).toMatchObject({ code: 'odoo.account_unknown' })
  await answer(connection, 'redemption.ensure', taken(waiting.code, 'by-hand'))
  const late = await fault(connection, 'redemption.ensure', taken(waiting.code))
  expect(late).toMatchObject({ kind: 'rejected', code: 'odoo.invoice_paid' })
  expect(late.message).toContain('Nothing was booked now.')
  expect(paid()).toEqual([order.total.amount / 100])
})

test.for(LOSSES)('a repeat after any call with its %s takes the money once', async (loss) => {
  for (let nth = 1; ; nth += 1) {
    const world = await invoiced(TAKINGS)
    const ask = { ...world.ask('taken-1', 1_000), account: waiting.code }
    const was = breakAt(world, nth, loss)
    await answer(world.connection, 'redemption.ensure', ask).catch(() => null)
    if (!was()) return
    world.network.through = (_, pass) => pass()
    await answer(world.connection, 'redemption.ensure', ask)
    expect([nth, world.sale().taken, world.paid()]).toEqual([nth, 10, [10]])
  }
})
