/** A retailer's rules as they stand in the configuration: checked here, defaults filled in, named by a digest. */
import { createHash } from 'node:crypto'
import { isTimeZone } from '#canon/day.ts'
import { canonicalJson } from '#canon/json.ts'
import { PAYMENT_STATUSES } from '#canon/order.ts'
import { quantity, rate } from '#canon/primitives.ts'
import { placeId } from '#canon/receipt.ts'
import type { Policy } from '#core/policy.ts'
import type { ReturnReason } from '#core/return/state.ts'
import { z } from 'zod'
import { catalogueSchema } from './catalogue.ts'
import { customersSchema } from './customers.ts'
import { deadLetterPolicySchema } from './dead-letters.ts'
import { holdsSchema } from './holds.ts'
import { kitsSchema } from './kits.ts'
import { routing } from './routing.ts'
import { carrierPolicy } from './carriers.ts'
import { labelPolicy } from './labels.ts'
import { paymentPolicy } from './payments.ts'
import { payoutPolicy } from './payouts.ts'
import { mappingSchema } from './mapping.ts'
import { presaleSchema } from './presale.ts'
import { reconcileSchema } from './reconcile.ts'
import { shadowSchema } from './shadow.ts'
import { stockPolicySchema } from './stock.ts'
import { transferWindow } from './windows.ts'
import { warehousePolicy } from './warehouses.ts'

const warehouse = z.string().min(1).max(20).describe('Code of the warehouse in the ERP, e.g. WH.')

const acceptance = z.strictObject({
  decide: z
    .enum(['accept_when_reserved', 'refuse_when_short', 'by_hand'])
    .default('accept_when_reserved')
    .describe(
      'Accept what is reserved and wait for the rest until the margin; refuse what is short at once; or a person decides.',
    ),
  withinMinutes: z.int().min(1).optional().describe("Our own limit; the channel's counts when it is shorter."),
  marginMinutes: z
    .int()
    .min(1)
    .max(10_080)
    .default(60)
    .describe('So long before the limit people are told, and nothing is waited for any more.'),
})

const REASONS = [
  'unwanted', 'defective', 'damaged', 'wrong_item', 'not_as_described', 'too_late', 'other',
] as const satisfies readonly ReturnReason[] // prettier-ignore
const reason = z.enum(REASONS)
const whenToRefund = z.enum(['by_hand', 'authorised', 'received'])

const refund = z.strictObject({
  through: z
    .enum(['channel', 'provider'])
    .describe('Who gives the money: the channel, which owns the payment, or the provider that captured it.'),
  when: whenToRefund
    .default('by_hand')
    .describe('When money goes back without anybody asking: once a return is allowed, or once its goods are here.'),
  byReason: z.partialRecord(reason, whenToRefund).default({}).describe('The same for returns of a certain reason.'),
  damaged: z.boolean().default(false).describe('Whether pieces that came back damaged are refunded without a person.'),
  shippingFor: z.array(reason).default([]).describe('Reasons for which what was paid for shipping goes back too.'),
  feePercent: z
    .partialRecord(reason, z.number().min(0).max(100))
    .default({})
    .describe('Kept of what the pieces are worth, by reason, in per cent.'),
  storeCreditFor: z
    .array(reason)
    .optional()
    .describe('Reasons for which it becomes credit in the shop. Only through a channel that has such credit: Shopify.'),
  approveAbove: quantity
    .optional()
    .describe("More than this, in the smallest unit of the order's currency, waits for a second person."),
  exchange: z
    .strictObject({ channel: z.string().min(1).describe('A channel without a system of its own: direct.') })
    .optional()
    .describe('Lets other goods go out instead of those that come back, each time as an order of that channel.'),
})

const returns = z.strictObject({
  goods: z
    .enum(['channel', 'receipts'])
    .default('channel')
    .describe('Who says that goods came back: the channel, by putting them on sale again, or only who receives them.'),
  credit: z
    .enum(['at_once', 'after_receipt'])
    .default('at_once')
    .describe('When the ERP gets the credit note of a refund: at once, or when the goods it is for are back.'),
  refund: refund.optional().describe('How the hub gives money back; without it people do, in the channel.'),
  reasons: z
    .record(z.string(), reason)
    .optional()
    .describe("What the channel's reasons for a return mean. One that is not here is shown to a person."),
})

