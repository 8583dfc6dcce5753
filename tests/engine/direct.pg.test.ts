/** F8, F9: orders that a portal or a telesales tool hands in, all the way to the invoice. */
import { parseConfig } from '../../src/config.ts'
import { aBody, request } from '#connectors/direct/testing.ts'
import { configTextFor } from '#sim/estate.ts'
import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const PORTAL = `
  b2b:
    connector: direct
    config: { key: demo:direct-key }
policy:`
const RULES = `
  channels:
    b2b: { pool: WH, releaseWhen: [pending, paid] }`

async function withPortal(): Promise<Retailer> {
  const retailer = await aRetailer(await freshDatabase(), {
    configure() {
      const addresses = { shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://127.0.0.1:4870' }
      const text = configTextFor(addresses)
      return parseConfig(text.replace('\npolicy:', PORTAL).replace('\n  channels:', RULES), 'portal.yaml')
    },
  })
  return retailer
}

async function ship(retailer: Retailer): Promise<void> {
  for (const { saleId } of retailer.estate.erp.openDeliveries()) retailer.estate.erp.ship(saleId, { tracking: '1Z1' })
  await retailer.later(61_000)
}

const stateOf = async ({ engine }: Retailer, reference: string) =>
  (
    await engine.database.query<{ status: string; state: Record<string, unknown> }>(
      'select status, state from stream where stream = $1',
      [`order/b2b/${reference}`],
    )
  )[0]

test('an order on terms is priced by Odoo: its price list, its taxes, its payment term; the invoice says the same', async () => {
  const retailer = await withPortal()
  const { erp, products } = retailer.estate
  const { sku, price } = products[0]!
  erp.addPricelist('Hotels', 10)
  const body = aBody({
    currency: 'USD', pricing: 'erp', priceList: 'Hotels', paymentTerm: '30 Days', lines: [{ sku, quantity: 4 }],
  }) // prettier-ignore
  expect(await retailer.receiver.receive('b2b', request(body))).toBe('stored')
  expect(await retailer.receiver.receive('b2b', request(body))).toBe('duplicate')
  await retailer.later(61_000)
  const [sale] = erp.beliefs().sales
  const worth = Math.round(Number(price) * 90 * 4) / 100
  expect(sale).toMatchObject({ ref: 'crossdock:b2b:PO-1', state: 'sale', locked: true })
  await ship(retailer)
  await retailer.later(61_000)
  const [invoiced] = erp.beliefs().sales
  expect(invoiced!.invoices.map(({ state, total }) => ({ state, total }))).toEqual([{ state: 'posted', total: worth }])
  expect(invoiced).toMatchObject({ pricelist: 'Hotels', paymentTerm: '30 Days' })
  expect(await stateOf(retailer, 'PO-1')).toMatchObject({
    status: 'completed',
    state: { priced: { total: { amount: Math.round(worth * 100), currency: 'USD' } } },
  })
})

test('an order with its own prices is booked to the cent, and a payment term nobody knows is said by name', async () => {
  const retailer = await withPortal()
  const { sku } = retailer.estate.products[0]!
  const taxed = (taxes: object[]) => ({
    currency: 'USD',
    lines: [{ sku, quantity: 2, unitPrice: '10.05', discount: '0.11', taxes }],
  })
  const tax = { title: 'Sales tax', rate: '0.0825', amount: '1.65' }
  await retailer.receiver.receive('b2b', request(aBody({ ...taxed([tax]), total: '21.64' })))
  await retailer.receiver.receive('b2b', request(aBody({ ...taxed([tax]), reference: 'PO-2', paymentTerm: 'Never' })))
  await retailer.later(61_000)
  await ship(retailer)
  await retailer.later(61_000)
  const sales = retailer.estate.erp.beliefs().sales
  expect(sales.map(({ ref, invoices }) => [ref, invoices.map(({ total }) => total)])).toEqual([
    ['crossdock:b2b:PO-1', [21.64]],
  ])
  const known = await stateOf(retailer, 'PO-2')
  expect(JSON.stringify(known!.state['exceptions'])).toContain("Odoo has no payment term 'Never'.")
})
