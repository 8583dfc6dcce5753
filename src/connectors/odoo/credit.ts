/**
 * `credit.ensure`: a refund is a posted credit note of its invoice, exactly once. The reason Odoo keeps with the
 * reversal carries the mark that tells it apart, in the same transaction. Its lines are written anew, so that a draft
 * an earlier attempt left is as good as a fresh one; the totals are compared before anything is posted.
 */
import { exponent, type Money, subtract, sum } from '#canon/money.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { oneByOne, type Outbound } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { findLines } from './external.ts'
import { type Difference, invoiceRow } from './invoice.ts'
import { forceTax } from './invoice-tax.ts'
import type { Odoo } from './odoo.ts'
import { entriesOf, match, readItems } from './redemption.ts'
import { readSettled, settleQuantities } from './sale-quantities.ts'
import { originOf } from './sale-rows.ts'
import { fromFloat, idOf, link, text } from './values.ts'

const creditRow = invoiceRow.extend({ ref: text })
type Credit = z.infer<typeof creditRow>
const journalRow = z.object({ id: z.number(), journal_id: link, state: z.string() })
const lineRow = z.object({
  id: z.number(),
  move_id: link,
  product_id: link,
  name: text,
  quantity: z.number(),
  price_unit: z.number(),
  discount: z.number(),
  tax_ids: z.array(z.number()),
  sale_line_ids: z.array(z.number()),
})
type Line = z.infer<typeof lineRow>

/** A line as it is to be. */
interface CreditLine {
  product: number
  name: string
  quantity: number
  price: number
  taxes: readonly number[]
  saleLines: readonly number[]
}

const commandOf = ({ product, name, quantity, price, taxes, saleLines }: CreditLine) => ({
  product_id: product,
  name,
  quantity,
  price_unit: price,
  discount: 0,
  tax_ids: [[6, 0, taxes]],
  ...(saleLines.length > 0 ? { sale_line_ids: [[6, 0, saleLines]] } : {}),
})

/** Written already by an attempt that broke off, which may have moved cents of tax since: that is not undone. */
const isSame = (own: readonly Line[], lines: readonly CreditLine[]): boolean =>
  own.length === lines.length &&
  own.every((line, index) => {
    const { product, name, quantity, price, taxes, saleLines } = lines[index]!
    const { name: called, quantity: pieces, price_unit, discount, tax_ids, sale_line_ids } = line
    const is = [idOf(line.product_id), called || '', pieces, price_unit, discount, tax_ids, sale_line_ids]
    const wanted = [product, name, quantity, price, 0, taxes, saleLines]
    return JSON.stringify(is) === JSON.stringify(wanted)
  })

export function ensureCredit(odoo: Odoo): Outbound<'credit.ensure'> {
  return oneByOne(
    async ({ ask }) => {
      const { client } = odoo
      const found = (await find(ask, client)) ?? (await reverse(ask, client))
      if (found.state === 'posted') return finish(found, ask, odoo)
      await fill(found, ask, odoo)
      await client.call('account.move', 'action_post', { ids: [found.id] })
      const [posted] = await client.read('account.move', creditRow, [found.id])
      if (posted?.state !== 'posted')
        throw fault('odoo.not_posted', `Odoo left credit note ${found.id} unposted. Look at it there.`)
      return finish(posted, ask, odoo)
    },
    { serial: 'confirm' },
  )
}

const markOf = ({ orderRef, key }: Ask<'credit.ensure'>): string => `[${originOf(orderRef)}:refund:${key}]`

async function find(ask: Ask<'credit.ensure'>, client: Client): Promise<Credit | null> {
  const mark = markOf(ask)
  const rows = await client.search('account.move', creditRow, [
    ['move_type', '=', 'out_refund'],
    ['reversed_entry_id', '=', Number(ask.invoiceId)],
    ['state', '!=', 'cancel'],
  ])
  const ours = rows.filter(({ ref }) => (ref || '').includes(mark))
  return ours.find(({ state }) => state === 'posted') ?? ours[0] ?? null
}

/** Odoo draws up a draft of the whole invoice. */
async function reverse(ask: Ask<'credit.ensure'>, client: Client): Promise<Credit> {
  const invoice = Number(ask.invoiceId)
  const [row] = await client.read('account.move', journalRow, [invoice])
  if (row?.state !== 'posted' || !row.journal_id)
    throw fault('odoo.missing', `Invoice ${invoice} is not posted in Odoo any more, so nothing of it can be credited.`)
  const context = { active_model: 'account.move', active_ids: [invoice] }
  const reason = `Refund of ${ask.orderName} ${markOf(ask)}`
  const wizard = await client.create(
    'account.move.reversal',
    { reason, journal_id: row.journal_id[0], date: ask.date },
    context,
  )
  await client.call('account.move.reversal', 'refund_moves', { ids: [wizard], context })
  const draft = await find(ask, client)
  if (draft) return draft
  throw fault('odoo.credit_missing', `Odoo was asked to reverse invoice ${invoice}, and has no credit note of it.`)
}

/** Makes the draft say what was given back. @throws Fault `rejected`, `odoo.credit_differs`; the draft stays. */
async function fill(draft: Credit, ask: Ask<'credit.ensure'>, odoo: Odoo): Promise<void> {
  const { client } = odoo
  const all = await linesOf([draft.id, Number(ask.invoiceId)], client)
  const own = all.filter(({ move_id: move }) => idOf(move) === draft.id)
  const lines = await plan(ask, all.filter((line) => !own.includes(line)), odoo) // prettier-ignore
  const written = draft.invoice_date === ask.date && isSame(own, lines)
  const filled = written ? draft : await rewrite(draft.id, own, lines, ask, client)
  const difference = differenceOf(filled, ask)
  if (isNone(difference)) return
  await forceTax(filled, difference, client, 'credit')
  const left = differenceOf(await reread(draft.id, client), ask)
  if (!isNone(left)) throw differs(`Credit note ${draft.id}`, ask, left.total)
}

