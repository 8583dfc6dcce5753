/**
 * An integration of the kind that is to be replaced: it enters the shop's orders in Odoo by their name, and sets the
 * shop's stock to what Odoo has free. It makes the mistakes it is told to make, and no others.
 */
import { type Client, openClient } from '#connectors/odoo/client.ts'
import { odooConfig } from '#connectors/odoo/config.ts'
import { ESTATE_SECRETS, type Estate, WAREHOUSE } from '#sim/estate.ts'
import { z } from 'zod'
import { realIo } from '../../src/io.ts'

export type Mistake = 'quantity' | 'price' | 'forgotten' | 'twice' | 'extra line'

export interface OldConnector {
  mistakes: Map<string, Mistake>
  /** Pieces by which it shows a SKU wrong. */
  wrongStock: Map<string, number>
  /** Does what there is to do. */
  sync(): Promise<void>
}

const idRow = z.object({ id: z.number() })

export function createOldConnector(estate: Estate, now: () => number): OldConnector {
  const io = realIo({ now, fetch: (request) => estate.erp.fetch(request), secret: (name) => ESTATE_SECRETS[name]! })
  const config = odooConfig.parse({
    url: 'http://odoo.sim', database: 'retail', user: 'hub@example.com', apiKey: 'demo:odoo-key',
  }) // prettier-ignore
  const client = openClient(config, io)
  const entered = new Set<string>()
  const connector: OldConnector = {
    mistakes: new Map(),
    wrongStock: new Map(),
    async sync() {
      for (const order of estate.shop.beliefs().orders) {
        if (entered.has(order.id)) continue
        entered.add(order.id)
        const mistake = connector.mistakes.get(order.id)
        if (mistake === 'forgotten') continue
        const lines = order.lines.map(({ sku, quantity }) => ({ sku, quantity, price: priceOf(estate, sku) }))
        if (mistake === 'quantity') lines[0]!.quantity += 1
        if (mistake === 'price') lines[0]!.price += 1
        if (mistake === 'extra line') lines.push({ sku: estate.products.at(-1)!.sku, quantity: 1, price: 2 })
        for (let copy = mistake === 'twice' ? 2 : 1; copy > 0; copy -= 1) await enter(client, order.name, lines)
      }
      const free = new Map(estate.erp.beliefs().stock.map((level) => [level.sku, level.free]))
      for (const { sku } of estate.products) {
        const wanted = (free.get(sku) ?? 0) + (connector.wrongStock.get(sku) ?? 0)
        if (estate.shop.beliefs().available[sku] !== wanted) estate.shop.setAvailable(sku, wanted)
      }
    },
  }
  return connector
}

const priceOf = ({ products }: Estate, sku: string) => Number(products.find((one) => one.sku === sku)!.price)

async function enter(client: Client, name: string, lines: { sku: string; quantity: number; price: number }[]) {
  const [partner] = await client.search('res.partner', idRow, [['email', '=', 'ada@example.com']])
  const partnerId = partner?.id ?? (await client.create('res.partner', { name: 'Ada', email: 'ada@example.com' }))
  const [warehouse] = await client.search('stock.warehouse', idRow, [['code', '=', WAREHOUSE]])
  const rows: unknown[] = []
  for (const { sku, quantity, price } of lines) {
    const [product] = await client.search('product.product', idRow, [['default_code', '=', sku]])
    const values = { product_id: product!.id, name: sku, product_uom_qty: quantity, price_unit: price, discount: 0 }
    rows.push([0, 0, { ...values, tax_id: [[6, 0, []]] }])
  }
  const sale = { partner_id: partnerId, client_order_ref: name, origin: 'Webshop', warehouse_id: warehouse!.id }
  const id = await client.create('sale.order', { ...sale, order_line: rows })
  await client.call('sale.order', 'action_confirm', { ids: [id] })
}
