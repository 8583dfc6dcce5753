/** The small words every canonical thing is made of: instants, SKUs, quantities, amounts, addresses. */
import { z } from 'zod'
import { field } from './field.ts'

/** A moment in UTC with milliseconds: `2026-11-21T05:30:00.000Z`. Text sorts as time does. */
export const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'must be UTC with milliseconds')

/** Stock keeping unit, as the retailer writes it. Compared as it is, after trimming. */
export const sku = z.string().trim().min(1).max(120)

/** Pieces. Whole numbers; never negative. */
export const quantity = z.int().min(0)
export type Quantity = z.infer<typeof quantity>

export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')

/** See `money.ts` for what an amount means. */
export const moneySchema = z.object({ amount: z.int(), currency })

/** A share as a decimal string: `"0.0825"` is 8.25 %. */
export const rate = z.string().regex(/^\d+(\.\d+)?$/, 'must be a decimal')

const channelBooks = { owner: 'channel', retention: 'books' } as const

export const address = z.object({
  name: field(z.string(), { ...channelBooks, pii: 'name' }),
  company: field(z.string(), { ...channelBooks, pii: 'name' }).optional(),
  street: field(z.string(), { ...channelBooks, pii: 'address' }),
  street2: field(z.string(), { ...channelBooks, pii: 'address' }).optional(),
  city: field(z.string(), { ...channelBooks, pii: 'address' }),
  postcode: field(z.string(), { ...channelBooks, pii: 'address' }),
  /** Province or state code as the country uses it: `TX`. */
  region: field(z.string(), channelBooks).optional(),
  /** ISO 3166-1 alpha-2. */
  country: field(z.string().regex(/^[A-Z]{2}$/), channelBooks),
  phone: field(z.string(), { ...channelBooks, pii: 'phone' }).optional(),
})
export type Address = z.infer<typeof address>
