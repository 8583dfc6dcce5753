/**
 * `redemption.ensure`: what a gift card paid is one posted entry, Dr what is owed, Cr the customer, matched with the
 * invoice; what went back to it the other way round, matched with a credit note. The entry's reference carries the mark
 * that tells it apart. An entry and not a payment: no bank ever has this money. What was paid in another way is booked
 * against the account on which it waits; the bank gets it with a payout.
 */
import { exponent, type Money } from '#canon/money.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { oneByOne, type Outbound } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { accountOwed } from './gift-cards.ts'
import type { Odoo } from './odoo.ts'
import { originOf } from './sale-rows.ts'
import { idOf, link, text } from './values.ts'

type Redeemed = Ask<'redemption.ensure'>

const entryRow = z.object({ id: z.number(), name: text, state: z.string() })
const moveRow = z.object({ id: z.number(), state: z.string(), currency_id: link, amount_residual: z.number() })
const itemRow = z.object({
  id: z.number(),
  move_id: link,
  account_id: link,
  partner_id: link,
  display_type: text,
  reconciled: z.boolean(),
  sale_line_ids: z.array(z.number()),
})
type Item = z.infer<typeof itemRow>
const codeRow = z.object({ id: z.number() })
const accountRow = z.object({ id: z.number(), account_type: z.string() })
/** Another type would be matched as the customer's own, or be profit. */
const WAITING: readonly string[] = ['asset_current', 'asset_cash']

export function ensureRedemption(odoo: Odoo): Outbound<'redemption.ensure'> {
  return oneByOne(
    async ({ ask }): Promise<Answer<'redemption.ensure'>> => {
      const { client } = odoo
      const found = (await find(ask, client)) ?? (await draw(ask, odoo))
      const entry = found.state === 'posted' ? found : await post(found.id, client)
      if (entry?.state !== 'posted') throw fault('odoo.not_posted', `Odoo left entry ${found.id} unposted. Look at it.`)
      const isPayment = ask.amount.amount > 0
      const targets = isPayment ? [Number(ask.invoiceId)] : await creditsOf(ask.invoiceId, client)
      for (const target of targets) await match(target, await readItems([target, entry.id], client), client)
      return { entry: entry.name || String(entry.id) }
    },
    { serial: 'confirm' },
  )
}

async function post(id: number, client: Client) {
  await client.call('account.move', 'action_post', { ids: [id] })
  const [entry] = await client.read('account.move', entryRow, [id])
  return entry
}

/** What gift cards paid of the order, and what went back to them. */
export async function entriesOf(orderRef: string, { client }: Odoo): Promise<number[]> {
  const rows = await client.search('account.move', entryRow, [
    ['move_type', '=', 'entry'],
    ['ref', 'like', `[${originOf(orderRef)}:redeemed:`],
    ['state', '=', 'posted'],
  ])
  return rows.map(({ id }) => id)
}

async function find(ask: Redeemed, client: Client): Promise<z.infer<typeof entryRow> | null> {
  const rows = await client.search('account.move', entryRow, [
    ['move_type', '=', 'entry'],
    ['ref', 'like', markOf(ask)],
    ['state', '!=', 'cancel'],
  ])
  return rows.find(({ state }) => state === 'posted') ?? rows[0] ?? null
}

const markOf = ({ orderRef, key }: Redeemed): string => `[${originOf(orderRef)}:redeemed:${key}]`

