/**
 * A gift card pays a part of an order in the shop: the rest is all that is waited for, and once it is invoiced the card
 * is a payment in Odoo against what was owed for it; what goes back to it is owed again. The auditor sees both sides.
 */
import { expect, test } from 'vitest'
import { auditMoney } from '#sim/audit-money.ts'
import { ERP, SHOP } from '#sim/estate.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer } from '../support/retailer.ts'

const BUYER = {
  firstName: 'Ada',
  lastName: 'Byron',
  email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
}
const liability = { code: '212100', kind: 'liability_current' } as const

async function aShop({ redeemed = 'booked' as 'booked' | 'left_open' } = {}) {
  const retailer = await aRetailer(await freshDatabase(), {
    stock: 10,
    configure: (config) => {
      const [shop, erp] = [config.connections[SHOP]!, config.connections[ERP]!]
      const channel = { ...config.policy.channels[SHOP]!, redeemed }
      return {
        ...config,
        connections: {
          ...config.connections,
          [SHOP]: { ...shop, config: { ...(shop.config as object), redemptions: true } },
          [ERP]: { ...erp, config: { ...(erp.config as object), redemptions: { match: true } } },
        },
        policy: { ...config.policy, channels: { ...config.policy.channels, [SHOP]: channel } },
      }
    },
  })
  const { shop, erp } = retailer.estate
  erp.addProduct({ sku: 'GIFT-CARD', type: 'service', income: liability })
  const [sku] = Object.keys(shop.beliefs().available)
  const id = shop.placeOrder({
    lines: [{ sku: sku!, quantity: 2 }],
    customer: BUYER,
    taxRate: 0.0825,
    financialStatus: 'paid',
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
    tenders: [{ gateway: 'gift_card', amount: '7.00' }],
  })!
  const live = async (minutes = 4) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      await retailer.deliver(retailer.hooks())
      await retailer.later(60_000)
    }
  }
  await live()
  erp.ship(`${SHOP}:${id}`)
  await live()
  const sale = () => erp.beliefs().sales.find(({ ref }) => ref === `crossdock:${SHOP}:${id}`)!
  return { ...retailer, sku: sku!, id, live, sale, audit: () => auditMoney(retailer.estate, retailer.engine.database) }
}

test('it is booked with the invoice, once, and owed again when it is given back', async () => {
  const { sale, audit, live, estate, id, sku } = await aShop()
  expect([sale().redeemed, sale().invoices]).toMatchObject([7, [{ state: 'posted', paid: 7 }]])
  expect(await audit()).toEqual([])
  // The first of what paid gets its money first.
  estate.shop.refund(id, [{ sku, quantity: 1, restock: false }])
  await live()
  const order = estate.shop.beliefs().orders[0]!
  expect([sale().redeemed, sale().credits.length, await audit()]).toEqual([order.redeemed! / 100, 1, []])
  expect(order.redeemed).toBeLessThan(700)
})

test('left open by policy it is not, and the auditor says so', async () => {
  const { sale, audit } = await aShop({ redeemed: 'left_open' })
  expect(sale().redeemed).toBeUndefined()
  expect((await audit()).join()).toContain('gift cards paid 700 of it, and 0 is off what is owed')
})
