/**
 * An order as a business customer's portal, a telesales tool or an own storefront hands it in. The hub publishes this
 * contract; whoever sends states every amount, or leaves prices to the ERP (`pricing: erp`).
 */
import { currency, instant, rate, sku } from '#canon/primitives.ts'
import { z } from 'zod'

const decimal = z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, 'must be a decimal in quotes, such as "12.50"')
const words = z.string().trim().min(1).max(200)
const id = z.string().regex(/^[\w.-]{1,100}$/, 'letters, digits, dot, dash and underscore only')

const tax = z.strictObject({
  title: words,
  rate: rate.describe('As a share: "0.20" is 20 %.'),
  amount: decimal.describe('For the whole line.'),
})

const address = z.strictObject({
  name: words,
  company: words.optional(),
  street: words,
  street2: words.optional(),
  city: words,
  postcode: z.string().trim().max(20),
  region: z.string().trim().max(10).optional().describe('Province or state code as the country uses it: TX.'),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code of two letters'),
  phone: words.optional(),
})

const line = z.strictObject({
  id: id.optional().describe("The sender's own id of the line; its place in the list unless said."),
  sku,
  title: words.optional(),
  quantity: z.int().min(0).max(1_000_000).describe('Pieces still wanted. 0 takes the line off again.'),
  unitPrice: decimal.optional().describe('Of one piece. Left out when the ERP prices.'),
  discount: decimal.optional().describe('For the whole line, as a positive amount.'),
  taxes: z.array(tax).max(10).default([]),
  ships: z.boolean().default(true).describe('Whether it is goods.'),
})

const shipping = z.strictObject({
  code: words.describe("The sender's name of the method; mapped to a carrier in the ERP."),
  title: words.optional(),
  price: decimal,
  taxes: z.array(tax).max(10).default([]),
})

export const directOrder = z.strictObject({
  reference: id.describe('Names the order for good. The same reference again is news of the same order.'),
  name: words
    .optional()
    .describe("As people call it, such as the customer's own order number. The reference unless said."),
  placedAt: instant.optional().describe('When it was placed; when it arrived unless said.'),
  updatedAt: instant
    .optional()
    .describe('When it was last changed: older news never overwrites newer. When it arrived unless said.'),
  cancelled: z.strictObject({ reason: words }).optional(),
  currency,
  taxesIncluded: z.boolean().default(false),
  payment: z
    .enum(['pending', 'authorised', 'paid'])
    .default('pending')
    .describe('An order on terms is pending; the policy of the channel says that it may go on all the same.'),
  pricing: z
    .enum(['channel', 'erp'])
    .default('channel')
    .describe('Who says what it costs. erp: price list, discounts and taxes are those of the ERP.'),
  priceList: words.optional().describe('Name of the price list in the ERP.'),
  paymentTerm: words.optional().describe('Name of the payment term in the ERP.'),
  customer: z.strictObject({
    id: id.describe("The sender's own id of the customer: orders with the same id belong together."),
    name: words.describe('Of the company, or of the person.'),
    email: z.email().max(200).optional(),
    phone: words.optional(),
    company: z.boolean().optional().describe('Whether it is a company. Who names a contact need not say so.'),
    contact: z
      .strictObject({
        id: id.describe("The sender's own id of the person: the same id is the same contact."),
        name: words,
        email: z.email().max(200).optional(),
        phone: words.optional(),
      })
      .optional()
      .describe('Who ordered for the company: a contact of it in the ERP, whatever they order.'),
  }),
  shippingAddress: address.optional(),
  billingAddress: address.optional(),
  lines: z.array(line).min(1).max(1_000),
  shipping: z.array(shipping).max(10).default([]),
  total: decimal.optional().describe('What the customer pays. Refused when the parts come to something else.'),
  note: z.string().max(2_000).optional(),
  tags: z.array(words).max(50).default([]),
})
export type DirectOrder = z.infer<typeof directOrder>

/** What is wrong with a body, each thing with its place; empty when nothing is. */
export function problemsOf(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) => `${placeOf(path)}: ${message}`)
}

/** `lines[2].taxes[0].rate` */
export const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (place, step) => (typeof step === 'number' ? `${place}[${step}]` : `${place && `${place}.`}${String(step)}`),
    '',
  ) || 'the body'
