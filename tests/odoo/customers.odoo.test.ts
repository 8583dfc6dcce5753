/** Customers that are one person, in a real Odoo: archived and shown again, sales and invoices where they were. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Ask } from '#core/intents.ts'
import { odoo } from '#connectors/odoo/index.ts'
import { answer } from '#connectors/kit/testing.ts'
import { orderOf, saleAsk, usd } from '#connectors/odoo/testing.ts'
import { realIo } from '../../src/io.ts'
import { accessOf, missingVariables, openRpc, openServer, type Rpc, runName, sayMissing } from './server.ts'

const LONG_MS = 120_000

const missing = missingVariables()
if (missing.length > 0) {
  test('customers of a real Odoo are left out without one', () => {
    sayMissing('tests/odoo/customers.odoo.test.ts')
    expect(missing).not.toEqual([])
  })
} else {
  describe('one person in a real Odoo', { timeout: LONG_MS }, customers)
}

function customers(): void {
  const access = accessOf()
  const [run, sku] = [runName(), `PAN-${runName()}`]
  let rpc: Rpc
  beforeAll(async () => {
    const server = await openServer(access.admin)
    rpc = await openRpc(access.admin)
    await server.addProducts([{ sku, name: 'Pan', price: 40, onHand: 50 }])
  }, LONG_MS)

  const { url, database, user, key } = access.hub
  const connection = odoo.open(
    odoo.config.parse({ url, database, user, apiKey: 'test:key', customers: { from: 'records', owns: ['email'] } }),
    { name: 'odoo', io: realIo({ secret: () => key }) },
  )
  const tell = async (ask: Ask<'customer.ensure'>) =>
    Number((await answer(connection, 'customer.ensure', ask)).partnerId)
  const partner = async (id: number) =>
    (await rpc.search('res.partner', [['id', '=', id], ['active', 'in', [true, false]]], ['name', 'email', 'active', 'ref']))[0] // prettier-ignore
  async function sell(id: string, customer: string) {
    const order = orderOf(`${run}-${id}`, [{ sku, price: 4_000, rate: '0' }], {
      customer: { key: customer, name: 'As the order says' }, total: usd(4_000), totalTax: usd(0),
    }) // prettier-ignore
    const { saleId } = await answer(connection, 'sale.ensure', saleAsk(order))
    return (await rpc.search('sale.order', [['id', '=', Number(saleId)]], ['partner_id', 'partner_shipping_id']))[0]!
  }

  test('a company has each of its contacts and addresses once, below it', async () => {
    const place = { name: 'Kitchen', street: '1 Quay', city: 'Austin', postcode: '78701', region: 'TX', country: 'US' }
    const people = [
      { id: 'kim', name: 'Kim Buyer' },
      { id: 'lee', name: 'Lee Night' },
      { id: 'kim', name: 'Kim Buyer-Bell' },
    ]
    for (const [n, contact] of people.entries()) {
      const order = orderOf(`${run}-c${n}`, [{ sku, price: 4_000, rate: '0' }], {
        customer: { key: `b2b-${run}`, name: `Harbour ${run}`, company: true, contact },
        shippingAddress: place, billingAddress: { ...place, street: '2 Office' }, total: usd(4_000), totalTax: usd(0),
      }) // prettier-ignore
      await answer(connection, 'sale.ensure', saleAsk(order))
    }
    const [company, ...others] = await rpc.search(
      'res.partner',
      [['name', '=', `Harbour ${run}`]],
      ['id', 'is_company'],
    )
    expect([company!['is_company'], others]).toEqual([true, []])
    const below = await rpc.search('res.partner', [['parent_id', '=', company!['id']]], ['type', 'name', 'street'])
    const shown = below.map(({ type, name, street }) => `${String(type)} ${String(type === 'contact' ? name : street)}`)
    expect(shown.sort()).toEqual(['contact Kim Buyer-Bell', 'contact Lee Night', 'delivery 1 Quay', 'invoice 2 Office'])
  })

  test('who is part of another is archived; later sales are on the head; earlier ones stay; and back again', async () => {
    const shop = { key: `shop-${run}`, name: 'Ada Example', email: 'ada@example.com', externalRef: `shop:${run}` }
    const woo = { key: `woo-${run}`, name: 'Ada E.', email: 'ada@example.com', externalRef: `woo:${run}` }
    const [head, part] = [await tell(shop), await tell(woo)]
    const before = await sell('1', woo.key)
    expect(before).toMatchObject({ partner_id: part })
    expect(await tell({ ...woo, partOf: shop.key })).toBe(part)
    expect(await partner(part)).toMatchObject({ active: false, ref: `crossdock.partner_${shop.key}` })
    expect(await sell('2', woo.key)).toMatchObject({ partner_id: head })
    expect(await sell('1', woo.key)).toEqual(before)
    expect(await tell({ ...woo, partOf: null })).toBe(part)
    expect(await partner(part)).toMatchObject({ active: true, ref: woo.externalRef })
    // The name is Odoo's, once it has the partner.
    await tell({ ...shop, name: 'Another Name', email: 'new@example.com' })
    expect(await partner(head)).toMatchObject({ name: 'Ada Example', email: 'new@example.com' })
  })
}
