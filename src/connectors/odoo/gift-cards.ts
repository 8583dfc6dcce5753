/**
 * A gift card that is sold is owed to whoever holds it: money in advance, no revenue. So none is sold before the
 * account of its product in Odoo is seen to be a liability.
 */
import type { OrderLine } from '#canon/order.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Client } from './client.ts'
import { link, text } from './values.ts'

const productRow = z.object({ id: z.number(), property_account_income_id: link, categ_id: link })
const categoryRow = z.object({ id: z.number(), property_account_income_categ_id: link })
const accountRow = z.object({ id: z.number(), code: text, account_type: z.string() })

/** A card of plastic is delivered, so it is a product of its own; the others are codes in a mail, and one product. */
export const cardSku = ({ sku, requiresShipping }: OrderLine, giftCardSku: string): string =>
  requiresShipping && sku !== null ? sku : giftCardSku

/**
 * The account, which is a liability. Odoo books on the product's own account, else on its category's.
 *
 * @throws Fault `rejected`, `odoo.gift_card_revenue`.
 */
export async function accountOwed(client: Client, productId: number, sku: string): Promise<number> {
  const [product] = await client.read('product.product', productRow, [productId])
  const own = product?.property_account_income_id
  const account = own || (product?.categ_id ? await ofCategory(client, product.categ_id[0]) : false)
  const [row] = account ? await client.read('account.account', accountRow, [account[0]]) : []
  if (row?.account_type.startsWith('liability_')) return row.id
  const where = row ? `account ${row.code || row.id}, which is no liability` : 'no account of its own'
  throw new Fault(
    'rejected',
    `Gift cards are sold as the product '${sku}', and Odoo books it on ${where}. Give it a liability as its income account.`,
    { code: 'odoo.gift_card_revenue' },
  )
}

async function ofCategory(client: Client, id: number) {
  const [category] = await client.read('product.category', categoryRow, [id])
  return category?.property_account_income_categ_id ?? false
}
