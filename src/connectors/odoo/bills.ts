/**
 * Kits as Odoo has them: bills of materials of the type phantom, which it takes apart when a sale is confirmed. All are
 * read each time: they are few, and a line that changes leaves no trace on its bill.
 */
import type { Bill } from '#core/kit/bills.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Client, Domain } from './client.ts'
import type { Odoo } from './odoo.ts'
import { idOf, link, text } from './values.ts'

const PIECES_MAX = 1_000
/** Odoo keeps how many dozens a piece is: a dozen of them is not quite one piece. */
const ROUNDING = 1e-6

const bomRow = z.object({
  id: z.number(),
  product_tmpl_id: link,
  product_id: link,
  product_qty: z.number(),
  product_uom_id: link,
})
const lineRow = z.object({
  id: z.number(),
  bom_id: link,
  product_id: link,
  product_qty: z.number(),
  product_uom_id: link,
  bom_product_template_attribute_value_ids: z.array(z.number()),
})
const productRow = z.object({
  id: z.number(),
  active: z.boolean(),
  display_name: z.string(),
  default_code: text,
  product_tmpl_id: link,
  type: z.string(),
  is_storable: z.boolean(),
  uom_id: link,
  product_template_attribute_value_ids: z.array(z.number()),
})
const unitRow = z.object({ id: z.number(), factor: z.number() })
const valueRow = z.object({ id: z.number(), attribute_id: link })

type Bom = z.infer<typeof bomRow>
type Line = z.infer<typeof lineRow>
type Product = z.infer<typeof productRow>

/** What was read, by id. */
interface Book {
  boms: readonly Bom[]
  lines: ReadonlyMap<number, readonly Line[]>
  products: ReadonlyMap<number, Product>
  /** Pieces in one of a unit. */
  unit: ReadonlyMap<number, number>
  attribute: ReadonlyMap<number, number>
}

/** Every product with a SKU that is taken apart; null where the module of manufacturing is not installed. */
export async function readBills(odoo: Odoo): Promise<Bill[] | null> {
  const boms = await readBoms(odoo)
  if (!boms || boms.length === 0) return boms && []
  const book = await readBook(odoo, boms)
  const parts = new Set([...book.lines.values()].flat().map(({ product_id }) => idOf(product_id)))
  const bills = [...book.products.values()].flatMap((product) => {
    const [bom, ...more] = bomsOf(book, product)
    const matters = skuOf(product) !== '' && (product.active || parts.has(product.id))
    return bom && matters ? [billOf(book, product, bom, more.length)] : []
  })
  const bySku = Map.groupBy(bills, ({ sku }) => sku)
  return [...bySku.values()].map(([bill, ...same]) => {
    if (same.length === 0) return bill!
    const problem = `${same.length + 1} kits have the internal reference ${bill!.sku}.`
    return { ...bill!, problems: [...bill!.problems, problem] }
  })
}

async function readBoms({ client, config }: Odoo): Promise<Bom[] | null> {
  const own: Domain = ['|', ['company_id', '=', false], ['company_id', '=', config.company]]
  try {
    // The order in which Odoo itself looks for the one that counts.
    const order = 'sequence, product_id, id'
    return await client.search('mrp.bom', bomRow, [['type', '=', 'phantom'], ...own], { order })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    if (error.code === 'odoo.model_unknown') return null
    if (error.code !== 'odoo.access_error') throw error
    const message =
      'The integration user may not read bills of materials (mrp.bom), so nobody sees whether kits are still what the ' +
      'policy says. Give it Inventory / User (stock.group_stock_user), which may.'
    throw new Fault('unauthorised', message, { code: error.code, cause: error })
  }
}

async function readBook({ client }: Odoo, boms: readonly Bom[]): Promise<Book> {
  const lines = await client.search('mrp.bom.line', lineRow, [['bom_id', 'in', boms.map(({ id }) => id)]])
  const products = await readProducts(client, boms, lines)
  const units = [...boms, ...lines].map(({ product_uom_id }) => product_uom_id)
  const unitIds = [...new Set([...units, ...products.map(({ uom_id }) => uom_id)].map(idOf))]
  const larger = (await client.version()) >= 19
  const values = lines.flatMap((line) => line.bom_product_template_attribute_value_ids)
  const attributes = await client.read('product.template.attribute.value', valueRow, [...new Set(values)])
  return {
    boms,
    lines: Map.groupBy(lines, ({ bom_id }) => idOf(bom_id)),
    products: new Map(products.map((one) => [one.id, one])),
    unit: new Map(
      (await client.read('uom.uom', unitRow, unitIds)).map(({ id, factor }) => [id, larger ? factor : 1 / factor]),
    ),
    attribute: new Map(attributes.map(({ id, attribute_id }) => [id, idOf(attribute_id)])),
  }
}

