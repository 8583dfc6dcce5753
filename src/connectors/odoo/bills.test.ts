/** What Odoo takes apart in the sale, read as kits: the same as it then sends. */
import type { Bill } from '#core/kit/bills.ts'
import { expect, test } from 'vitest'
import { answer } from '../kit/testing.ts'
import type { ProductSeed } from './simulator/options.ts'
import { API_KEY, type Estate, estate, orderOf, saleAsk } from './testing.ts'

type Values = Record<string, unknown>

const products: readonly ProductSeed[] = [
  { sku: 'MUG', name: 'Blue mug', available: { WH: 100 } },
  { sku: 'TRAY', name: 'Tray', available: { WH: 100 } },
  { sku: 'PAPER', name: 'Gift paper', type: 'consumable' },
  { sku: 'GIFT', name: 'Wrapping', type: 'service' },
  { sku: 'SET', name: 'Tea set', type: 'consumable', parts: { MUG: 2, TRAY: 1 } },
  { sku: 'BOX', name: 'Tea box', type: 'consumable', parts: { SET: 2, MUG: 1, PAPER: 1, GIFT: 1 } },
]

/** People working in Odoo. */
function people({ sim }: Pick<Estate, 'sim'>) {
  async function call(model: string, method: string, ...args: unknown[]): Promise<unknown> {
    const params = { service: 'object', method: 'execute_kw', args: ['retail', 6, API_KEY, model, method, args] }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, params })
    const headers = { 'content-type': 'application/json' }
    const response = await sim.fetch(new Request('https://odoo.example.com/jsonrpc', { method: 'POST', headers, body }))
    const { result, error } = (await response.json()) as { result: unknown; error?: { data: { message: string } } }
    if (error) throw new Error(error.data.message)
    return result
  }
  const find = async (model: string, field: string, value: unknown) =>
    ((await call(model, 'search', [[field, '=', value]])) as number[])[0]!
  const create = (model: string, values: Values) => call(model, 'create', values) as Promise<number>
  const product = (sku: string) => find('product.product', 'default_code', sku)
  const templateOf = async (id: number) =>
    ((await call('product.product', 'read', [id], ['product_tmpl_id'])) as { product_tmpl_id: [number] }[])[0]!
      .product_tmpl_id[0]
  return {
    call, find, create, product, templateOf,
    async bom(sku: string, lines: readonly Values[], values: Values = {}): Promise<number> {
      const bom_line_ids = lines.map((line) => [0, 0, line])
      return create('mrp.bom', { product_tmpl_id: await templateOf(await product(sku)), type: 'phantom', bom_line_ids, ...values })
    },
    /** Two variants of a product of their own, each with a SKU. */
    async variants(name: string): Promise<{ template: number; red: number }> {
      const colour = await create('product.attribute', { name: 'Colour', create_variant: 'always' })
      const template = await create('product.template', { name, type: 'consu' })
      const value = (shade: string) =>
        create('product.template.attribute.value', { name: shade, attribute_id: colour, product_tmpl_id: template })
      const red = await value('red')
      for (const [sku, id] of [[`${name}-RED`, red], [`${name}-BLUE`, await value('blue')]] as const)
        await create('product.product', {
          product_tmpl_id: template, default_code: sku, product_template_attribute_value_ids: [[6, 0, [id]]],
        })
      return { template, red }
    },
  } // prettier-ignore
}

const open = (version: 18 | 19 = 18) => {
  const at = estate({ products, version })
  return {
    ...at,
    ...people(at),
    bills: async () => new Map((await at.connection.bills!())!.map((bill) => [bill.sku, bill])),
  }
}

const bare = (bill: Bill | undefined) => bill && [bill.parts, bill.problems, bill.remarks]

test.for([18, 19] as const)(
  'Odoo %i: kits are read as nested as they are, without what is not counted',
  async (version) => {
    const { bills } = open(version)
    const found = await bills()
    expect([...found.keys()].toSorted()).toEqual(['BOX', 'SET'])
    expect(bare(found.get('SET'))).toEqual([{ MUG: 2, TRAY: 1 }, [], []])
    expect(bare(found.get('BOX'))).toEqual([
      { SET: 2, MUG: 1 },
      [],
      [
        '[BOX] Tea box: [PAPER] Gift paper is not counted in Odoo and is left out.',
        '[BOX] Tea box: [GIFT] Wrapping is not counted in Odoo and is left out.',
      ],
    ])
  },
)

