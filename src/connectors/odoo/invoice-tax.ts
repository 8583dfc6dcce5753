/**
 * Cents of tax: the channel and Odoo round at different places. A few of them are moved on the draft's own lines;
 * anything more is a real difference and a person has to look.
 */
import { exponent, money, type Money } from '#canon/money.ts'
import { z } from 'zod'
import type { Client } from './client.ts'
import { Fault } from '../../fault.ts'
import type { Difference, Invoice } from './invoice.ts'

const lineRow = z.object({ id: z.number(), display_type: z.string(), amount_currency: z.number() })

/**
 * Taxes on top: only the tax may be off, and the total by as much. Taxes included: only the split between goods and tax
 * may be off, the total not at all. In both cases by at most one minor unit per line.
 *
 * @throws Fault `rejected`, `odoo.invoice_differs` or `odoo.credit_differs`, leaving the draft as it was.
 */
export async function forceTax(
  draft: Invoice,
  { total, tax }: Difference,
  client: Client,
  kind: 'invoice' | 'credit' = 'invoice',
): Promise<void> {
  const rows = await client.search('account.move.line', lineRow, [['move_id', '=', draft.id]])
  const goods = rows.filter((row) => row.display_type === 'product')
  const taxLine = largest(rows.filter((row) => row.display_type === 'tax'))
  const goodsLine = largest(goods)
  const onTop = total.amount === tax.amount
  const within = total.amount === 0
  if (!(onTop || within) || !taxLine || !goodsLine || Math.abs(tax.amount) > goods.length) {
    const gap = `${total.amount} in total and ${tax.amount} in tax, in minor units of ${total.currency}`
    const sums = `${draft.amount_total} with ${draft.amount_tax} tax`
    throw new Fault(
      'rejected',
      `${kind === 'invoice' ? 'Invoice' : 'Credit note'} ${draft.id} comes to ${sums}, which the order differs from by ${gap}. Correct one of them.`,
      {
        code: kind === 'invoice' ? 'odoo.invoice_differs' : 'odoo.credit_differs',
      },
    )
  }
  // Income and tax of an invoice stand in the credit: more of it is a smaller number.
  const sign = kind === 'invoice' ? 1 : -1
  const changes = [[1, taxLine.id, { amount_currency: moved(taxLine.amount_currency, tax, -sign as 1 | -1) }]]
  if (within) changes.push([1, goodsLine.id, { amount_currency: moved(goodsLine.amount_currency, tax, sign) }])
  await client.call('account.move', 'write', { ids: [draft.id], args: [{ line_ids: changes }] })
}

type Row = z.infer<typeof lineRow>

const largest = (rows: readonly Row[]): Row | undefined =>
  rows.toSorted((a, b) => Math.abs(b.amount_currency) - Math.abs(a.amount_currency))[0]

function moved(value: number, by: Money, sign: 1 | -1): number {
  const unit = 10 ** exponent(by.currency)
  return money(Math.round(value * unit) + sign * by.amount, by.currency).amount / unit
}
