/** What a retailer says about their Odoo. The descriptions here are the reference page. */
import { z } from 'zod'

const products = z.strictObject({
  shippingSku: z
    .string()
    .default('SHIPPING')
    .describe('Internal reference of the service product that carries shipping.'),
  discountSku: z
    .string()
    .default('DISCOUNT')
    .describe('Internal reference of the service product that carries discounts.'),
  giftCardSku: z
    .string()
    .default('GIFT-CARD')
    .describe(
      'What gift cards are sold as, unless they are shipped: a service product, its income account a liability.',
    ),
})

const tills = z.strictObject({
  registers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Register, as <store>/<register>, to the name of its Point of Sale in Odoo; the same name when absent.'),
  tenders: z
    .record(z.string(), z.string())
    .default({})
    .describe("The till's tender to the name of a payment method of that Point of Sale; the same name when absent."),
  owedTenders: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Tenders that are paid with what is owed, such as gift_card: refused unless their payment method leads to a liability.',
    ),
  returnSku: z
    .string()
    .default('RETURN')
    .describe('Internal reference of the service product for goods taken back that do not go on the shelf again.'),
  roundingSku: z
    .string()
    .default('ROUNDING')
    .describe(
      'Internal reference of the service product that carries cents of tax a till rounded otherwise than Odoo.',
    ),
})

export const odooConfig = z.strictObject({
  url: z.url().describe('Where Odoo answers, without a path: https://odoo.example.com.'),
  database: z.string().min(1).describe('Name of the Odoo database.'),
  user: z.string().min(1).describe('Login of the integration user.'),
  apiKey: z.string().min(1).meta({ secret: true }).describe("Reference to the integration user's API key."),
  protocol: z
    .enum(['auto', 'json-rpc', 'json-2'])
    .default('auto')
    .describe('How Odoo is spoken to. auto asks the server: JSON-2 from version 19 on, JSON-RPC before.'),
  warehouses: z
    .record(z.string(), z.string())
    .default({})
    .describe("Pool code to Odoo's warehouse code, for those that differ."),
  company: z.int().positive().default(1).describe('Id of the company in Odoo that sells and invoices.'),
  products: products.prefault({}).describe('The service products that carry shipping and discounts.'),
  tills: tills.prefault({}).describe('How stores, registers and tenders are called in Odoo.'),
  redemptions: z
    .strictObject({
      journal: z
        .string()
        .min(1)
        .default('MISC')
        .describe('Code of the miscellaneous journal that payments of customers are booked in.'),
      match: z
        .boolean()
        .default(false)
        .describe('Whether a new credit note is matched with what went back to the customer before it was there.'),
    })
    .prefault({})
    .describe("How payments are booked, where a channel's policy has `redeemed: booked` or `takings`."),
  damagedLocation: z
    .string()
    .optional()
    .describe(
      'Full name of the location damaged returns go to, e.g. WH/Stock/Damaged; the scrap location when absent.',
    ),
  labelWarehouses: z
    .array(z.string().min(1))
    .default([])
    .describe('Pools whose deliveries are read as soon as they are ready, so that the hub can buy their labels.'),
  suppliers: z
    .boolean()
    .default(false)
    .describe("Suppliers' lists are read: doctor looks whether their prices can be written."),
  weightUnit: z.enum(['kg', 'lb']).default('kg').describe('What Odoo is set to weigh in.'),
  lang: z.string().default('en_US').describe('Language in which Odoo answers, by its code there.'),
  invoiceJournal: z
    .string()
    .optional()
    .describe("Code of the sales journal for invoices; Odoo's own choice when absent."),
  carriers: z
    .record(z.string(), z.string())
    .default({})
    .describe("The channel's shipping code to the name of a delivery method in Odoo."),
  catalogue: z
    .strictObject({
      priceLists: z
        .array(z.string().min(1))
        .default([])
        .describe('Names of the price lists that are read for channels.'),
      details: z.boolean().default(true).describe("Whether taxes, category and the image's checksum are read as well."),
    })
    .optional()
    .describe('What of products is read for channels to show, besides names and barcodes; nothing unless said.'),
  customers: z
    .strictObject({
      from: z
        .enum(['orders', 'records'])
        .default('orders')
        .describe(
          'Who says what stands on a partner: each order, or, with policy.customers, the record of the person alone.',
        ),
      owns: z
        .array(z.enum(['name', 'email', 'phone']))
        .default(['name', 'email', 'phone'])
        .describe('What the hub writes on a partner that is there; the rest belongs to Odoo. With records alone.'),
    })
    .prefault({})
    .describe('How customers become partners.'),
  concurrency: z
    .int()
    .min(1)
    .max(32)
    .default(2)
    .describe(
      "Calls at the same time at most, from all processes: fewer than Odoo's workers, so that its users keep some.",
    ),
  // Odoo repeats a conflicting transaction itself for up to 21 s: a shorter wait would give up on work that gets done.
  timeoutMs: z.int().min(30_000).default(90_000).describe('Waits this long for an answer, in milliseconds.'),
})
export type OdooConfig = z.infer<typeof odooConfig>
