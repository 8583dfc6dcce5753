/**
 * A redeemed gift card in a real Odoo: an entry against what is owed, matched with the invoice, and back again with the
 * credit note. Needs the variables named in `server.ts`; without them it says so and passes.
 */
import { beforeAll, expect, test } from 'vitest'
import { ADA, ensureServiceProduct } from './masterdata.ts'
import { openHub } from './hub.ts'
import { accessOf, type OdooServer, openServer, runName } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'gift cards through a real Odoo',
  'the gift cards through a real Odoo are left out without one',
  'tests/odoo/gift-cards.odoo.test.ts',
  journeys,
)

function journeys(): void {
  const access = accessOf()
  let server: OdooServer
  let account: number
  beforeAll(async () => {
    server = await openServer(access.admin)
    const { rpc } = server
    const product = await ensureServiceProduct(rpc, 'GIFT-CARD', 'Gift card')
    const [debt] = await rpc.search('account.account', [['account_type', '=', 'liability_current']], ['code'])
    account = debt!.id
    await rpc.call('product.product', 'write', [[product], { property_account_income_id: account }])
  }, LONG_MS)

  /** What is off the debt by entries of the order. */
  async function booked(ref: string): Promise<number> {
    const items = await server.rpc.search(
      'account.move.line',
      [['account_id', '=', account], ['move_id.ref', 'like', `[crossdock:${ref}:redeemed:`], ['parent_state', '=', 'posted']],
      ['balance'],
    ) // prettier-ignore
    return Math.round(items.reduce((sum, item) => sum + Number(item['balance']) * 100, 0))
  }

  for (const loseEvery of [Infinity, 7])
    test(`it pays the invoice against what is owed, once, and is owed again when it is given back${loseEvery < Infinity ? ', one answer in 7 lost' : ''}`, async () => {
      const run = runName()
      const mug = `MUG-${run}`
      const product = { sku: mug, title: 'Blue mug', price: '12.50' }
      await server.addProducts([{ sku: mug, name: 'Blue mug', price: 12.5, onHand: 20 }])
      const hub = await openHub(access.hub, [product], {
        loseEvery,
        configure(config, channel) {
          const { connections, policy } = config
          const [shop, erp] = [connections[channel]!, connections['odoo']!]
          return {
            ...config,
            connections: {
              ...connections,
              [channel]: { ...shop, config: { ...(shop.config as object), redemptions: true } },
              odoo: { ...erp, config: { ...(erp.config as object), redemptions: { match: true } } },
            },
            policy: {
              ...policy,
              channels: { ...policy.channels, [channel]: { ...policy.channels[channel]!, redeemed: 'booked' } },
            },
          }
        },
      })
      await hub.until('the shop offers what Odoo has', () => hub.shop.beliefs().available[mug] === 20)
      const id = hub.shop.placeOrder({
        lines: [{ sku: mug, quantity: 2 }],
        customer: ADA,
        financialStatus: 'paid',
        shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
        tenders: [{ gateway: 'gift_card', amount: '29.90' }],
      })!
      await hub.until('the sale is there', async () => (await hub.order(id))?.status === 'confirmed')
      expect(await server.ship(hub.refOf(id), { tracking: '1Z0001' })).toBe(true)
      await hub.until('it is booked', async () => (await booked(hub.refOf(id))) === 2_990)
      await hub.rest()
      const [invoice] = await server.rpc.search(
      'account.move',
      [['invoice_origin', '!=', false], ['move_type', '=', 'out_invoice'], ['invoice_line_ids.product_id.default_code', '=', mug]],
      ['payment_state', 'amount_residual'],
    ) // prettier-ignore
      expect(invoice).toMatchObject({ payment_state: 'paid', amount_residual: 0 })
      hub.shop.refund(id, [{ sku: mug, quantity: 1, restock: false }])
      await hub.until('it is owed again', async () => (await booked(hub.refOf(id))) === 1_740)
      await hub.rest()
      const [credit] = await server.rpc.search('account.move', [['reversed_entry_id', '=', invoice!.id]], [
      'payment_state', 'amount_residual', 'amount_total',
    ]) // prettier-ignore
      expect(credit).toMatchObject({ amount_residual: 0, amount_total: 12.5 })
      expect(await booked(hub.refOf(id))).toBe(1_740)
      if (loseEvery < Infinity) expect(hub.wire.lost).toBeGreaterThan(0)
    })
}
