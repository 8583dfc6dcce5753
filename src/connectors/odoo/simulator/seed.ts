/** A new database: a company, its warehouses, taxes, service products, and whatever the options add. */
import type { OdooOptions, ProductSeed, TaxSeed } from './options.ts'
import { addPointOfSale } from './pos.ts'
import { shift } from './quants.ts'
import { create } from './records.ts'
import type { World } from './world.ts'

export const SHIPPING_SKU = 'SHIPPING'
export const DISCOUNT_SKU = 'DISCOUNT'

const TAXES: readonly TaxSeed[] = [
  { name: 'TX 8.25%', amount: 8.25 },
  { name: 'VAT 20% included', amount: 20, included: true },
]

const COUNTRIES: Readonly<Record<string, readonly [number, string, Readonly<Record<string, string>>]>> = {
  US: [233, 'United States', { TX: 'Texas', CA: 'California', NY: 'New York', WA: 'Washington', FL: 'Florida' }],
  DE: [57, 'Germany', {}],
  FR: [75, 'France', {}],
  GB: [231, 'United Kingdom', {}],
  CA: [38, 'Canada', { ON: 'Ontario', QC: 'Quebec', BC: 'British Columbia' }],
}

export function seed(world: World, options: OdooOptions): void {
  const { db } = world
  const currency = options.currency ?? 'USD'
  const money = db.insert('res.currency', { name: currency, active: true })
  db.insert('res.company', {
    name: 'Simulated Retail',
    currency_id: money.id,
    tax_calculation_rounding_method: 'round_per_line',
  })
  for (const [code, [id, name, states]] of Object.entries(COUNTRIES)) {
    db.tables.get('res.country')!.nextId = id
    db.insert('res.country', { name, code })
    for (const [state, label] of Object.entries(states))
      db.insert('res.country.state', { name: label, code: state, country_id: id })
  }
  db.insert('uom.uom', { name: 'Units', factor: 1 })
  db.insert('uom.uom', { name: 'Dozens', factor: world.version >= 19 ? 12 : 1 / 12 })
  db.insert('account.account', { code: '251000', name: 'Tax Received' })
  db.insert('account.journal', { name: 'Customer Invoices', code: 'INV', type: 'sale', company_id: 1 })
  for (const { name, currency: of, discount = 0 } of options.pricelists ?? []) {
    const found = [...db.tables.get('res.currency')!.rows.values()].find((row) => row['name'] === of)
    const id = (found ?? db.insert('res.currency', { name: of, active: true })).id
    db.insert('product.pricelist', { name, currency_id: id, active: true, discount })
  }
  for (const name of ['Immediate Payment', '15 Days', '30 Days', ...(options.paymentTerms ?? [])])
    db.insert('account.payment.term', { name, active: true })
  const customers = db.insert('stock.location', {
    name: 'Customers',
    complete_name: 'Partners/Customers',
    usage: 'customer',
    active: true,
  })
  for (const code of options.warehouses ?? ['WH']) addWarehouse(world, code, customers.id)
  db.insert('stock.location', {
    name: 'Scrap',
    complete_name: 'Virtual Locations/Scrap',
    usage: 'inventory',
    scrap_location: true,
    company_id: 1,
    active: true,
  })
  for (const tax of options.taxes ?? TAXES) addTax(world, tax)
  for (const product of options.products ?? []) addProduct(world, product)
  const skus = new Set((options.products ?? []).map(({ sku }) => sku))
  for (const [sku, name] of [
    [SHIPPING_SKU, 'Shipping'],
    [DISCOUNT_SKU, 'Discount'],
  ] as const) {
    if (!skus.has(sku)) addProduct(world, { sku, name, type: 'service', price: 0 })
  }
  for (const {
    name,
    warehouse = options.warehouses?.[0] ?? 'WH',
    methods = ['Cash', 'Card'],
    debts,
  } of options.tills ?? [])
    addPointOfSale(world, name, warehouse, methods, debts)
  db.insert('account.journal', { name: 'Miscellaneous Operations', code: 'MISC', type: 'general', company_id: 1 })
  for (const name of options.carriers ?? ['Standard delivery']) db.insert('delivery.carrier', { name, active: true })
}