test.for([18, 19] as const)(
  'Odoo %i: units, and bills for several kits, are counted in pieces for one',
  async (version) => {
    const { sim, bills, bom, find, product } = open(version)
    for (const sku of ['DOZEN', 'PAIR', 'CRATE']) sim.addProduct({ sku, type: 'consumable' })
    const [mug, tray, dozens] = [await product('MUG'), await product('TRAY'), await find('uom.uom', 'name', 'Dozens')]
    await bom('DOZEN', [{ product_id: mug, product_qty: 1, product_uom_id: dozens }])
    await bom('PAIR', [{ product_id: mug, product_qty: 6 }, { product_id: tray, product_qty: 3 }], { product_qty: 3 }) // prettier-ignore
    const inDozens = { product_uom_id: dozens }
    await bom('CRATE', [{ product_id: mug, product_qty: 5, ...inDozens }], inDozens)
    const found = await bills()
    const parts = ['DOZEN', 'PAIR', 'CRATE'].map((sku) => found.get(sku)?.parts)
    expect(parts).toEqual([{ MUG: 12 }, { MUG: 2, TRAY: 1 }, { MUG: 5 }])
  },
)

test('a template’s bill serves its variants, lines for some values those; a variant’s own comes first', async () => {
  const { bills, variants, create, product } = open()
  const { template, red } = await variants('VASE')
  const [mug, tray] = [await product('MUG'), await product('TRAY')]
  const lines = [
    { product_id: mug },
    { product_id: tray, bom_product_template_attribute_value_ids: [[6, 0, [red]]] },
  ].map((line) => [0, 0, line])
  await create('mrp.bom', { product_tmpl_id: template, type: 'phantom', bom_line_ids: lines })
  const before = await bills()
  expect([before.get('VASE-RED')?.parts, before.get('VASE-BLUE')?.parts]).toEqual([{ MUG: 1, TRAY: 1 }, { MUG: 1 }])
  const own = { product_tmpl_id: template, product_id: await product('VASE-BLUE'), type: 'phantom' }
  const id = await create('mrp.bom', { ...own, bom_line_ids: [[0, 0, { product_id: tray, product_qty: 4 }]] })
  const after = await bills()
  expect(after.get('VASE-RED')?.parts).toEqual({ MUG: 1, TRAY: 1 })
  expect(bare(after.get('VASE-BLUE'))).toEqual([
    { TRAY: 4 },
    [],
    [`[VASE-BLUE] VASE: Odoo has 2 bills of materials and takes number ${id}.`],
  ])
})

test('what is read is what a sale is taken apart into', async () => {
  const { connection, sim, bills, call, find, product } = open()
  const bom = await find('mrp.bom', 'product_tmpl_id', await find('product.template', 'name', 'Tea set'))
  const paper = { product_id: await product('PAPER'), product_qty: 4 }
  await call('mrp.bom', 'write', [bom], { product_qty: 2, bom_line_ids: [[0, 0, paper]] })
  const [set, box] = [(await bills()).get('SET')!, (await bills()).get('BOX')!]
  expect([set.parts, set.problems]).toEqual([{}, ['[SET] Tea set takes 0.5 of [TRAY] Tray: the hub counts whole pieces.']]) // prettier-ignore
  expect(box.parts).toEqual({ SET: 2, MUG: 1 })
  await answer(connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'BOX', quantity: 1 }])))
  const lines = sim.openDeliveries()[0]!.lines.map(({ sku, quantity }) => `${quantity} ${sku}`)
  expect(lines.toSorted()).toEqual(['1 TRAY', '3 MUG', '5 PAPER'])
})