export const channelPolicy = z.strictObject({
  pool: warehouse.describe('Which warehouse serves the orders of this channel.'),
  channelPool: warehouse
    .optional()
    .describe('Warehouse in the ERP for goods that lie with the channel: orders it fulfils itself are booked there.'),
  locations: z
    .array(
      z.strictObject({ locationId: z.string().min(1).describe("The channel's id of the location."), pool: warehouse }),
    )
    .default([])
    .describe("The channel's stock locations, and the warehouse each one sells from."),
  releaseWhen: z
    .array(z.enum(PAYMENT_STATUSES))
    .min(1)
    .default(['authorised', 'paid', 'partly_refunded'])
    .describe('Payment states in which an order goes to the ERP.'),
  unpaid: z
    .strictObject({
      tags: z.array(z.string().min(1)).default([]).describe("Tags of the order, such as the shop's `cod`."),
      paymentTerms: z
        .array(z.string().min(1))
        .default([])
        .describe('Payment terms of the order, by their name in the ERP.'),
    })
    .optional()
    .describe('Orders that go before anything is paid: cash on delivery, or invoice.'),
  taxRates: z
    .union([z.literal('any'), z.array(rate)])
    .default('any')
    .describe("Tax rates the ERP knows, as decimals in quotes ('0.0825'); any leaves it to the ERP to refuse."),
  shippingMethods: z
    .union([z.literal('any'), z.array(z.string())])
    .default('any')
    .describe('Shipping methods the warehouse knows.'),
  weight: z.int().min(0).default(1).describe("This channel's share of scarce stock, relative to the others."),
  invoice: z
    .enum(['when_shipped', 'never'])
    .default('when_shipped')
    .describe('When the ERP invoices: once everything has shipped, or never by the hub.'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'is no time zone, such as Asia/Singapore')
    .optional()
    .describe(
      'Zone in which a day of its orders and refunds begins: their invoices and credit notes are dated by it. UTC unless said.',
    ),
  redeemed: z
    .enum(['booked', 'left_open'])
    .optional()
    .describe(
      'Gift cards and store credit that paid for an order: booked as payments in the ERP once it is invoiced, or, unless said, not.',
    ),
  takings: z
    .strictObject({
      account: z
        .string()
        .regex(/^[\w.-]{1,64}$/, 'is no code of an account, such as 101410')
        .describe('Code of the account in the ERP on which the money waits until it is paid out: an asset.'),
    })
    .optional()
    .describe(
      'What customers paid by card, wallet or transfer is booked against their invoices, and what they got back against credit notes. Unless said, invoices stay open.',
    ),
  whenShort: z
    .enum(['hold', 'release'])
    .default('hold')
    .describe('An order whose goods are not there: wait for stock and a person, or go to the ERP as a backorder.'),
  acceptance: acceptance.optional().describe('How orders are accepted on a marketplace that asks first.'),
  returns: returns.optional().describe('What is done about goods and money that come back.'),
  routing: routing
    .optional()
    .describe('Which warehouses may serve the orders, and which first; without it, `pool` serves all of them.'),
})

export const storePolicy = z.strictObject({
  pool: warehouse.describe("Warehouse of the store's own shelves: what its tills sell leaves it."),
  posting: z
    .enum(['receipt', 'day', 'none'])
    .default('receipt')
    .describe(
      'How its receipts reach the ERP: each as a till order, one sum per register and business day, or not at all.',
    ),
  silentAfterMin: z
    .int()
    .min(1)
    .default(30)
    .describe('A till whose business day is open may be silent so many minutes before somebody is told.'),
})

export const policySchema = z.strictObject({
  safetyStock: quantity.default(0).describe('Pieces per SKU and warehouse that are never offered.'),
  stock: stockPolicySchema.optional().describe('How stock is shared among channels: exclusively unless said.'),
  presale: presaleSchema
    .optional()
    .describe('What may be sold before it is here; the first rule that fits counts. Nothing unless said.'),
  kits: kitsSchema.optional().describe('Goods that are sold as one and kept as several, by SKU.'),
  channels: z
    .record(z.string(), channelPolicy)
    .describe('The rules of each channel, under the name of its connection.'),
  customers: customersSchema
    .optional()
    .describe('Who is one person over several channels. Without it every record stays by itself.'),
  stores: z
    .record(placeId, storePolicy)
    .optional()
    .describe('The stores whose tills are heard, by their id. Records of others are refused.'),
  payments: z
    .record(z.string(), paymentPolicy)
    .optional()
    .describe('Payment providers, under the name of their connection. Without it no order waits for a provider.'),
  payouts: z
    .record(z.string(), payoutPolicy)
    .optional()
    .describe(
      'Payouts and settlements that are booked in the ERP, under the name of the connection that tells of them. Without it none is.',
    ),
  carriers: z
    .record(z.string(), carrierPolicy)
    .optional()
    .describe('Who follows parcels on their way, under the name of its connection. Without it nobody does.'),
  labels: z
    .record(warehouse, labelPolicy)
    .optional()
    .describe('Warehouses whose labels the hub buys, by their code in the ERP. Without it nobody does.'),
  holds: holdsSchema
    .optional()
    .describe('Orders that are held: owners, clocks, approvals. Without it an order just waits for its cause to go.'),
  warehouses: z
    .record(warehouse, warehousePolicy)
    .optional()
    .describe('Warehouses that somebody else runs, by their code in the ERP; their orders are handed over.'),
  catalogue: catalogueSchema.optional().describe('What channels show of products: nothing is written unless said.'),
  mappings: mappingSchema.optional().describe("The retailer's words for each channel's: SKUs and shipping methods."),
  deadLetters: deadLetterPolicySchema.prefault({}).describe('Who mends what failed for good, and how they hear of it.'),
  reconcile: reconcileSchema.describe('What is compared with what, how often, and what may be mended by itself.'),
  windows: z
    .record(z.string(), transferWindow)
    .optional()
    .describe('When bulk work may go to a system, under the name of its connection; at any time unless said.'),
  shadow: shadowSchema.optional().describe('When a connection in shadow may take over from another integration.'),
})
export type PolicyInput = z.infer<typeof policySchema>

/** What decides nothing: whom to tell of dead letters, how things are compared afterwards, when bulk work is sent. */
type Aside = 'deadLetters' | 'reconcile' | 'windows'

/** The policy with its name: equal rules, equal version. */
export function policyOf({
  deadLetters: _,
  reconcile: __,
  windows: ___,
  ...rules
}: Omit<PolicyInput, Aside> & Partial<PolicyInput>): Policy {
  const version = createHash('sha256').update(canonicalJson(rules)).digest('hex').slice(0, 16)
  return { version, ...rules }
}
