/** Orders that Odoo prices, against a real one: price list, discount, taxes and payment term are its own. */
import { beforeAll, describe, expect, test } from 'vitest'
import { odoo } from '#connectors/odoo/index.ts'
import { answer, fault } from '#connectors/kit/testing.ts'
import { orderOf, saleAsk, usd } from '#connectors/odoo/testing.ts'
import { realIo } from '../../src/io.ts'
import { accessOf, missingVariables, openRpc, openServer, type Rpc, runName, sayMissing } from './server.ts'

const LONG_MS = 120_000

const missing = missingVariables()
if (missing.length > 0) {
  test('orders priced by a real Odoo are left out without one', () => {
    sayMissing('tests/odoo/terms.odoo.test.ts')
    expect(missing).not.toEqual([])
  })
} else {
  describe('priced by a real Odoo', { timeout: LONG_MS }, terms)
}

function terms(): void {
  const access = accessOf()
  const [run, sku] = [runName(), `URN-${runName()}`]
  let rpc: Rpc
  beforeAll(async () => {
    const server = await openServer(access.admin)
    rpc = await openRpc(access.admin)
    await server.addProducts([{ sku, name: 'Urn', price: 40, onHand: 50 }])
    const rule = { applied_on: '3_global', compute_price: 'percentage', percent_price: 10 }
    await rpc.call('product.pricelist', 'create', [{ name: `Hotels ${run}`, item_ids: [[0, 0, rule]] }])
  }, LONG_MS)

  const idOf = async (model: string, name: string) => (await rpc.search(model, [['name', '=', name]], ['id']))[0]!['id']

  const connection = () => {
    const { url, database, user, key } = access.hub
    const config = odoo.config.parse({ url, database, user, apiKey: 'test:key' })
    return odoo.open(config, { name: 'odoo', io: realIo({ secret: () => key }) })
  }

  const unpriced = (id: string, more: object) => {
    const order = orderOf(`${run}-${id}`, [{ sku, quantity: 3, price: 0, rate: '0' }], { total: usd(0) })
    return { ...order, channel: 'b2b', terms: { pricing: 'erp' as const, ...more } }
  }

  test('the sale costs what the price list says, and the answer tells the hub', async () => {
    const ask = saleAsk(unpriced('1', { priceList: `Hotels ${run}`, paymentTerm: '30 Days' }))
    const sale = await answer(connection(), 'sale.ensure', ask)
    const fields = [
      'amount_total',
      'amount_tax',
      'amount_untaxed',
      'pricelist_id',
      'payment_term_id',
      'state',
      'locked',
    ]
    const [row] = await rpc.search('sale.order', [['id', '=', Number(sale.saleId)]], fields)
    expect(row).toMatchObject({
      amount_untaxed: 108,
      state: 'sale',
      locked: true,
      pricelist_id: await idOf('product.pricelist', `Hotels ${run}`),
      payment_term_id: await idOf('account.payment.term', '30 Days'),
    })
    const cents = (field: string) => Math.round(Number(row![field]) * 100)
    expect(sale.total).toEqual(usd(cents('amount_total')))
    expect(sale.totalTax).toEqual(usd(cents('amount_tax')))
    expect(await answer(connection(), 'sale.ensure', ask)).toEqual(sale)
  })

  test('an order with prices of its own in the same batch keeps them', async () => {
    const own = { ...orderOf(`${run}-2`, [{ sku, quantity: 1, price: 3_333 }]), channel: 'b2b' }
    const outbound = connection().outbound['sale.ensure']!
    const asks = [saleAsk(own), saleAsk(unpriced('3', { priceList: `Hotels ${run}` }))]
    const outcomes = await outbound.send(asks.map((ask, index) => ({ key: `order/t/${index}/0`, attempt: 1, ask })))
    const totals = outcomes.map((outcome) =>
      'answer' in outcome ? outcome.answer.total.amount : outcome.fault.message,
    )
    expect(totals[0]).toBe(own.total.amount)
    expect(totals[1]).toBeGreaterThanOrEqual(10_800)
  })

  test('names that Odoo does not know are refused by name', async () => {
    const term = await fault(connection(), 'sale.ensure', saleAsk(unpriced('4', { paymentTerm: 'Never' })))
    expect(term).toMatchObject({ kind: 'rejected', code: 'odoo.payment_term_unknown' })
    const list = await fault(connection(), 'sale.ensure', saleAsk(unpriced('5', { priceList: 'Nobody' })))
    expect(list).toMatchObject({ kind: 'rejected', code: 'odoo.pricelist_unknown' })
  })
}
