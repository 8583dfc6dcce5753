/**
 * `payout.book`: a payout is posted entries in a miscellaneous journal, one for each month it holds. Each carries its
 * mark in its reference, by which it is found again. All that could keep one out is looked at before any is made.
 */
import { formatMoney } from '#canon/money.ts'
import type { Answer, Ask } from '#core/intents.ts'
import type { PayoutEntry } from '#core/payout/booking.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { oneByOne, type Outbound } from '../kit/connector.ts'
import type { Odoo } from './odoo.ts'
import { link, text } from './values.ts'

type Booking = Ask<'payout.book'>

const entryRow = z.object({ id: z.number(), name: text, state: z.string(), ref: text })
const idRow = z.object({ id: z.number() })
const accountRow = z.object({ id: z.number(), code: text, account_type: z.string() })
const companyRow = z.object({ id: z.number(), currency_id: link })
/** Odoo matches what stands there with customers and suppliers, and a payout is neither. */
const OF_PARTNERS: readonly string[] = ['asset_receivable', 'liability_payable']

export function bookPayout(odoo: Odoo): Outbound<'payout.book'> {
  return oneByOne(
    async ({ ask }): Promise<Answer<'payout.book'>> => {
      const found = await findEntries(ask, odoo)
      const missing = ask.entries.filter((entry) => !found.has(entry.key))
      if (missing.length > 0) {
        const [journal, accounts] = [await journalOf(ask, odoo), await accountsOf(ask, odoo)]
        const into = { journal, accounts, currency: await ownCurrency(ask, odoo) }
        for (const entry of missing) found.set(entry.key, await draw(ask, entry, into, odoo))
      }
      const names: string[] = []
      for (const { key } of ask.entries) names.push(await posted(found.get(key)!, odoo))
      return { entries: names }
    },
    { serial: 'confirm' },
  )
}

const markOf = ({ provider, payoutId }: Booking): string => `[crossdock:payout:${provider}:${payoutId}`

/** By their keys; a posted one before a draft. */
async function findEntries(ask: Booking, { client }: Odoo) {
  const rows = await client.search('account.move', entryRow, [
    ['move_type', '=', 'entry'],
    ['ref', 'like', `${markOf(ask)}:`],
    ['state', '!=', 'cancel'],
  ])
  const found = new Map<string, z.infer<typeof entryRow>>()
  for (const { key } of ask.entries) {
    const mine = rows.filter(({ ref }) => ref && ref.endsWith(`${markOf(ask)}:${key}]`))
    const one = mine.find(({ state }) => state === 'posted') ?? mine[0]
    if (one) found.set(key, one)
  }
  return found
}

async function draw(
  ask: Booking,
  { key, date, items }: PayoutEntry,
  { journal, accounts, currency }: { journal: number; accounts: ReadonlyMap<string, number>; currency: number },
  { client }: Odoo,
): Promise<z.infer<typeof entryRow>> {
  const ref = `Payout ${ask.payoutId} of ${ask.provider}${key === 'all' ? '' : `, ${key}`} ${markOf(ask)}:${key}]`
  const lines = items.map(({ account, name, amount }) => {
    const values = { account_id: accounts.get(account)!, name, amount_currency: Number(formatMoney(amount)) }
    return [0, 0, { ...values, currency_id: currency }]
  })
  const values = { move_type: 'entry', journal_id: journal, date, ref, line_ids: lines }
  return { id: await client.create('account.move', values), name: false, state: 'draft', ref }
}

async function posted({ id, name, state }: z.infer<typeof entryRow>, { client }: Odoo): Promise<string> {
  if (state === 'posted') return name || String(id)
  await client.call('account.move', 'action_post', { ids: [id] })
  const [entry] = await client.read('account.move', entryRow, [id])
  if (entry?.state === 'posted') return entry.name || String(id)
  throw fault('odoo.not_posted', `Odoo left entry ${id} unposted. Look at it.`)
}

async function journalOf({ journal }: Booking, { client, config }: Odoo): Promise<number> {
  const [row] = await client.search('account.journal', idRow, [
    ['company_id', '=', config.company],
    ['code', '=', journal],
    ['type', '=', 'general'],
  ])
  if (row) return row.id
  throw fault('odoo.journal_unknown', `Odoo has no miscellaneous journal '${journal}': name one in policy.payouts.`)
}

async function accountsOf({ entries }: Booking, { client }: Odoo): Promise<Map<string, number>> {
  const wanted = [...new Set(entries.flatMap(({ items }) => items.map(({ account }) => account)))]
  const rows = await client.search('account.account', accountRow, [['code', 'in', wanted]])
  for (const code of wanted) {
    const row = rows.find((one) => one.code === code)
    if (!row) throw fault('odoo.account_unknown', `Odoo has no account ${code}: name one in policy.payouts.`)
    if (OF_PARTNERS.includes(row.account_type))
      throw fault(
        'odoo.account_unknown',
        `Account ${code} in Odoo is of the type ${row.account_type}, which is for customers and suppliers: name another in policy.payouts.`,
      )
  }
  return new Map(rows.map(({ id, code }) => [code || '', id]))
}

/** In another, Odoo would reckon each line by itself, and what comes of that need not balance. */
async function ownCurrency({ entries, payoutId }: Booking, { client, config }: Odoo): Promise<number> {
  const currency = entries[0]!.items[0]!.amount.currency
  const [company] = await client.read('res.company', companyRow, [config.company])
  const [id, own] = company?.currency_id || [0, '']
  if (own === currency) return id
  throw fault(
    'odoo.payout_currency',
    `Payout ${payoutId} is in ${currency} and the company keeps its books in ${own}: book it by hand, at the rate of the bank.`,
  )
}

const fault = (code: string, message: string): Fault => new Fault('rejected', message, { code })