async function rewrite(
  id: number,
  own: readonly Line[],
  lines: readonly CreditLine[],
  { date }: Ask<'credit.ensure'>,
  client: Client,
): Promise<Credit> {
  const commands = [...own.map((line) => [2, line.id, 0]), ...lines.map((line) => [0, 0, commandOf(line)])]
  await client.call('account.move', 'write', {
    ids: [id],
    args: [{ invoice_date: date, invoice_line_ids: commands }],
  })
  return reread(id, client)
}

async function reread(id: number, client: Client): Promise<Credit> {
  const [row] = await client.read('account.move', creditRow, [id])
  if (row) return row
  throw fault('odoo.credit_missing', `Credit note ${id} vanished from Odoo while it was being written.`)
}

const isNone = ({ total, tax }: Difference): boolean => total.amount === 0 && tax.amount === 0

const linesOf = (moves: readonly number[], client: Client): Promise<Line[]> =>
  client.search('account.move.line', lineRow, [
    ['move_id', 'in', moves],
    ['display_type', '=', 'product'],
  ])

async function plan(ask: Ask<'credit.ensure'>, invoiced: readonly Line[], { client, directory, config }: Odoo) {
  const { discountSku, shippingSku } = config.products
  const allowance = await directory.product(discountSku)
  const lines: CreditLine[] = []
  const extra = (name: string, amount: Money, taxes: readonly number[], product = allowance) =>
    lines.push({ product, name, quantity: 1, price: toFloat(amount), taxes, saleLines: [] })
  const own = [...new Set(invoiced.flatMap((line) => line.sale_line_ids))]
  const found = await findLines(client, ask.orderRef, own, ask.lines.map(({ lineId }) => lineId)) // prettier-ignore
  for (const { lineId, quantity, amount, back } of ask.lines) {
    const saleLine = found.get(lineId)
    const of = invoiced.find((line) => saleLine !== undefined && line.sale_line_ids.includes(saleLine))
    if (!of || !of.product_id)
      throw fault(
        'odoo.credit_differs',
        `Invoice ${ask.invoiceId} has no line for ${lineId} of the order. Credit it by hand.`,
      )
    const name = of.name || ''
    if (quantity === 0) {
      extra(name, amount, of.tax_ids)
      continue
    }
    lines.push({
      product: of.product_id[0],
      name,
      quantity,
      price: of.price_unit,
      taxes: of.tax_ids,
      // Of pieces the customer keeps only the money goes back: the sale stays billed in full.
      saleLines: back ? of.sale_line_ids : [],
    })
    const full = fromFloat(of.price_unit * quantity, amount.currency)
    const rest = subtract(amount, full)
    if (rest.amount !== 0) extra(`Discount: ${name}`, rest, of.tax_ids)
  }
  if (ask.shipping && ask.shipping.amount.amount !== 0) {
    const product = await directory.product(shippingSku)
    const of = invoiced.find(({ product_id }) => product_id && product_id[0] === product)
    extra(of?.name || 'Shipping', ask.shipping.amount, of?.tax_ids ?? [], product)
  }
  if (ask.other.amount !== 0) extra(`Refund of ${ask.orderName}`, ask.other, [])
  return lines
}

const toFloat = ({ amount, currency }: Money): number => amount / 10 ** exponent(currency)

function differenceOf(row: Credit, ask: Ask<'credit.ensure'>): Difference {
  const { currency } = ask.total
  if (!row.currency_id || row.currency_id[1] !== currency)
    throw differs(`Credit note ${row.id}, in another currency,`, ask, ask.total)
  const tax = sum([...ask.lines.map((line) => line.tax), ...(ask.shipping ? [ask.shipping.tax] : [])], currency)
  return {
    total: subtract(ask.total, fromFloat(row.amount_total, currency)),
    tax: subtract(tax, fromFloat(row.amount_tax, currency)),
  }
}

async function finish(posted: Credit, ask: Ask<'credit.ensure'>, odoo: Odoo): Promise<Answer<'credit.ensure'>> {
  const { client } = odoo
  const { total } = differenceOf(posted, ask)
  if (total.amount !== 0) throw differs(`Credit note ${posted.name || posted.id}`, ask, total)
  const entries = odoo.config.redemptions.match ? await entriesOf(ask.orderRef, odoo) : []
  const items = await readItems([posted.id, ...entries], client)
  if (entries.length > 0) await match(posted.id, items, client)
  const back = items.flatMap((item) => (idOf(item.move_id) === posted.id ? item.sale_line_ids : []))
  const sale = back.length > 0 ? await readSettled(Number(ask.saleId), client) : undefined
  if (sale) await settleQuantities(sale, back, client)
  return { creditId: String(posted.id), number: posted.name || '', total: ask.total }
}

const differs = (what: string, { total }: Ask<'credit.ensure'>, gap: Money): Fault =>
  fault(
    'odoo.credit_differs',
    `${what} differs by ${gap.amount} from the refund of ${total.amount}, in minor units of ${total.currency}. Correct it in Odoo, or credit it by hand.`,
  )

const fault = (code: string, message: string) => new Fault('rejected', message, { code })
