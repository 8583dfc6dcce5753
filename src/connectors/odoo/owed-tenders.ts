/**
 * A gift card that pays at a till takes off what is owed for it. The Point of Sale books a tender by its payment
 * method, and one with any other account than a liability behind it would turn the debt into money that nobody has.
 */
import type { Receipt } from '#canon/receipt.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { OdooConfig } from './config.ts'
import type { Odoo } from './odoo.ts'
import { link } from './values.ts'

const methodRow = z.object({ id: z.number(), outstanding_account_id: link })
const accountRow = z.object({ id: z.number(), account_type: z.string() })

/** Payment methods whose money ends on a liability; asked only where a receipt has such a tender. */
export async function owedMethods(
  receipts: readonly Receipt[],
  methods: readonly number[],
  { client, config }: Odoo,
): Promise<ReadonlySet<number>> {
  const { owedTenders } = config.tills
  if (!receipts.some(({ tenders }) => tenders.some(({ tender }) => owedTenders.includes(tender)))) return new Set()
  const rows = await client.read('pos.payment.method', methodRow, methods)
  const ids = rows.flatMap(({ outstanding_account_id: account }) => (account ? [account[0]] : []))
  const accounts = await client.read('account.account', accountRow, [...new Set(ids)])
  const debts = accounts.filter((one) => one.account_type.startsWith('liability_')).map(({ id }) => id)
  return new Set(rows.flatMap(({ id, outstanding_account_id: one }) => (one && debts.includes(one[0]) ? [id] : [])))
}

/** @throws Fault `rejected`, `odoo.gift_card_tender`. */
export function mustLeadToDebt(
  { tenders, number }: Receipt,
  payments: readonly { methodId: number }[],
  owed: ReadonlySet<number>,
  { owedTenders }: OdooConfig['tills'],
): void {
  const at = tenders.findIndex(
    ({ tender }, index) => owedTenders.includes(tender) && !owed.has(payments[index]!.methodId),
  )
  if (at < 0) return
  throw new Fault(
    'rejected',
    `Receipt ${number} was paid with '${tenders[at]!.tender}', whose payment method has no liability as its outstanding account. Give it one.`,
    { code: 'odoo.gift_card_tender' },
  )
}