function addWarehouse(world: World, code: string, customers: number): void {
  const { db } = world
  const stock = db.insert('stock.location', {
    name: 'Stock',
    complete_name: `${code}/Stock`,
    usage: 'internal',
    active: true,
  })
  const warehouse = db.insert('stock.warehouse', {
    name: code,
    code,
    lot_stock_id: stock.id,
    company_id: 1,
    active: true,
  })
  const incoming = db.insert('stock.picking.type', { name: 'Receipts', code: 'incoming', warehouse_id: warehouse.id })
  const outgoing = db.insert('stock.picking.type', {
    name: 'Delivery Orders',
    code: 'outgoing',
    warehouse_id: warehouse.id,
  })
  const route = db.insert('stock.route', { name: `${code}: Deliver in 1 step (ship)`, active: true })
  db.update('stock.warehouse', warehouse, {
    in_type_id: incoming.id,
    out_type_id: outgoing.id,
    delivery_route_id: route.id,
  })
  db.update('stock.location', stock, { warehouse_id: warehouse.id, location_id: customers })
}

export function addTax(world: World, { name, amount, included = false, account = true }: TaxSeed): number {
  const tax = world.db.insert('account.tax', {
    name,
    amount,
    amount_type: 'percent',
    type_tax_use: 'sale',
    price_include: included,
    price_include_override: included ? 'tax_included' : 'tax_excluded',
    sequence: 1,
    company_id: 1,
    active: true,
  })
  for (const document of ['invoice', 'refund']) {
    world.db.insert('account.tax.repartition.line', {
      tax_id: tax.id,
      repartition_type: 'tax',
      document_type: document,
      account_id: account ? 1 : false,
    })
  }
  return tax.id
}

export function addProduct(world: World, seeded: ProductSeed): number {
  const {
    sku,
    name = sku,
    price = 10,
    type = 'stocked',
    invoicing = 'order',
    available = {},
    parts,
    barcode,
    taxes = [],
    income,
  } = seeded
  const product = create(world, world.schema.get('product.product')!, {
    name,
    default_code: sku,
    type: type === 'service' ? 'service' : 'consu',
    is_storable: type === 'stocked',
    list_price: price,
    invoice_policy: invoicing,
    ...(barcode === undefined ? {} : { barcode }),
    taxes_id: [[6, 0, taxes.map((tax) => taxNamed(world, tax))]],
    ...(income ? { property_account_income_id: addAccount(world, income) } : {}),
  })
  if (parts) addBom(world, product.id, parts)
  for (const [code, quantity] of Object.entries(available)) {
    shift(world, product.id, stockLocation(world, code), quantity, 0)
  }
  return product.id
}

const addAccount = ({ db }: World, { code, kind }: NonNullable<ProductSeed['income']>): number =>
  db.insert('account.account', { code, name: code, account_type: kind }).id

function addBom(world: World, product: number, parts: Readonly<Record<string, number>>): void {
  const { db, schema } = world
  const lines = Object.entries(parts).map(([sku, quantity]) => {
    const [part] = db.where('product.product', 'default_code', sku)
    if (part === undefined) throw new Error(`The simulated Odoo has no product ${sku}`)
    return [0, 0, { product_id: part, product_qty: quantity }]
  })
  const template = db.row('product.product', product)!['product_tmpl_id']!
  create(world, schema.get('mrp.bom')!, { product_tmpl_id: template, type: 'phantom', bom_line_ids: lines })
}

function taxNamed(world: World, name: string): number {
  for (const row of world.db.tables.get('account.tax')!.rows.values()) if (row['name'] === name) return row.id
  throw new Error(`The simulated Odoo has no tax ${name}`)
}

export function stockLocation(world: World, code: string): number {
  for (const row of world.db.tables.get('stock.warehouse')!.rows.values()) {
    if (row['code'] === code) return row['lot_stock_id'] as number
  }
  throw new Error(`The simulated Odoo has no warehouse ${code}`)
}