async function draw(ask: Redeemed, odoo: Odoo): Promise<z.infer<typeof entryRow>> {
  const { client } = odoo
  const { invoiceId, amount, date } = ask
  const [invoice] = await client.read('account.move', moveRow, [Number(invoiceId)])
  const [customer] = await client.search('account.move.line', itemRow, [
    ['move_id', '=', Number(invoiceId)],
    ['display_type', '=', 'payment_term'],
  ])
  if (invoice?.state !== 'posted' || !invoice.currency_id || !customer?.account_id)
    throw fault('odoo.missing', `Invoice ${invoiceId} is not posted in Odoo, so nothing can pay it.`)
  if (invoice.currency_id[1] !== amount.currency)
    throw fault('odoo.invoice_differs', `Invoice ${invoiceId} is in ${invoice.currency_id[1]}, the payment in ${amount.currency}.`) // prettier-ignore
  const value = toFloat(amount)
  if (ask.account !== undefined && invoice.amount_residual < value - CENT)
    throw fault(
      'odoo.invoice_paid',
      `Of invoice ${invoiceId} only ${invoice.amount_residual} ${amount.currency} is open, and ${value} was paid: somebody booked it before. Nothing was booked now.`,
    )
  const account = await accountOf(ask, odoo)
  const name = `${ask.account === undefined ? 'Gift card' : 'Payment'} of ${ask.orderName}`
  const item = (of: number, value: number) => ({
    account_id: of,
    name,
    amount_currency: value,
    currency_id: (invoice.currency_id as [number, string])[0],
    ...(customer.partner_id ? { partner_id: customer.partner_id[0] } : {}),
  })
  const id = await client.create('account.move', {
    move_type: 'entry',
    journal_id: await journalOf(odoo),
    date,
    ref: `${name} ${markOf(ask)}`,
    line_ids: [
      [0, 0, item(account, value)],
      [0, 0, item(customer.account_id[0], -value)],
    ],
  })
  return { id, name: false, state: 'draft' }
}

/** Less than the least unit of any currency: what two sums of floats may differ by. */
const CENT = 0.0005

const toFloat = ({ amount, currency }: Money): number => amount / 10 ** exponent(currency)

async function journalOf({ client, config }: Odoo): Promise<number> {
  const { journal } = config.redemptions
  const [row] = await client.search('account.journal', codeRow, [
    ['company_id', '=', config.company],
    ['code', '=', journal],
    ['type', '=', 'general'],
  ])
  if (row) return row.id
  throw fault(
    'odoo.journal_unknown',
    `Odoo has no miscellaneous journal '${journal}': name one in redemptions.journal.`,
  )
}

/** What gift cards are owed on is where the product they are sold as is booked. */
async function accountOf({ account }: Redeemed, { client, config, directory }: Odoo): Promise<number> {
  const { giftCardSku } = config.products
  if (account === undefined) return accountOwed(client, await directory.product(giftCardSku), giftCardSku)
  const [row] = await client.search('account.account', accountRow, [['code', '=', account]])
  if (row && WAITING.includes(row.account_type)) return row.id
  throw fault(
    'odoo.account_unknown',
    row
      ? `Account ${account} in Odoo is of the type ${row.account_type}; money waits on an asset that is no receivable. Name one in takings.account.`
      : `Odoo has no account ${account}: name one in takings.account.`,
  )
}

async function creditsOf(invoiceId: string, client: Client): Promise<number[]> {
  const rows = await client.search('account.move', entryRow, [
    ['move_type', '=', 'out_refund'],
    ['reversed_entry_id', '=', Number(invoiceId)],
    ['state', '=', 'posted'],
  ])
  return rows.map(({ id }) => id)
}

export const readItems = (moves: readonly number[], client: Client): Promise<Item[]> =>
  client.search('account.move.line', itemRow, [['move_id', 'in', moves]])

/**
 * What neither side has open is done already: nothing is matched twice.
 *
 * @param items of the target and of what is matched with it.
 */
export async function match(target: number, items: readonly Item[], client: Client): Promise<void> {
  const account = items.find(
    (item) => idOf(item.move_id) === target && item.display_type === 'payment_term',
  )?.account_id
  if (!account) return
  for (const open of items) {
    if (open.reconciled || idOf(open.move_id) === target || idOf(open.account_id) !== account[0]) continue
    const [move] = await client.read('account.move', moveRow, [target])
    if (!move || move.amount_residual === 0) return
    await client.call('account.move', 'js_assign_outstanding_line', { ids: [target], args: [open.id] })
  }
}

const fault = (code: string, message: string): Fault => new Fault('rejected', message, { code })
