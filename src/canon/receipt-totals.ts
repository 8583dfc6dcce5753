/**
 * Whether a receipt adds up. The ERP takes totals as they are told, so this is where a wrong one is met: lines, taxes
 * and tenders against the totals, to the cent.
 */
import type { Money } from './money.ts'
import type { Receipt } from './receipt.ts'

export interface TotalsError {
  /** JSON pointer within the receipt. */
  pointer: string
  code:
    | 'currency_mixed'
    | 'sign_wrong'
    | 'line_total_wrong'
    | 'total_wrong'
    | 'tax_wrong'
    | 'tenders_wrong'
    | 'too_large'
  detail: string
}

type Body = Pick<Receipt, 'currency' | 'taxesIncluded' | 'lines' | 'tenders' | 'total' | 'totalTax'>

/** Everything about a receipt that does not add up; empty when all is right. Never throws. */
export function receiptErrors(body: Body): TotalsError[] {
  const foreign = amountsOf(body).find(({ money }) => money.currency !== body.currency)
  if (foreign) {
    const detail = `The amount is in ${foreign.money.currency}, the receipt in ${body.currency}.`
    return [{ pointer: foreign.pointer, code: 'currency_mixed', detail }]
  }
  const errors = body.lines.flatMap((line, index) => lineErrors(line, body.taxesIncluded, `/lines/${index}`))
  const lines = total(body.lines.map((line) => line.total.amount))
  const taxes = total(body.lines.flatMap((line) => line.taxes.map((tax) => tax.amount.amount)))
  const tenders = total(body.tenders.map(({ amount }) => amount.amount))
  const compare = (pointer: string, code: TotalsError['code'], what: string, found: number, told: number) => {
    if (found !== told) errors.push({ pointer, code, detail: `${what} add up to ${found}, not ${told}.` })
  }
  compare('/total', 'total_wrong', 'The lines', lines, body.total.amount)
  compare('/totalTax', 'tax_wrong', 'The taxes of the lines', taxes, body.totalTax.amount)
  compare('/tenders', 'tenders_wrong', 'The tenders', tenders, body.total.amount)
  return errors
}

function lineErrors(line: Body['lines'][number], included: boolean, pointer: string): TotalsError[] {
  const sign = Math.sign(line.quantity)
  const signed = [line.total, line.discount, ...line.taxes.map(({ amount }) => amount)]
  if (line.unitPrice.amount < 0 || signed.some(({ amount }) => amount !== 0 && Math.sign(amount) !== sign)) {
    const detail = 'Amounts of a line carry the sign of its quantity, and a unit price is not negative.'
    return [{ pointer, code: 'sign_wrong', detail }]
  }
  const taxes = included ? 0 : total(line.taxes.map(({ amount }) => amount.amount))
  const due = line.unitPrice.amount * line.quantity - line.discount.amount + taxes
  if (!Number.isSafeInteger(due))
    return [{ pointer, code: 'too_large', detail: 'The line is too large to be counted.' }]
  if (due === line.total.amount) return []
  const detail = `Unit price, discount and taxes make ${due}, not ${line.total.amount}.`
  return [{ pointer: `${pointer}/total`, code: 'line_total_wrong', detail }]
}

function amountsOf({ lines, tenders, ...body }: Body): { pointer: string; money: Money }[] {
  const found = [
    { pointer: '/total', money: body.total },
    { pointer: '/totalTax', money: body.totalTax },
  ]
  lines.forEach((line, index) => {
    for (const key of ['unitPrice', 'discount', 'total'] as const)
      found.push({ pointer: `/lines/${index}/${key}`, money: line[key] })
    line.taxes.forEach((tax, at) => found.push({ pointer: `/lines/${index}/taxes/${at}/amount`, money: tax.amount }))
  })
  tenders.forEach(({ amount }, index) => found.push({ pointer: `/tenders/${index}/amount`, money: amount }))
  return found
}

const total = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0)
