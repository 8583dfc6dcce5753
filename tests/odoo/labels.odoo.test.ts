/**
 * A label bought for a delivery that a real Odoo has ready: number, document and cost are there, and the number in the
 * shop. Needs the variables named in `server.ts`; without them it says so and passes.
 */
import { beforeAll, expect, test } from 'vitest'
import { createEasypost, type EasypostAccount } from '#connectors/easypost/simulator/index.ts'
import { policySchema } from '#policy/policy.ts'
import type { Config } from '../../src/config.ts'
import { openHub } from './hub.ts'
import { accessOf, type OdooServer, openServer, runName } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'a label for a delivery of a real Odoo',
  'the labels of a real Odoo are left out without one',
  'tests/odoo/labels.odoo.test.ts',
  journeys,
)

const LABELS = {
  by: 'post',
  from: { name: 'Us', street: '2 Dock Rd', city: 'Dallas', postcode: '75201', region: 'TX', country: 'US' },
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: 'promised',
  returns: true,
}

const buying =
  (warehouse: string) =>
  (config: Config): Config => {
    const odoo = config.connections['odoo']!
    return {
      ...config,
      connections: {
        ...config.connections,
        odoo: { ...odoo, config: { ...(odoo.config as object), labelWarehouses: [warehouse] } },
        post: { connector: 'easypost', intake: 'direct', config: { apiKey: 'test:post', url: 'http://post.sim' } },
      } as Config['connections'],
      policy: { ...config.policy, labels: policySchema.shape.labels.parse({ [warehouse]: LABELS }) },
    }
  }

function journeys(): void {
  const access = accessOf()
  let server: OdooServer
  beforeAll(async () => void (server = await openServer(access.admin)), LONG_MS)

  for (const loseEvery of [Infinity, 23])
    test(`bought once, and at the delivery${loseEvery < Infinity ? ', one answer in 23 lost' : ''}`, async () => {
      let account: EasypostAccount | undefined
      const systems = (now: () => number) => {
        account = createEasypost({ apiKey: 'test:post', balance: 2_000_000 }, { now, random: () => 0.3 })
        return { 'post.sim': account.fetch }
      }
      const run = runName()
      const sku = `MUG-${run}`
      await server.addProducts([{ sku, name: 'Blue mug', price: 12.5, onHand: 20 }])
      const hub = await openHub(access.hub, [{ sku, title: 'Blue mug', price: '12.50' }], {
        loseEvery,
        systems,
        configure: buying(server.warehouse),
      })
      await hub.until('the shop offers what Odoo has', () => hub.shop.beliefs().available[sku] === 20)
      const id = hub.shop.placeOrder({
        lines: [{ sku, quantity: 2 }],
        customer: {
          firstName: 'Ada',
          lastName: 'Byron',
          email: 'ada@example.com',
          phone: '+15125550100',
          address: {
            address1: `${run} Dock Road`,
            city: 'Austin',
            zip: '78701',
            provinceCode: 'TX',
            countryCode: 'US',
          },
        },
        taxRate: 0.0825,
        shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
      })!
      const paid = () =>
        account!
          .beliefs()
          .labels.filter(
            ({ code, refund, street }) => code !== null && refund === null && street === `${run} Dock Road`,
          )
      await hub.until('a label is bought', () => paid().length > 0)
      await hub.rest()
      expect(paid()).toHaveLength(1)
      const [label] = paid()
      expect(label).toMatchObject({ isReturn: false })
      const [picking] = await server.rpc.search(
        'stock.picking',
        [['sale_id.origin', '=', `crossdock:${hub.refOf(id)}`]],
        ['carrier_tracking_ref', 'carrier_price', 'state'],
      )
      expect(picking).toMatchObject({ carrier_tracking_ref: label!.code, carrier_price: Number(label!.cost) })
      const documents = await server.rpc.search(
        'ir.attachment',
        [['res_model', '=', 'stock.picking'], ['res_id', '=', picking!.id], ['type', '=', 'url']],
        ['url'],
      ) // prettier-ignore
      expect(documents).toHaveLength(1)
      expect(await server.ship(hub.refOf(id))).toBe(true)
      await hub.until('the order is completed', async () => (await hub.order(id))?.status === 'completed')
      await hub.rest()
      expect(JSON.stringify(hub.shop.beliefs().orders.find((one) => one.id === id))).toContain(label!.code)
      expect(paid()).toHaveLength(1)
      expect((await hub.order(id))!.exceptions).toEqual([])
      if (loseEvery < Infinity) expect(hub.wire.lost).toBeGreaterThan(0)
    })
}
