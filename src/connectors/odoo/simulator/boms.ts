/**
 * Kits: bills of materials that are taken apart in the sale. The kit itself never lies anywhere. What Odoo refuses of
 * them is refused here; what it lets pass, such as a circle closed by a single line, as well.
 */
import { must } from '#canon/assert.ts'
import type { Row } from './database.ts'
import { OdooException, validationError } from './failure.ts'
import type { Behaviour, World } from './world.ts'

export interface BomPart {
  product: number
  /** Pieces in one kit. */
  each: number
}

const number = (row: Row, field: string): number => row[field] as number
const productOf = (world: World, id: number): Row => must(world.db.row('product.product', id), `no product ${id}`)
const templateOf = (world: World, product: Row): Row =>
  must(world.db.row('product.template', number(product, 'product_tmpl_id')), 'a product without its template')

const linesOf = (world: World, bom: Row): Row[] =>
  world.db
    .where('mrp.bom.line', 'bom_id', bom.id)
    .map((id) => world.db.row('mrp.bom.line', id)!)
    .toSorted((a, b) => number(a, 'sequence') - number(b, 'sequence') || a.id - b.id)

/** By sequence; at the same one a variant's own comes before that of all variants. */
function bomOf(world: World, product: Row, type?: string): Row | null {
  if (!world.schema.has('mrp.bom')) return null
  const found = world.db
    .where('mrp.bom', 'product_tmpl_id', product['product_tmpl_id']!)
    .map((id) => world.db.row('mrp.bom', id)!)
    .filter((bom) => bom['active'] && (!bom['product_id'] || bom['product_id'] === product.id))
    .filter((bom) => type === undefined || (bom['type'] === type && (!bom['company_id'] || bom['company_id'] === 1)))
  const own = (bom: Row) => (bom['product_id'] ? 0 : 1)
  return (
    found.sort((a, b) => number(a, 'sequence') - number(b, 'sequence') || own(a) - own(b) || a.id - b.id)[0] ?? null
  )
}

/** Of values of one attribute the variant has to have one; of each attribute. */
function applies(world: World, line: Row, product: Row): boolean {
  const values = line['bom_product_template_attribute_value_ids'] as number[]
  const attribute = (id: number) => world.db.row('product.template.attribute.value', id)!['attribute_id']
  const has = product['product_template_attribute_value_ids'] as number[]
  return values.filter((id) => has.includes(id)).length === new Set(values.map(attribute)).size
}

/** Pieces in one of this unit. Odoo 18 keeps how many of it make a piece. */
function piecesIn(world: World, unit: unknown): number {
  const row = typeof unit === 'number' ? world.db.row('uom.uom', unit) : undefined
  if (!row) return 1
  return world.version >= 19 ? number(row, 'factor') : 1 / number(row, 'factor')
}

/** Down to what is sent; null for a product that is no kit. Services and optional lines of nothing are left out. */
export function partsOf(world: World, product: number, within: readonly number[] = []): BomPart[] | null {
  const row = productOf(world, product)
  const bom = bomOf(world, row, 'phantom')
  if (!bom) return null
  if (within.includes(product))
    throw new OdooException('builtins.OverflowError', 'cannot convert float infinity to integer', 500)
  const kits =
    (number(bom, 'product_qty') * piecesIn(world, bom['product_uom_id'])) / piecesIn(world, unitOf(world, row))
  const sums = new Map<number, number>()
  for (const line of linesOf(world, bom)) {
    const part = productOf(world, number(line, 'product_id'))
    const pieces = (number(line, 'product_qty') * piecesIn(world, line['product_uom_id'])) / piecesIn(world, unitOf(world, part)) // prettier-ignore
    if (pieces === 0 || !applies(world, line, row) || templateOf(world, part)['type'] !== 'consu') continue
    for (const one of partsOf(world, part.id, [...within, product]) ?? [{ product: part.id, each: 1 }])
      sums.set(one.product, (sums.get(one.product) ?? 0) + (pieces / kits) * one.each)
  }
  return [...sums].map(([part, each]) => ({ product: part, each }))
}

const unitOf = (world: World, product: Row) => templateOf(world, product)['uom_id']

/** How many whole kits there are in so many of each part. */
export const wholeKits = (parts: readonly BomPart[], piecesOf: (product: number) => number): number =>
  parts.length === 0 ? 0 : Math.floor(Math.min(...parts.map(({ product, each }) => piecesOf(product) / each)))

/** In the words of the database, which speaks first. */
function checkBom(world: World, bom: Row): void {
  if (number(bom, 'product_qty') <= 0)
    throw validationError('The operation cannot be completed: The quantity to produce must be positive!')
  const values = linesOf(world, bom).flatMap((line) => line['bom_product_template_attribute_value_ids'] as number[])
  if (bom['product_id'] && values.length > 0)
    throw validationError(
      "You cannot use the 'Apply on Variant' functionality and simultaneously create a BoM for a specific variant.",
    )
  if (!bom['active']) return
  const own = bom['product_id']
    ? [number(bom, 'product_id')]
    : world.db.where('product.product', 'product_tmpl_id', bom['product_tmpl_id']!)
  checkCircle(world, own, linesOf(world, bom).map((line) => number(line, 'product_id'))) // prettier-ignore
}

function checkCircle(world: World, above: readonly number[], below: readonly number[]): void {
  for (const id of below) {
    const names = above.map((one) => world.behaviours['product.product']!.display!(world, productOf(world, one)))
    if (above.includes(id))
      throw validationError(
        `The current configuration is incorrect because it would create a cycle between these products: ${names.join(', ')}.`,
      )
    const bom = bomOf(world, productOf(world, id))
    if (!bom) continue
    const parts = linesOf(world, bom).filter((line) => applies(world, line, productOf(world, id)))
    checkCircle(world, [...above, id], parts.map((line) => number(line, 'product_id'))) // prettier-ignore
  }
}

export const boms: Record<string, Behaviour> = {
  'mrp.bom': {
    defaults(world, values) {
      values['active'] ??= true
      values['type'] ||= 'normal'
      values['product_qty'] ??= 1
      values['company_id'] ??= 1
      values['product_uom_id'] ||=
        world.db.row('product.template', Number(values['product_tmpl_id']))?.['uom_id'] ?? false
    },
    created: checkBom,
    written: checkBom,
    display: (world, row) => {
      const name = String(world.db.row('product.template', number(row, 'product_tmpl_id'))!['name'])
      return row['code'] ? `${String(row['code'])}: ${name}` : name
    },
  },
  'mrp.bom.line': {
    defaults(world, values) {
      values['product_qty'] ??= 1
      values['sequence'] ??= 1
      const product = world.db.row('product.product', Number(values['product_id']))
      if (product) values['product_uom_id'] ||= unitOf(world, product) ?? false
    },
    created: checkLine,
    // A line by itself may close a circle: only its bill of materials looks for one.
    written: checkLine,
  },
}

function checkLine(_: World, line: Row): void {
  if (number(line, 'product_qty') >= 0) return
  throw validationError(
    'The operation cannot be completed: All product quantities must be greater or equal to 0.\nLines with 0 quantities ' +
      'can be used as optional lines. \nYou should install the mrp_byproduct module if you want to manage extra ' +
      'products on BoMs!',
  )
}
