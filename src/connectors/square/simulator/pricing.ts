/**
 * What an order comes to, as Square counts: discounts, then taxes per line, rounded half to even; charges, tip,
 * rounding.
 */
import { allocate, money } from '#canon/money.ts'
import type { Account, Cash, LineRow, Row, TaxRow } from './state.ts'

export interface NewLine {
  sku?: string
  /** Pieces, or a decimal such as `0.75` of what is weighed. */
  quantity: number | string
  /** Minor units; the catalogue's price unless said. */
  price?: number
  /** For the whole line, in minor units. */
  discount?: number
  /** Of modifiers, for each piece. */
  modifier?: number
  name?: string
  giftCard?: boolean
}

export interface NewTax {
  name: string
  /** `"8.25"` */
  percentage: string
  included?: boolean
}

export interface Bill {
  lines: readonly NewLine[]
  taxes?: readonly NewTax[]
  /** Of the whole order, spread over its lines by their worth. */
  discountPercent?: number
  charges?: readonly { name: string; amount: number; taxable?: boolean }[]
  tip?: number
  /** What cash is rounded by, in minor units. */
  rounding?: number
}

/** The part of an order that has to do with money. */
export function priced(
  account: Account,
  bill: Bill,
): Row & { line_items: LineRow[]; total_money: Cash; taxes: TaxRow[] } {
  const { money: cash } = account
  const taxes = (bill.taxes ?? []).map((tax, index): TaxRow => ({
    uid: `tax-${index}`,
    name: tax.name,
    percentage: tax.percentage,
    type: tax.included ? 'INCLUSIVE' : 'ADDITIVE',
    scope: 'ORDER',
    applied_money: cash(0),
  }))
  const gross = bill.lines.map((line) => grossOf(account, line))
  const shares = discountsOf(bill, gross)
  const lines = bill.lines.map((line, index) =>
    lineRow(account, { line, index, gross: gross[index]!, discount: shares[index]!, taxes }),
  )
  const charges = (bill.charges ?? []).map((charge, index) => chargeRow(account, charge, index, taxes))
  const sum = (rows: readonly Row[], field: string) =>
    rows.reduce((all, row) => all + ((row[field] as Cash | undefined)?.amount ?? 0), 0)
  const tip = bill.tip ?? 0
  const rounding = bill.rounding ?? 0
  const total = sum(lines, 'total_money') + sum(charges, 'total_money') + tip + rounding
  const amounts = {
    total_money: cash(total),
    tax_money: cash(sum(lines, 'total_tax_money') + sum(charges, 'total_tax_money')),
    discount_money: cash(sum(lines, 'total_discount_money')),
    tip_money: cash(tip),
    service_charge_money: cash(sum(charges, 'total_money')),
  }
  return {
    line_items: lines,
    taxes,
    ...(charges.length > 0 ? { service_charges: charges } : {}),
    ...(rounding === 0
      ? {}
      : { rounding_adjustment: { uid: 'rounding', name: 'Cash rounding', amount_money: cash(rounding) } }),
    total_money: amounts.total_money,
    total_tax_money: amounts.tax_money,
    total_discount_money: amounts.discount_money,
    total_tip_money: amounts.tip_money,
    total_service_charge_money: amounts.service_charge_money,
    net_amounts: amounts,
  }
}

function grossOf(account: Account, { sku, quantity, price, modifier = 0 }: NewLine): number {
  const variation = [...account.state.variations.values()].find((one) => one.sku === sku)
  const unit = price ?? variation?.price ?? 0
  return halfEven((unit + modifier) * Number(quantity))
}

function discountsOf({ lines, discountPercent = 0 }: Bill, gross: readonly number[]): number[] {
  const own = lines.map(({ discount = 0 }) => discount)
  if (discountPercent === 0) return own
  const left = gross.map((amount, index) => amount - own[index]!)
  const whole = halfEven((left.reduce((all, one) => all + one, 0) * discountPercent) / 100)
  const spread = allocate(money(whole, 'USD'), left)
  return own.map((one, index) => one + spread[index]!.amount)
}

