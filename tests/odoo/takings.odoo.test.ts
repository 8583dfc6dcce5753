/**
 * What a card paid, in a real Odoo: booked against the account on which the money waits, so that the invoice is paid;
 * and given back with the credit note. Needs the variables named in `server.ts`; without them it says so and passes.
 */
import { beforeAll, expect, test } from 'vitest'
import { openHub } from './hub.ts'
import { ADA } from './masterdata.ts'
import { accessOf, type OdooServer, openServer, runName } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'payments through a real Odoo',
  'the payments through a real Odoo are left out without one',
  'tests/odoo/takings.odoo.test.ts',
  journeys,
)

const ACCOUNT = '101410'
const MONEY = ['payment_state', 'amount_residual', 'amount_total']

function journeys(): void {
  const access = accessOf()
  let server: OdooServer
  let account: number
  beforeAll(async () => {
    server = await openServer(access.admin)
    const [known] = await server.rpc.search('account.account', [['code', '=', ACCOUNT]], ['code'])
    const values = { code: ACCOUNT, name: 'Card payments', account_type: 'asset_current', reconcile: true }
    account = known?.id ?? ((await server.rpc.call('account.account', 'create', [values])) as number)
  }, LONG_MS)

  /** What waits on the account by entries of the order, in cents. */
  async function waiting(ref: string): Promise<number> {
    const items = await server.rpc.search(
      'account.move.line',
      [['account_id', '=', account], ['move_id.ref', 'like', `[crossdock:${ref}:redeemed:`], ['parent_state', '=', 'posted']],
      ['balance'],
    ) // prettier-ignore
    return Math.round(items.reduce((sum, item) => sum + Number(item['balance']) * 100, 0))
  }

  for (const loseEvery of [Infinity, 7])
    test(`the invoice is paid, once, and the credit note too${loseEvery < Infinity ? ', one answer in 7 lost' : ''}`, async () => {
      const mug = `MUG-${runName()}`
      await server.addProducts([{ sku: mug, name: 'Blue mug', price: 12.5, onHand: 20 }])
      const hub = await openHub(access.hub, [{ sku: mug, title: 'Blue mug', price: '12.50' }], {
        loseEvery,
        configure({ connections, policy, ...config }, channel) {
          const erp = connections['odoo']!
          const takings = { account: ACCOUNT }
          return {
            ...config,
            connections: {
              ...connections,
              odoo: { ...erp, config: { ...(erp.config as object), redemptions: { match: true } } },
            },
            policy: {
              ...policy,
              channels: { ...policy.channels, [channel]: { ...policy.channels[channel]!, takings } },
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
      })!
      const ref = hub.refOf(id)
      await hub.until('the sale is there', async () => (await hub.order(id))?.status === 'confirmed')
      expect(await server.ship(ref, { tracking: '1Z0001' })).toBe(true)
      await hub.until('it is booked', async () => (await waiting(ref)) > 0)
      await hub.rest()
      const [invoice] = await server.rpc.search(
        'account.move',
        [['move_type', '=', 'out_invoice'], ['invoice_line_ids.product_id.default_code', '=', mug]],
        MONEY,
      ) // prettier-ignore
      const total = Math.round(Number(invoice!['amount_total']) * 100)
      expect(invoice).toMatchObject({ payment_state: 'paid', amount_residual: 0 })
      expect(await waiting(ref)).toBe(total)
      hub.shop.refund(id, [{ sku: mug, quantity: 1, restock: false }])
      await hub.until('it went back', async () => (await waiting(ref)) < total)
      await hub.rest()
      const [credit] = await server.rpc.search('account.move', [['reversed_entry_id', '=', invoice!.id]], MONEY)
      // Odoo's word for a credit note that an entry settled.
      expect(credit).toMatchObject({ payment_state: 'reversed', amount_residual: 0, amount_total: 12.5 })
      expect(await waiting(ref)).toBe(total - 1_250)
      if (loseEvery < Infinity) expect(hub.wire.lost).toBeGreaterThan(0)
    })
}
