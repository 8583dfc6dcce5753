/** What an Odoo needs before orders can come, made as an administrator where it is not there yet; and who orders. */
import type { Rpc } from './server.ts'

export const CARRIER = 'Crossdock parcel'

/** Who buys in most journeys. */
export const ADA = {
  firstName: 'Ada',
  lastName: 'Byron',
  email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
}

/** A new tax has no account, which books it as income: it gets one on both its distributions. */
export async function ensureTax(rpc: Rpc, name: string, amount: number, included: boolean): Promise<void> {
  const domain = [
    ['company_id', '=', 1],
    ['type_tax_use', '=', 'sale'],
    ['amount_type', '=', 'percent'],
    ['amount', '=', amount],
  ]
  const found = await rpc.search('account.tax', domain, ['price_include'])
  if (found.some((tax) => tax['price_include'] === included)) return
  const price = included ? 'tax_included' : 'tax_excluded'
  const id = await rpc.call('account.tax', 'create', [
    { name, amount, amount_type: 'percent', type_tax_use: 'sale', price_include_override: price },
  ])
  const [account] = await rpc.search('account.account', [['account_type', '=', 'liability_current']], ['code'])
  const shares = await rpc.search(
    'account.tax.repartition.line',
    [
      ['tax_id', '=', id],
      ['repartition_type', '=', 'tax'],
    ],
    [],
  )
  await rpc.call('account.tax.repartition.line', 'write', [
    shares.map((share) => share.id),
    { account_id: account!.id },
  ])
}

export async function ensureServiceProduct(rpc: Rpc, sku: string, name: string): Promise<number> {
  const [found] = await rpc.search('product.product', [['default_code', '=', sku]], [])
  if (found) return found.id
  const values = {
    name,
    default_code: sku,
    type: 'service',
    invoice_policy: 'order',
    list_price: 0,
    taxes_id: [[6, 0, []]],
  }
  return (await rpc.call('product.product', 'create', [values])) as number
}

export async function ensureCarrier(rpc: Rpc): Promise<number> {
  const [found] = await rpc.search('delivery.carrier', [['name', '=', CARRIER]], [])
  if (found) return found.id
  const product = await ensureServiceProduct(rpc, 'CROSSDOCK-DELIVERY', 'Delivery')
  return (await rpc.call('delivery.carrier', 'create', [
    { name: CARRIER, delivery_type: 'fixed', product_id: product },
  ])) as number
}

/** Another warehouse of the company. @returns it, and where its goods lie. */
export async function ensureWarehouse(rpc: Rpc, code: string, name: string): Promise<{ id: number; stock: number }> {
  const find = () => rpc.search('stock.warehouse', [['code', '=', code]], ['lot_stock_id'])
  if ((await find()).length === 0) await rpc.call('stock.warehouse', 'create', [{ name, code }])
  const [found] = await find()
  return { id: found!.id, stock: found!['lot_stock_id'] as number }
}
