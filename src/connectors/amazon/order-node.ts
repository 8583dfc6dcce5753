/** An order as Orders 2026-01-01 tells it: the fields we read. What a role or a status withholds is absent. */
import { z } from 'zod'

const text = z.string().nullish()
const money = z.object({ amount: z.string(), currencyCode: z.string() })
export type AmazonMoney = z.infer<typeof money>

const breakdown = z.object({
  type: z.string(),
  subtotal: money,
  detailedBreakdowns: z.array(z.object({ subtype: text, value: money.nullish() })).nullish(),
})

export const itemNode = z.object({
  orderItemId: z.string().regex(/^[\w.-]+$/),
  quantityOrdered: z.int().min(0),
  product: z.object({
    title: text,
    sellerSku: text,
    price: z.object({ unitPrice: money.nullish() }).nullish(),
  }),
  proceeds: z.object({ proceedsTotal: money.nullish(), breakdowns: z.array(breakdown).nullish() }).nullish(),
  cancellation: z
    .object({
      cancellationRequest: z.object({ requester: text }).nullish(),
      cancellationExecution: z.object({ cancelledBy: text, cancelReason: text }).nullish(),
    })
    .nullish(),
  fulfillment: z
    .object({ quantityFulfilled: z.int().min(0).nullish(), quantityUnfulfilled: z.int().min(0).nullish() })
    .nullish(),
  tax: z.object({ taxCollections: z.array(z.object({ model: text })).nullish() }).nullish(),
})
export type ItemNode = z.infer<typeof itemNode>

const addressNode = z.object({
  name: text, companyName: text, addressLine1: text, addressLine2: text, addressLine3: text, city: text,
  stateOrRegion: text, postalCode: text, countryCode: text, phone: text,
}) // prettier-ignore
export type AddressNode = z.infer<typeof addressNode>

export const orderNode = z.object({
  orderId: z.string().regex(/^[\w.-]+$/),
  createdTime: z.string(),
  lastUpdatedTime: z.string(),
  programs: z.array(z.string()).nullish(),
  associatedOrders: z.array(z.object({ associationType: text })).nullish(),
  salesChannel: z.object({ channelName: z.string(), marketplaceId: text }),
  buyer: z.object({ buyerName: text, buyerEmail: text, buyerCompanyName: text }).nullish(),
  recipient: z.object({ deliveryAddress: addressNode.nullish() }).nullish(),
  proceeds: z
    .object({
      grandTotal: money.nullish(),
      breakdowns: z.array(z.object({ type: z.string(), subtotal: money })).nullish(),
    })
    .nullish(),
  fulfillment: z.object({ fulfillmentStatus: z.string(), fulfilledBy: text, fulfillmentServiceLevel: text }).nullish(),
  orderItems: z.array(itemNode).max(1_000),
  packages: z
    .array(
      z.object({
        packageReferenceId: z.string(),
        packageStatus: z.object({ status: z.string() }).nullish(),
        trackingNumber: text,
        packageItems: z.array(z.object({ orderItemId: text, quantity: z.int().min(0).nullish() })).nullish(),
      }),
    )
    .nullish(),
})
export type OrderNode = z.infer<typeof orderNode>

/** All data sets an order is read with. What a role does not cover is left out of the answer, not refused. */
export const INCLUDED = 'BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX'
