/**
 * Kits of a real Odoo with manufacturing: read as it takes them apart, sold from what was set aside for them, and found
 * when somebody changes one. Needs the variables named in `server.ts`; without them it says so and passes.
 */
import { beforeAll, expect, test } from 'vitest'
import { definitionsOf } from '#engine/reconcile/definitions.ts'
import { reconcile } from '#engine/reconcile/run.ts'
import { findings } from '#insight/reconcile.ts'
import type { Config } from '../../src/config.ts'
import { openHub, type TestHub } from './hub.ts'
import { addKit, addVariants, ensureManufacturing, idsOf } from './manufacturing.ts'
import { ADA } from './masterdata.ts'
import { accessOf, type OdooServer, openServer, runName, sums } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'kits of a real Odoo',
  'kits of a real Odoo are left out without one',
  'tests/odoo/kits.odoo.test.ts',
  journeys,
)

const NAME = 'kits/odoo'

function journeys(): void {
  const access = accessOf()
  let server: OdooServer
  beforeAll(async () => {
    server = await openServer(access.admin)
    await ensureManufacturing(server.rpc)
  }, LONG_MS)

  /** Twenty mugs and twenty trays; a set of them, and a box with a set and a mug more. */
  async function open() {
    const run = runName()
    const [mug, tray, set, box] = [`MUG-${run}`, `TRAY-${run}`, `SET-${run}`, `BOX-${run}`]
    await server.addProducts([
      { sku: mug, name: 'Blue mug', price: 12.5, onHand: 20 },
      { sku: tray, name: 'Tray', price: 20, onHand: 20 },
    ])
    const setBom = await addKit(server, { sku: set, name: 'Tea set', price: 40, parts: { [mug]: 2, [tray]: 1 } })
    const boxBom = await addKit(server, { sku: box, name: 'Tea box', price: 55, parts: { [set]: 1, [mug]: 1 } })
    return { run, mug, tray, set, box, setBom, boxBom }
  }

  /** @returns what is open: `kind key`, with the words of each. */
  async function compared({ engine }: TestHub): Promise<{ found: string[]; words: string }> {
    const definition = definitionsOf(engine).find(({ name }) => name === NAME)!
    expect(await reconcile(engine, definition, { mends: true })).toMatchObject({ state: 'done' })
    const { rows } = (await findings(engine.database, { definition: NAME, state: 'open', limit: 50 }))!
    return {
      found: rows.map(({ kind, key }) => `${kind} ${key}`).toSorted(),
      words: rows.map(({ message }) => message).join(' '),
    }
  }

  const says = (engine: TestHub['engine'], kits: Record<string, Record<string, number>>) => {
    const rules = Object.entries(kits).map(([sku, parts]) => [sku, { parts, upTo: 2, share: 1 }])
    engine.policy = { ...engine.policy, kits: Object.fromEntries(rules) }
  }

  test('sold from their parts; a line changed in Odoo, of which its bill keeps no trace, is found and then over', async () => {
    const { mug, tray, set, box, setBom } = await open()
    const kits = { [set]: { [mug]: 2, [tray]: 1 }, [box]: { [mug]: 3, [tray]: 1 } }
    const configure = (config: Config): Config => {
      const rules = Object.entries(kits).map(([sku, parts]) => [sku, { parts, upTo: 2, share: 1 }])
      return { ...config, policy: { ...config.policy, kits: Object.fromEntries(rules) } }
    }
    const titles = { [mug]: '12.50', [tray]: '20.00', [set]: '40.00', [box]: '55.00' }
    const products = Object.entries(titles).map(([sku, price]) => ({ sku, title: sku, price }))
    const hub = await openHub(access.hub, products, { configure })
    const shown = () => hub.shop.beliefs().available
    await hub.until('both are on offer', () => shown()[set] === 2 && shown()[box] === 2)
    await hub.rest()
    // Two of each are backed by ten of the mugs and four of the trays.
    expect([shown()[mug], shown()[tray]]).toEqual([10, 16])
    expect((await compared(hub)).found).toEqual([])

    const id = hub.shop.placeOrder({
      lines: [
        { sku: box, quantity: 2 },
        { sku: set, quantity: 1 },
      ],
      customer: ADA,
      taxRate: 0.0825,
      shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
    })!
    await hub.until('the sale is there', async () => (await hub.order(id))?.status === 'confirmed')
    await hub.rest()
    const moves = await server.rpc.search('stock.move', [['sale_line_id.order_id.origin', '=', `crossdock:${hub.refOf(id)}`]], ['product_id', 'product_uom_qty']) // prettier-ignore
    const ids = await idsOf(server.rpc, [mug, tray])
    expect(sums(moves.map((move) => [String(move['product_id']), move['product_uom_qty'] as number]))).toEqual({
      [ids[mug]!]: 8,
      [ids[tray]!]: 3,
    })
    // What is left is on offer once, in kits or alone: twelve mugs and seventeen trays.
    const inKits = (parts: number[]) => shown()[set]! * parts[0]! + shown()[box]! * parts[1]!
    expect([shown()[mug]! + inKits([2, 3]), shown()[tray]! + inKits([1, 1])]).toEqual([12, 17])

    const [line] = await server.rpc.search('mrp.bom.line', [['bom_id', '=', setBom], ['product_id', '=', ids[mug]]], []) // prettier-ignore
    await server.rpc.call('mrp.bom.line', 'write', [[line!.id], { product_qty: 3 }])
    const { found, words } = await compared(hub)
    expect(found).toEqual([`mismatched ${box}`, `mismatched ${set}`])
    expect(words).toContain(`${set}: content is 3 ${mug}, 1 ${tray} in the ERP and 2 ${mug}, 1 ${tray} in the policy.`)
    says(hub.engine, { [set]: { [mug]: 3, [tray]: 1 }, [box]: { [set]: 1, [mug]: 1 } })
    expect((await compared(hub)).found).toEqual([])

    await server.rpc.call('mrp.bom', 'write', [[setBom], { active: false }])
    // Nobody counts a set: the box would leave without one.
    expect((await compared(hub)).found).toEqual([`mismatched ${box}`, `unexpected ${set}`])

    expect(await server.ship(hub.refOf(id))).toBe(true)
    await hub.until('the order is completed', async () => (await hub.order(id))?.status === 'completed')
  })

  test('units, several kits from one bill, values of variants and halves of pieces, as Odoo has them', async () => {
    const { rpc } = server
    const { run, mug, tray, set, boxBom } = await open()
    const ids = await idsOf(rpc, [mug, tray])
    const hub = await openHub(access.hub, [{ sku: mug, title: 'Blue mug', price: '12.50' }])
    const bills = async () => {
      const all = (await hub.engine.connections.get('odoo')!.bills!())!
      return new Map(all.map((bill) => [bill.sku, bill]))
    }
    const [, dozens] = (await rpc.call('ir.model.data', 'check_object_reference', ['uom', 'product_uom_dozen'])) as [string, number] // prettier-ignore
    const dozen = { product_id: ids[tray], product_qty: 1, product_uom_id: dozens }
    await rpc.call('mrp.bom', 'write', [[boxBom], { product_qty: 2, bom_line_ids: [[0, 0, dozen]] }])
    const halves = (await bills()).get(`BOX-${run}`)!
    expect(halves.problems).toEqual([
      `[BOX-${run}] Tea box takes 0.5 of [${set}] Tea set: the hub counts whole pieces.`,
      `[BOX-${run}] Tea box takes 0.5 of [${mug}] Blue mug: the hub counts whole pieces.`,
    ])
    await rpc.call('mrp.bom', 'write', [[boxBom], { product_qty: 1 }])
    expect((await bills()).get(`BOX-${run}`)).toMatchObject({ parts: { [set]: 1, [mug]: 1, [tray]: 12 }, problems: [] })

    const { template, variants } = await addVariants(rpc, `Vase ${run}`, ['red', 'blue'])
    for (const [index, { id }] of variants.entries())
      await rpc.call('product.product', 'write', [[id], { default_code: `VASE-${index}-${run}` }])
    const onlyRed = { bom_product_template_attribute_value_ids: [[6, 0, [variants[0]!.value]]] }
    const lines = [{ product_id: ids[mug] }, { product_id: ids[tray], ...onlyRed }].map((line) => [0, 0, line])
    await rpc.call('mrp.bom', 'create', [{ product_tmpl_id: template, type: 'phantom', bom_line_ids: lines }])
    const both = async () => [0, 1].map(async (at) => (await bills()).get(`VASE-${at}-${run}`)!.parts)
    expect(await Promise.all(await both())).toEqual([{ [mug]: 1, [tray]: 1 }, { [mug]: 1 }])
    const own = { product_tmpl_id: template, product_id: variants[1]!.id, type: 'phantom' }
    await rpc.call('mrp.bom', 'create', [{ ...own, bom_line_ids: [[0, 0, { product_id: ids[tray], product_qty: 4 }]] }])
    expect(await Promise.all(await both())).toEqual([{ [mug]: 1, [tray]: 1 }, { [tray]: 4 }])
  })

  test('a user who may not read bills of materials is told which group to give', async () => {
    const { user, key } = await server.clerk()
    const hub = await openHub({ ...access.hub, user, key }, [{ sku: `MUG-${runName()}`, title: 'Mug', price: '1.00' }])
    await expect(hub.engine.connections.get('odoo')!.bills!()).rejects.toMatchObject({
      kind: 'unauthorised',
      message: expect.stringContaining('stock.group_stock_user'),
    })
  })
}