interface Part {
  line: NewLine
  index: number
  gross: number
  discount: number
  taxes: TaxRow[]
}

function lineRow(account: Account, { line, index, gross, discount, taxes }: Part): LineRow {
  const { money: cash } = account
  const variation = [...account.state.variations.values()].find((one) => one.sku === line.sku)
  const item = variation && account.state.items.get(variation.itemId)
  const due = gross - discount
  const applied = taxes.map((tax, nth) => ({
    uid: `line-${index}-tax-${nth}`,
    tax_uid: tax.uid,
    applied_money: taxed(tax, due, cash),
  }))
  const added = applied
    .filter((_, nth) => taxes[nth]!.type === 'ADDITIVE')
    .reduce((all, one) => all + one.applied_money.amount, 0)
  const tax = applied.reduce((all, one) => all + one.applied_money.amount, 0)
  const unit = line.price ?? variation?.price ?? 0
  const modifiers = line.modifier
    ? [
        {
          uid: `line-${index}-modifier`,
          name: 'Extra',
          base_price_money: cash(line.modifier),
          total_price_money: cash(halfEven(line.modifier * Number(line.quantity))),
        },
      ]
    : []
  return {
    uid: `line-${account.id('line')}`,
    name: line.name ?? item?.name ?? 'Custom amount',
    quantity: String(line.quantity),
    item_type: line.giftCard ? 'GIFT_CARD' : variation ? 'ITEM' : 'CUSTOM_AMOUNT',
    ...(variation
      ? { catalog_object_id: variation.id, catalog_version: item?.version ?? 1, variation_name: variation.name }
      : {}),
    ...(modifiers.length > 0 ? { modifiers } : {}),
    ...(applied.length > 0 ? { applied_taxes: applied } : {}),
    base_price_money: cash(unit),
    variation_total_price_money: cash(halfEven(unit * Number(line.quantity))),
    // In the US, Canada and Japan an included tax is taken out of it.
    gross_sales_money: cash(gross - (tax - added)),
    total_discount_money: cash(discount),
    total_tax_money: cash(tax),
    total_money: cash(due + added),
  }
}

function chargeRow(
  account: Account,
  charge: NonNullable<Bill['charges']>[number],
  index: number,
  taxes: TaxRow[],
): Row {
  const { money: cash } = account
  const applied = charge.taxable
    ? taxes.map((tax, nth) => ({
        uid: `charge-${index}-tax-${nth}`,
        tax_uid: tax.uid,
        applied_money: taxed(tax, charge.amount, cash),
      }))
    : []
  const added = applied
    .filter((_, nth) => taxes[nth]!.type === 'ADDITIVE')
    .reduce((all, one) => all + one.applied_money.amount, 0)
  return {
    uid: `charge-${index}`,
    name: charge.name,
    amount_money: cash(charge.amount),
    applied_money: cash(charge.amount),
    total_money: cash(charge.amount + added),
    total_tax_money: cash(applied.reduce((all, one) => all + one.applied_money.amount, 0)),
    calculation_phase: charge.taxable ? 'SUBTOTAL_PHASE' : 'TOTAL_PHASE',
    taxable: charge.taxable ?? false,
    type: 'CUSTOM',
    ...(applied.length > 0 ? { applied_taxes: applied } : {}),
  }
}

/** The tax on an amount; it is added up at the tax as well. */
function taxed(tax: TaxRow, due: number, cash: Account['money']): Cash {
  const percent = Number(tax.percentage)
  const amount = tax.type === 'ADDITIVE' ? halfEven((due * percent) / 100) : due - halfEven(due / (1 + percent / 100))
  tax.applied_money = cash(tax.applied_money.amount + amount)
  return cash(amount)
}

/** Bankers' rounding. */
export function halfEven(amount: number): number {
  const exact = Math.round(amount * 1e6) / 1e6
  const floor = Math.floor(exact)
  if (Math.abs(exact - floor - 0.5) > 1e-9) return Math.round(exact)
  return floor % 2 === 0 ? floor : floor + 1
}
