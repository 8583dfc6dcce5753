/**
 * `invoice.ensure`: the sale is invoiced and the invoice posted, exactly once. What is there already is read before
 * every step, because running Odoo's wizard twice makes two invoices; the totals are compared before anything is
 * posted.
 */
import { type Money, subtract } from '#canon/money.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { oneByOne, type Outbound } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { forceTax } from './invoice-tax.ts'
import type { Odoo } from './odoo.ts'
import { fromFloat, link, text } from './values.ts'

const saleRow = z.object({
  id: z.number(),
  state: z.string(),
  client_order_ref: text,
  invoice_ids: z.array(z.number()),
})
export const invoiceRow = z.object({
  id: z.number(),
  name: text,
  state: z.string(),
  move_type: z.string(),
  currency_id: link,
  amount_total: z.number(),
  amount_tax: z.number(),
  invoice_date: text,
  date: text,
  payment_reference: text,
})
export type Invoice = z.infer<typeof invoiceRow>

export function ensureInvoice(odoo: Odoo): Outbound<'invoice.ensure'> {
  return oneByOne(async ({ ask }) => {
    const { client } = odoo
    const saleId = Number(ask.saleId)
    const posted = await invoicesOf(saleId, 'posted', client)
    if (posted.length > 0) return answerPosted(posted, ask)
    const draft = (await invoicesOf(saleId, 'draft', client))[0] ?? (await draw(saleId, client))
    await prepare(draft, saleId, ask, odoo)
    return post(draft.id, ask, odoo)
  })
}

async function readSale(saleId: number, client: Client): Promise<z.infer<typeof saleRow>> {
  const [sale] = await client.read('sale.order', saleRow, [saleId])
  if (sale) return sale
  throw new Fault('rejected', `Sale ${saleId} is not in Odoo any more.`, { code: 'odoo.missing' })
}

/** Invoices of a sale, oldest first; no credit notes. */
export async function invoicesOf(saleId: number, state: 'draft' | 'posted', client: Client): Promise<Invoice[]> {
  const { invoice_ids } = await readSale(saleId, client)
  const all = await client.read(
    'account.move',
    invoiceRow,
    invoice_ids.toSorted((a, b) => a - b),
  )
  return all.filter((invoice) => invoice.state === state && invoice.move_type === 'out_invoice')
}

/** Lets Odoo draw up the invoice; the wizard's own answer says nothing, so the sale is read again. */
async function draw(saleId: number, client: Client): Promise<Invoice> {
  const wizard = await client.create('sale.advance.payment.inv', {
    advance_payment_method: 'delivered',
    sale_order_ids: [[6, 0, [saleId]]],
  })
  try {
    await client.call('sale.advance.payment.inv', 'create_invoices', { ids: [wizard] })
  } catch (error) {
    if (!(error instanceof Fault) || !/No items are available to invoice/.test(error.message)) throw error
    throw nothing(error)
  }
  const [draft] = await invoicesOf(saleId, 'draft', client)
  if (draft) return draft
  throw nothing()
}

const nothing = (cause?: unknown) =>
  new Fault('rejected', 'Odoo finds nothing to invoice on the sale: not delivered yet, or cancelled.', {
    code: 'odoo.nothing_to_invoice',
    cause,
  })

/** Dates the draft and makes sure it says what the customer paid. */
async function prepare(draft: Invoice, saleId: number, ask: Ask<'invoice.ensure'>, odoo: Odoo): Promise<void> {
  const { client, directory } = odoo
  const { client_order_ref } = await readSale(saleId, client)
  const journal = await directory.journal()
  await client.call('account.move', 'write', {
    ids: [draft.id],
    args: [
      {
        invoice_date: ask.date.slice(0, 10),
        payment_reference: client_order_ref || ask.orderRef,
        ...(journal === null ? {} : { journal_id: journal }),
      },
    ],
  })
  const difference = differenceOf(draft, ask)
  if (difference.total.amount === 0 && difference.tax.amount === 0) return
  await forceTax(draft, difference, client)
  const [after] = await client.read('account.move', invoiceRow, [draft.id])
  if (!after) throw nothing()
  const left = differenceOf(after, ask)
  if (left.total.amount !== 0 || left.tax.amount !== 0) throw differs(after, ask)
}

export interface Difference {
  /** What the order says less what the invoice says. */
  total: Money
  tax: Money
}

function differenceOf(invoice: Invoice, { total, totalTax }: Ask<'invoice.ensure'>): Difference {
  if (currencyOf(invoice) !== total.currency) throw differs(invoice, { total, totalTax })
  return {
    total: subtract(total, fromFloat(invoice.amount_total, total.currency)),
    tax: subtract(totalTax, fromFloat(invoice.amount_tax, total.currency)),
  }
}

const currencyOf = ({ currency_id }: Invoice): string => (currency_id ? currency_id[1] : '')

export function differs(
  invoice: Invoice,
  { total, totalTax }: Pick<Ask<'invoice.ensure'>, 'total' | 'totalTax'>,
): Fault {
  const own = `${invoice.amount_total} ${currencyOf(invoice)} with ${invoice.amount_tax} tax`
  const wanted = `${total.amount} ${total.currency} with ${totalTax.amount} tax, in minor units`
  const what = invoice.state === 'posted' ? 'is posted with' : 'comes to'
  return new Fault('rejected', `Invoice ${invoice.id} ${what} ${own}, the order says ${wanted}. Correct one of them.`, {
    code: 'odoo.invoice_differs',
  })
}

async function post(id: number, ask: Ask<'invoice.ensure'>, { client, io }: Odoo): Promise<Answer<'invoice.ensure'>> {
  await client.call('account.move', 'action_post', { ids: [id] })
  const [posted] = await client.read('account.move', invoiceRow, [id])
  if (posted?.state !== 'posted') {
    throw new Fault('rejected', `Odoo left invoice ${id} unposted. Look at it there.`, { code: 'odoo.not_posted' })
  }
  // A lock date does not refuse: Odoo quietly books on another day.
  if (posted.date !== ask.date.slice(0, 10)) {
    io.log('warn', 'Odoo booked an invoice on another day than asked: is the period locked?', {
      invoiceId: id,
      asked: ask.date.slice(0, 10),
      booked: posted.date,
    })
  }
  return answerPosted([posted], ask)
}

function answerPosted(posted: readonly Invoice[], ask: Ask<'invoice.ensure'>): Answer<'invoice.ensure'> {
  const [first] = posted
  const amount = posted.reduce((sum, each) => sum + fromFloat(each.amount_total, ask.total.currency).amount, 0)
  if (currencyOf(first!) !== ask.total.currency || amount !== ask.total.amount) throw differs(first!, ask)
  return { invoiceId: String(first!.id), number: first!.name || '', total: ask.total }
}
