/**
 * A till's receipt as lines of a till order. Odoo trusts the sums it is told and computes the taxes again when the
 * session is closed: so each line carries the price and taxes from which Odoo comes to the same total, and what it
 * would round otherwise stands on a line of its own.
 */
import { formatMoney, type Money, money, subtract, sum } from '#canon/money.ts'
import { receiptErrors } from '#canon/receipt-totals.ts'
import type { Receipt, ReceiptLine } from '#canon/receipt.ts'
import { Fault } from '../../fault.ts'
import { percent } from './directory.ts'
import type { Odoo } from './odoo.ts'

export interface PosLine {
  productId: number
  title: string
  quantity: number
  /** What Odoo reckons with, to the currency's digits. */
  unitPrice: Money
  taxIds: number[]
  subtotal: Money
  total: Money
}

type Rounding = 'round_per_line' | 'round_globally'

/** @throws Fault `rejected`: the receipt does not add up, or Odoo lacks a product or a tax of it. */
export async function posLines(receipt: Receipt, odoo: Odoo, rounding: Rounding): Promise<PosLine[]> {
  const [wrong] = receiptErrors(receipt)
  if (wrong)
    throw new Fault('rejected', `Receipt ${receipt.number} does not add up: ${wrong.detail}`, {
      code: 'odoo.receipt_differs',
    })
  const { products, tills } = odoo.config
  await odoo.directory.prefetch(receipt.lines.map((line) => skuOf(line, tills.returnSku)))
  const lines: PosLine[] = []
  for (const line of receipt.lines) {
    const taxIds: number[] = []
    for (const { rate, title } of line.taxes)
      if (Number(rate) !== 0) taxIds.push(await odoo.directory.tax(rate, receipt.taxesIncluded, title))
    const productId = await odoo.directory.product(skuOf(line, tills.returnSku))
    const goods = { productId, title: line.title, taxIds: [...new Set(taxIds)] }
    const discount = line.discount.amount === 0 ? null : await odoo.directory.product(products.discountSku)
    lines.push(...parts(line, receipt.taxesIncluded, goods, discount))
  }
  const off = roundedOff(receipt, rounding)
  if (off.amount === 0) return lines
  const productId = await odoo.directory.product(tills.roundingSku)
  return [
    ...lines,
    { productId, title: 'Rounding', quantity: 1, unitPrice: off, taxIds: [], subtotal: off, total: off },
  ]
}

/** What is taken back for good must not come back into stock: it stands for itself as a service. */
function skuOf({ sku, title, quantity, restock }: ReceiptLine, returnSku: string): string {
  if (quantity < 0 && restock !== true) return returnSku
  if (sku !== null) return sku
  throw new Fault('rejected', `The line '${title}' has no SKU, so Odoo cannot know what it is.`, {
    code: 'odoo.sku_unknown',
  })
}

/** The goods, and what was taken off them: a percentage could not say it to the cent. */
function parts(
  line: ReceiptLine,
  included: boolean,
  goods: Pick<PosLine, 'productId' | 'title' | 'taxIds'>,
  discountId: number | null,
): PosLine[] {
  const { quantity, unitPrice, discount, total } = line
  const { currency } = total
  const tax = sum(line.taxes.map(({ amount }) => amount), currency) // prettier-ignore
  const gross = money(unitPrice.amount * quantity, currency)
  if (discountId === null) {
    const subtotal = subtract(total, tax)
    return [{ ...goods, quantity, unitPrice, subtotal, total }]
  }
  const sign = Math.sign(quantity)
  const paid = subtract(gross, discount)
  const taxOfGoods = paid.amount === 0 ? money(0, currency) : share(tax, gross, paid)
  const taxOff = subtract(taxOfGoods, tax)
  const sums = (amount: Money, taxes: Money) =>
    included
      ? { subtotal: subtract(amount, taxes), total: amount }
      : { subtotal: amount, total: money(amount.amount + taxes.amount, currency) }
  const off = money(-discount.amount, currency)
  return [
    { ...goods, quantity, unitPrice, ...sums(gross, taxOfGoods) },
    {
      ...goods,
      productId: discountId,
      title: `Discount: ${goods.title}`,
      quantity: sign,
      unitPrice: money(-Math.abs(discount.amount), currency),
      ...sums(off, money(-taxOff.amount, currency)),
    },
  ]
}

/** Of an amount that belongs to `of`, as much as belongs to `part`. */
function share(amount: Money, part: Money, of: Money): Money {
  const scaled = (BigInt(amount.amount) * BigInt(part.amount) * 2n) / BigInt(of.amount)
  const half = scaled >= 0n ? (scaled + 1n) / 2n : (scaled - 1n) / 2n
  return money(Number(half), amount.currency)
}

/** Taxes on top: what the till took beyond what Odoo will reckon. With included ones the total cannot differ. */
function roundedOff({ lines, taxesIncluded, totalTax }: Receipt, rounding: Rounding): Money {
  if (taxesIncluded) return money(0, totalTax.currency)
  const bases = new Map<string, number[]>()
  for (const { unitPrice, quantity, discount, taxes } of lines) {
    for (const { rate } of taxes) {
      const known = bases.get(rate) ?? []
      // The discount is a line of its own over there, and rounded as one.
      known.push(unitPrice.amount * quantity, ...(discount.amount === 0 ? [] : [-discount.amount]))
      bases.set(rate, known)
    }
  }
  let reckoned = 0
  for (const [rate, all] of bases) {
    const amounts = rounding === 'round_globally' ? [all.reduce((a, b) => a + b, 0)] : all
    for (const base of amounts) reckoned += halfUp((base * percent(rate)) / 100)
  }
  return money(totalTax.amount - reckoned, totalTax.currency)
}

const halfUp = (value: number): number => Math.sign(value) * Math.floor(Math.abs(value) + 0.5 + 1e-9) + 0

/** Equal goods at an equal price with equal taxes in one line, sold and taken back apart. */
export function summed(all: readonly PosLine[]): PosLine[] {
  const lines = new Map<string, PosLine>()
  for (const line of all) {
    const { productId, unitPrice, taxIds, quantity } = line
    const key = JSON.stringify([productId, unitPrice, taxIds, quantity > 0])
    const known = lines.get(key)
    if (!known) lines.set(key, line)
    else
      lines.set(key, {
        ...known,
        quantity: known.quantity + quantity,
        subtotal: sum([known.subtotal, line.subtotal], unitPrice.currency),
        total: sum([known.total, line.total], unitPrice.currency),
      })
  }
  return [...lines.values()]
}

/** As Odoo takes amounts. */
export const toFloat = (amount: Money): number => Number(formatMoney(amount))
