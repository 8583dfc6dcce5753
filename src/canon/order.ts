/** A customer's order as the channel knows it, in the hub's words. The channel owns all of it. */
import { z } from 'zod'
import { field, versioned } from './field.ts'
import { address, currency, instant, moneySchema, quantity, rate, sku } from './primitives.ts'

const books = { owner: 'channel', retention: 'books' } as const
const operations = { owner: 'channel', retention: 'operations' } as const

export const PAYMENT_STATUSES = [
  'pending', 'authorised', 'partly_paid', 'paid', 'partly_refunded', 'refunded', 'voided', 'expired',
] as const // prettier-ignore
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

/** `later`: the channel will ask for it. `needed`: it waits for the retailer to take the order, or refuse it. */
export const ACCEPTANCES = ['later', 'needed', 'accepted', 'refused'] as const
export type Acceptance = (typeof ACCEPTANCES)[number]

export const tax = z.object({ title: z.string(), rate, amount: moneySchema })

export const orderLine = z.object({
  /** The channel's id of the line; stable over edits. */
  id: z.string().min(1),
  sku: field(sku.nullable(), { ...books, description: 'null when the channel sold something without a SKU' }),
  title: field(z.string(), books),
  /** What is still wanted: ordered, less what was removed by edits, cancellation or refund before shipping. */
  quantity: field(quantity, books),
  /** What was ever sold on this line, whatever became of it. */
  ordered: field(quantity, books),
  /** Pieces the channel itself put back on sale when they were cancelled, removed or refunded. */
  restocked: field(quantity, books),
  /**
   * Pieces the channel has off its shelf for this line right now, where it says so: one that takes them late (when it
   * is paid) or puts them back by itself. What was sold and put back follows from its changes then.
   */
  offShelf: field(quantity, books).optional(),
  /**
   * Where the channel takes them from, when it sells from several places: pieces still wanted, and off that shelf right
   * now; less than nothing where pieces of another shelf were put. Pieces of the line in none of them have no place
   * yet.
   */
  shelves: field(
    z.array(z.object({ locationId: z.string().min(1), quantity, offShelf: z.int() })).max(50),
    books,
  ).optional(),
  unitPrice: field(moneySchema, books),
  /** For the whole line, as a positive amount. */
  discount: field(moneySchema, books),
  taxes: field(z.array(tax), books),
  requiresShipping: field(z.boolean(), books),
  giftCard: field(z.boolean(), books),
})
export type OrderLine = z.infer<typeof orderLine>

export const shippingLine = z.object({
  id: z.string().min(1),
  /** The channel's name of the method; mapped by policy to a carrier. */
  code: field(z.string(), books),
  title: field(z.string(), books),
  price: field(moneySchema, books),
  discount: field(moneySchema, books),
  taxes: field(z.array(tax), books),
})
export type ShippingLine = z.infer<typeof shippingLine>

/** A yes or no to being contacted in one way for one purpose. */
export const consent = z.object({
  medium: field(z.enum(['email', 'sms', 'phone', 'post']), operations),
  purpose: field(z.enum(['marketing', 'orders', 'surveys']), operations),
  granted: field(z.boolean(), operations),
  /** The person said so; otherwise it is what the channel takes for granted. */
  explicit: field(z.boolean(), operations),
  at: field(instant, operations),
})
export type Consent = z.infer<typeof consent>

export const party = z.object({
  /**
   * Identifies the person within the hub: `<channel>-<id>`, or a digest of the e-mail address for guests. No spaces, no
   * clear personal data.
   */
  key: field(z.string().regex(/^[\w.-]+$/), { ...books, pii: 'identifier' }),
  externalId: field(z.string(), { ...books, pii: 'identifier' }).optional(),
  name: field(z.string(), { ...books, pii: 'name' }).optional(),
  email: field(z.string(), { ...books, pii: 'email' }).optional(),
  phone: field(z.string(), { ...books, pii: 'phone' }).optional(),
  /** Whether the person agreed to marketing; unknown when absent. */
  marketingConsent: field(z.boolean(), operations).optional(),
  /** A company, whose name `name` is. */
  company: field(z.boolean(), operations).optional(),
  /** Who ordered for the company; `id` is the channel's own. */
  contact: z
    .object({
      id: field(z.string().regex(/^[\w.-]+$/), { ...books, pii: 'identifier' }),
      name: field(z.string(), { ...books, pii: 'name' }),
      email: field(z.string(), { ...books, pii: 'email' }).optional(),
      phone: field(z.string(), { ...books, pii: 'phone' }).optional(),
    })
    .optional(),
  /** What is known beyond that of how the person may be contacted. */
  consents: field(z.array(consent).max(20), operations).optional(),
})
export type Party = z.infer<typeof party>

export const channelFulfilment = z.object({
  id: z.string().min(1),
  status: z.enum(['open', 'success', 'cancelled', 'failed']),
  trackingNumber: z.string().optional(),
  lines: z.array(z.object({ lineId: z.string(), quantity })),
})

