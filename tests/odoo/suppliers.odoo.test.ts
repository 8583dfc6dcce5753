/** Suppliers' offers against a real Odoo: its vendor price list has them once, ended by date, and never rounded. */
import { beforeAll, expect, test } from 'vitest'
import { answer } from '#connectors/kit/testing.ts'
import { odoo } from '#connectors/odoo/index.ts'
import { realIo } from '../../src/io.ts'
import { accessOf, openRpc, openServer, type Rpc, runName } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'suppliers in a real Odoo',
  'suppliers are left out without a real Odoo',
  'tests/odoo/suppliers.odoo.test.ts',
  () => {
    const access = accessOf()
    const run = runName()
    const [sku, other] = [`BOLT-${run}`, `NUT-${run}`]
    let rpc: Rpc
    beforeAll(async () => {
      const server = await openServer(access.admin)
      rpc = await openRpc(access.admin)
      await server.addProducts([sku, other].map((one) => ({ sku: one, name: one, price: 40, onHand: 0 })))
      const [user] = await rpc.search('res.users', [['login', '=', access.hub.user]], ['id'])
      const data = [['module', '=', 'product'], ['name', '=', 'group_product_manager']] as const // prettier-ignore
      const [group] = await rpc.search('ir.model.data', data, ['res_id'])
      await rpc.call('res.users', 'write', [[user!['id']], { groups_id: [[4, group!['res_id']]] }])
    }, LONG_MS)

    const { url, database, user, key } = access.hub
    const config = odoo.config.parse({ url, database, user, apiKey: 'test:key', suppliers: true })
    const connection = odoo.open(config, { name: 'odoo', io: realIo({ secret: () => key }) })
    const offer = (change: object = {}) => ({
      supplier: { key: `acme-${run}`, name: `Acme ${run}` },
      article: 'A/1 ü',
      minQuantity: '10',
      sku,
      price: '2.55',
      currency: 'USD',
      leadDays: 3,
      until: null,
      ...change,
    })
    const FIELDS = [
      'product_id',
      'product_tmpl_id',
      'min_qty',
      'price',
      'delay',
      'product_code',
      'date_end',
      'company_id',
    ]
    const shown = () => rpc.search('product.supplierinfo', [['partner_id.name', '=', `Acme ${run}`]], FIELDS)
    const ensure = (change: object = {}) => answer(connection, 'supply.ensure', offer(change))

    test('an offer is there once, changes, ends by its date, comes back, and moves with its article', async () => {
      expect([await ensure(), await ensure()]).toEqual([{ outcome: 'set' }, { outcome: 'set' }])
      const row = { min_qty: 10, price: 2.55, delay: 3, product_code: 'A/1 ü', date_end: false }
      const [first, ...more] = await shown()
      expect([first, more]).toEqual([expect.objectContaining(row), []])
      await ensure({ price: '2.6', leadDays: 5 })
      await ensure({ price: '2.6', leadDays: 5, until: '2026-11-20' })
      expect(await shown()).toEqual([{ ...first, price: 2.6, delay: 5, date_end: '2026-11-20' }])
      await ensure()
      expect(await shown()).toEqual([first])
      await ensure({ minQuantity: '100', price: '2.1' })
      expect((await shown()).map((one) => one['min_qty']).sort()).toEqual([10, 100])
      await ensure({ sku: other })
      const moved = (await shown()).find((one) => one['id'] === first!['id'])!
      const [nut] = await rpc.search('product.product', [['default_code', '=', other]], ['product_tmpl_id'])
      expect(moved).toMatchObject({ product_id: nut!['id'], product_tmpl_id: nut!['product_tmpl_id'] })
    })

    test('what would be rounded is not written; what is unknown is said', async () => {
      const before = await shown()
      expect(await ensure({ price: '0.0345' })).toMatchObject({ outcome: 'too_fine' })
      expect(await ensure({ sku: `NONE-${run}` })).toMatchObject({ outcome: 'unknown' })
      expect(await ensure({ article: 'B', until: '2026-11-20' })).toEqual({ outcome: 'absent' })
      expect(await shown()).toEqual(before)
    })

    test('doctor says whether prices can be written', async () => {
      const findings = (await connection.check()).filter(({ about }) => about === 'suppliers')
      expect(findings.map(({ level }) => level)).not.toContain('error')
      expect(findings).toHaveLength(1)
    })
  },
)