test('what the hub cannot have is named, with the product', async () => {
  const { sim, bills, bom, create, templateOf, product } = open()
  for (const sku of ['HALF', 'NAMELESS', 'BEADS', 'BAG']) sim.addProduct({ sku, type: 'consumable' })
  const mug = await product('MUG')
  const blank = await create('product.product', { name: 'Spoon', type: 'consu', is_storable: true })
  await bom('HALF', [{ product_id: mug, product_qty: 0.5 }])
  await bom('NAMELESS', [{ product_id: blank }])
  await bom('BEADS', [{ product_id: mug, product_qty: 1_001 }])
  await bom('BAG', [{ product_id: await product('PAPER') }, { product_id: mug, product_qty: 0 }])
  const other = await create('product.product', { name: 'Other set', default_code: 'SET', type: 'consu' })
  const twin = { product_tmpl_id: await templateOf(other), type: 'phantom' }
  await create('mrp.bom', { ...twin, bom_line_ids: [[0, 0, { product_id: mug }]] })
  const found = await bills()
  const problems = ['HALF', 'NAMELESS', 'BEADS', 'BAG', 'SET'].map((sku) => found.get(sku)?.problems)
  expect(problems).toEqual([
    ['[HALF] HALF takes 0.5 of [MUG] Blue mug: the hub counts whole pieces.'],
    ['[NAMELESS] NAMELESS: its part Spoon has no internal reference.'],
    ['[BEADS] BEADS takes 1001 of [MUG] Blue mug: the hub takes up to 1000.'],
    ['[BAG] BAG has no part that Odoo counts.'],
    ['2 kits have the internal reference SET.'],
  ])
})

test('bills that are archived, of another kind or of another company are not kits', async () => {
  const { bills, bom, call, create, product } = open()
  const company = await create('res.company', { name: 'Elsewhere' })
  await bom('MUG', [{ product_id: await product('PAPER') }], { type: 'normal' })
  await bom('TRAY', [{ product_id: await product('MUG') }], { company_id: company })
  const sets = (await call('mrp.bom', 'search', [['type', '=', 'phantom']])) as number[]
  await call('mrp.bom', 'write', [sets[0]], { active: false })
  expect([...(await bills()).keys()]).toEqual(['BOX'])
  expect((await bills()).get('BOX')!.remarks).toContain(
    '[BOX] Tea box: [SET] Tea set is not counted in Odoo and is left out.',
  )
})

test('without manufacturing there are no kits, and no error; without the right to read them it is said', async () => {
  const without = estate({ manufacturing: false })
  expect(await without.connection.bills!()).toBeNull()
  expect((await without.connection.check()).find(({ about }) => about === 'kits')).toEqual({
    level: 'ok', about: 'kits', message: 'No manufacturing there: nothing is taken apart in the sale.',
  }) // prettier-ignore
  const denied = estate({ products, users: [{ login: 'hub@example.com', key: API_KEY, denied: ['mrp.bom'] }] })
  await expect(denied.connection.bills!()).rejects.toMatchObject({
    kind: 'unauthorised', code: 'odoo.access_error', message: expect.stringContaining('stock.group_stock_user'),
  }) // prettier-ignore
  expect((await denied.connection.check()).find(({ about }) => about === 'kits')).toMatchObject({ level: 'error' })
})

test('the simulated Odoo refuses what the real one refuses, and lets pass what it lets pass', async () => {
  const { bom, call, create, product, variants, connection } = open()
  const [mug, set] = [await product('MUG'), await product('SET')]
  await expect(bom('TRAY', [{ product_id: mug }], { product_qty: 0 })).rejects.toThrow('must be positive')
  await expect(bom('TRAY', [{ product_id: mug, product_qty: -1 }])).rejects.toThrow('greater or equal to 0')
  await expect(bom('TRAY', [{ product_id: mug }], { type: 'kit' })).rejects.toThrow('Wrong value')
  await expect(create('mrp.bom', { type: 'phantom' })).rejects.toThrow('mandatory field')
  await expect(bom('MUG', [{ product_id: set }])).rejects.toThrow('would create a cycle between these products: [MUG] Blue mug, [SET] Tea set') // prettier-ignore
  const { template, red } = await variants('VASE')
  const line = { product_id: mug, bom_product_template_attribute_value_ids: [[6, 0, [red]]] }
  const own = { product_tmpl_id: template, product_id: await product('VASE-RED'), type: 'phantom' }
  await expect(create('mrp.bom', { ...own, bom_line_ids: [[0, 0, line]] })).rejects.toThrow('Apply on Variant')
  const [first] = (await call('mrp.bom', 'search', [['type', '=', 'phantom']])) as number[]
  await create('mrp.bom.line', { bom_id: first, product_id: await product('BOX') })
  await expect(answer(connection, 'stock.read', { sku: 'SET', warehouse: 'WH' })).rejects.toThrow('infinity')
})