/** The kits and their parts; a part that is archived is taken all the same. */
async function readProducts(client: Client, boms: readonly Bom[], lines: readonly Line[]): Promise<Product[]> {
  const templates = [...new Set(boms.map(({ product_tmpl_id }) => idOf(product_tmpl_id)))]
  const parts = [...new Set(lines.map(({ product_id }) => idOf(product_id)))]
  const domain: Domain = ['|', ['product_tmpl_id', 'in', templates], ['id', 'in', parts]]
  return client.search('product.product', productRow, domain, { context: { active_test: false } })
}

const skuOf = ({ default_code }: Product): string => (default_code || '').trim()

/** A bill of the variant itself or of all variants; the first one counts. A service is never taken apart. */
const bomsOf = ({ boms }: Book, { id, type, product_tmpl_id }: Product): Bom[] =>
  type === 'service'
    ? []
    : boms.filter((bom) =>
        bom.product_id ? idOf(bom.product_id) === id : idOf(bom.product_tmpl_id) === idOf(product_tmpl_id),
      )

function billOf(book: Book, product: Product, bom: Bom, unused: number): Bill {
  const name = product.display_name
  const piecesIn = (unit: Bom['product_uom_id'], of: Product) =>
    (book.unit.get(idOf(unit)) ?? 1) / (book.unit.get(idOf(of.uom_id)) ?? 1)
  const made = bom.product_qty * piecesIn(bom.product_uom_id, product)
  const sums = new Map<Product, number>()
  const remarks = unused > 0 ? [`${name}: Odoo has ${unused + 1} bills of materials and takes number ${bom.id}.`] : []
  for (const line of book.lines.get(bom.id) ?? []) {
    const part = book.products.get(idOf(line.product_id))
    if (!part || line.product_qty === 0 || !applies(book, line, product)) continue
    // What Odoo does not count has no ledger here either.
    if (!part.is_storable && bomsOf(book, part).length === 0) {
      remarks.push(`${name}: ${part.display_name} is not counted in Odoo and is left out.`)
      continue
    }
    const pieces = (line.product_qty * piecesIn(line.product_uom_id, part)) / made
    sums.set(part, (sums.get(part) ?? 0) + pieces)
  }
  const problems = [...sums].flatMap(([part, pieces]) => problemOf(name, part, pieces))
  if (sums.size === 0) problems.push(`${name} has no part that Odoo counts.`)
  const parts = Map.groupBy(sums, ([part]) => skuOf(part))
  const summed = [...parts].map(([sku, all]) => [sku, Math.round(all.reduce((sum, [, pieces]) => sum + pieces, 0))])
  return { sku: skuOf(product), parts: Object.fromEntries(problems.length > 0 ? [] : summed), problems, remarks }
}

/** The variant has one of the values, of each attribute that has some. What is chosen in the sale alone never is. */
function applies({ attribute }: Book, line: Line, product: Product): boolean {
  const values = line.bom_product_template_attribute_value_ids
  const has = values.filter((id) => product.product_template_attribute_value_ids.includes(id))
  return has.length === new Set(values.map((id) => attribute.get(id))).size
}

function problemOf(name: string, part: Product, pieces: number): string[] {
  if (skuOf(part) === '') return [`${name}: its part ${part.display_name} has no internal reference.`]
  const shown = Number(pieces.toPrecision(6))
  if (Math.abs(pieces - Math.round(pieces)) > ROUNDING)
    return [`${name} takes ${shown} of ${part.display_name}: the hub counts whole pieces.`]
  if (Math.round(pieces) <= PIECES_MAX) return []
  return [`${name} takes ${shown} of ${part.display_name}: the hub takes up to ${PIECES_MAX}.`]
}