const share = z.object({
  /** In the way the order counts: with tax where its prices include tax. */
  amount: moneySchema,
  tax: moneySchema,
})

/** Money given back, or pieces taken off or back, in one go. The channel owns it; what it says does not change. */
export const refund = z.object({
  id: z.string().regex(/^[\w.-]+$/),
  at: instant,
  /** All that the customer got back, tax included; 0 while it is under way, and for pieces taken off without money. */
  amount: moneySchema,
  lines: z.array(
    share.extend({
      lineId: z.string(),
      quantity,
      /** Pieces of these that the channel put back on sale. */
      restocked: quantity,
      /** Pieces put back on sale that had been with the customer, where the channel tells them from others. */
      returned: quantity.optional(),
      /** Where they were put. */
      locationId: z.string().optional(),
    }),
  ),
  /** Of what was paid for shipping. */
  shipping: share.optional(),
})
export type Refund = z.infer<typeof refund>

/** Money on its way back that did not arrive: the customer's bank would not have it, and it is the retailer's again. */
export const lostRefund = z.object({ id: refund.shape.id, at: instant, amount: moneySchema })
export type LostRefund = z.infer<typeof lostRefund>

/** A payment with what the retailer owed already, or (negative) money given back as that: gift card, store credit. */
export const redemption = z.object({
  /** As the channel names the payment, or what went back on it. */
  id: z.string().regex(/^[\w.-]+$/),
  at: instant,
  amount: moneySchema,
  /** The same in the currency the customer saw, where that is another. */
  presentment: moneySchema.optional(),
})
export type Redemption = z.infer<typeof redemption>

/** What was agreed with a business customer. */
export const terms = z.object({
  /** Who says what it costs. The amounts of an order that the ERP prices are zero here until its sale is known. */
  pricing: z.enum(['channel', 'erp']),
  /** Names in the ERP. */
  priceList: z.string().optional(),
  paymentTerm: z.string().optional(),
})

export const order = versioned(
  z.object({
    /** Name of the connection it came through. */
    channel: z.string().regex(/^[a-z][a-z0-9-]*$/),
    /** The channel's own id. With `channel` it identifies the order for good. */
    externalId: z.string().regex(/^[\w.-]+$/),
    /** What people call it: `#1042`. */
    name: field(z.string().min(1), books),
    placedAt: field(instant, books),
    /** When the channel last changed it; an older snapshot never overwrites a newer one. */
    updatedAt: field(instant, operations),
    cancelledAt: field(instant.nullable(), books),
    cancelReason: field(z.string(), operations).optional(),
    currency: field(currency, books),
    taxesIncluded: field(z.boolean(), books),
    paymentStatus: field(z.enum(PAYMENT_STATUSES), books),
    /** What the channel says in words that this release does not know, such as `payment status 'on_approval'`. */
    unclear: field(z.array(z.string()), operations).optional(),
    terms: field(terms, books).optional(),
    /** Only where the retailer has to accept an order before it counts: marketplaces. */
    acceptance: field(z.enum(ACCEPTANCES), operations).optional(),
    /** After this moment the channel refuses the order by itself, and holds it against the retailer. */
    acceptBy: field(instant, operations).optional(),
    customer: field(party.nullable(), books),
    shippingAddress: field(address.nullable(), books),
    billingAddress: field(address.nullable(), books),
    /** The channel tells the address once the order may be shipped: none is missing yet. */
    addressFollows: field(z.boolean(), operations).optional(),
    /** `channel`: it ships goods of ours that lie with it, so no warehouse does. `merchant` unless said. */
    fulfilledBy: field(z.enum(['merchant', 'channel']), books).optional(),
    lines: field(z.array(orderLine).max(1_000), books),
    shipping: field(z.array(shippingLine).max(50), books),
    /** What the customer pays for what is still wanted, shipping and tax included. */
    total: field(moneySchema, books),
    totalTax: field(moneySchema, books),
    /** Tax that the channel collects and remits itself. It is in no other amount but the one below. */
    channelTax: field(moneySchema, books).optional(),
    /** The same total in the currency the customer saw. */
    presentmentTotal: field(moneySchema, books),
    fulfilments: field(z.array(channelFulfilment), operations),
    /** Sum of what was given back so far. */
    refunded: field(moneySchema, books),
    /** One by one, where the channel tells them so. */
    refunds: field(z.array(refund).max(1_000), books).optional(),
    /** Refunds that failed, under the names they were given by. In no other amount. */
    lostRefunds: field(z.array(lostRefund).max(1_000), books).optional(),
    /** Absent where the channel does not tell; what it took and gave back so is in the other amounts as well. */
    redeemed: field(z.array(redemption).max(1_000), books).optional(),
    note: field(z.string(), { ...operations, pii: 'free_text' }).optional(),
    tags: field(z.array(z.string()), operations),
    test: field(z.boolean(), operations),
  }),
  1,
)
export type Order = z.infer<typeof order>
