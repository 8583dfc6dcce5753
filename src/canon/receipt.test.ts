/** Whether a receipt adds up, to the cent and in one currency. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Receipt, receiptBody, tillRecord } from './receipt.ts'
import { receiptErrors } from './receipt-totals.ts'

const eur = (amount: number) => ({ amount, currency: 'EUR' })
type Body = Pick<Receipt, 'currency' | 'taxesIncluded' | 'lines' | 'tenders' | 'total' | 'totalTax'>

/** One that adds up. */
const whole = fc
  .record({
    included: fc.boolean(),
    lines: fc.array(
      fc.record({
        quantity: fc.integer({ min: -9, max: 9 }).filter((n) => n !== 0),
        price: fc.nat(100_000),
        off: fc.nat(100),
        tax: fc.nat(500),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    tenders: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ included, lines: rung, tenders: parts }): Body => {
    const lines = rung.map(({ quantity, price, off, tax }, index) => {
      const sign = Math.sign(quantity)
      const unitPrice = price + 600
      const discount = sign * off
      const taxes = sign * tax
      const total = unitPrice * quantity - discount + (included ? 0 : taxes)
      return {
        id: String(index), sku: 'MUG', title: 'Mug', quantity, unitPrice: eur(unitPrice), discount: eur(discount + 0),
        taxes: [{ title: 'VAT', rate: '0.19', amount: eur(taxes + 0) }], total: eur(total),
      }
    })
    const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0)
    const total = sum(lines.map((line) => line.total.amount))
    const rest = Array.from({ length: parts - 1 }, () => ({ tender: 'card', amount: eur(1) }))
    return {
      currency: 'EUR', taxesIncluded: included, lines, total: eur(total),
      tenders: [...rest, { tender: 'cash', amount: eur(total - rest.length) }],
      totalTax: eur(sum(lines.flatMap((line) => line.taxes.map(({ amount }) => amount.amount)))),
    }
  }) // prettier-ignore

describe('a receipt', () => {
  it('that adds up has no errors, and fits its schema', () => {
    fc.assert(fc.property(whole, (body) => receiptErrors(body).length === 0 && receiptBody.safeParse(body).success))
  })

  it('that is off by a cent anywhere has one', () => {
    fc.assert(
      fc.property(whole, fc.constantFrom('total', 'totalTax', 'tender', 'line', 'tax'), fc.constantFrom(1, -1), (body, where, by) => {
        const off = structuredClone(body)
        const place =
          where === 'tender' ? off.tenders[0]!.amount
          : where === 'line' ? off.lines[0]!.total
          : where === 'tax' ? off.lines[0]!.taxes[0]!.amount
          : off[where as 'total' | 'totalTax']
        place.amount += by
        return receiptErrors(off).length > 0
      }),
    ) // prettier-ignore
  })

  it('in two currencies says where', () => {
    fc.assert(
      fc.property(whole, (body) => {
        const mixed = structuredClone(body)
        mixed.lines.at(-1)!.unitPrice.currency = 'USD'
        const [error] = receiptErrors(mixed)
        return error?.code === 'currency_mixed' && error.pointer === `/lines/${mixed.lines.length - 1}/unitPrice`
      }),
    )
  })
})

it('a record of an unknown kind, or without its hash, is none', () => {
  expect(tillRecord.safeParse({ kind: 'refund' }).success).toBe(false)
  expect(tillRecord.safeParse({ contract: 1, kind: 'no_sale', storeId: 'b', registerId: 't' }).success).toBe(false)
})
