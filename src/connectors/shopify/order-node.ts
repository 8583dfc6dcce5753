/** Reads the order out of a GraphQL node, as the order feed stores it: the facts of a webhook body by other names. */
import { z } from 'zod'
import { numberOf } from './ids.ts'
import type { AddressDraft, OrderDraft } from './order-draft.ts'
import { amount, maybeText, shaped } from './shape.ts'

const nodes = <T extends z.ZodType>(node: T) => z.object({ nodes: z.array(node) }).transform((page) => page.nodes)
const price = z.object({ amount, currencyCode: z.string() })
const shopMoney = z.object({ shopMoney: price }).transform((set) => set.shopMoney.amount)
const tax = z.object({ title: z.string(), rate: z.number().nullish(), priceSet: shopMoney })
const discounts = z.array(z.object({ allocatedAmountSet: shopMoney }))
const lineItem = z.object({ id: z.string() })

const address = z.object({
  name: maybeText,
  company: maybeText,
  address1: maybeText,
  address2: maybeText,
  city: maybeText,
  zip: maybeText,
  provinceCode: maybeText,
  countryCodeV2: maybeText,
  phone: maybeText,
})

const line = z.object({
  id: z.string(),
  sku: maybeText,
  name: z.string(),
  quantity: z.int().min(0),
  currentQuantity: z.int().min(0),
  isGiftCard: z.boolean(),
  requiresShipping: z.boolean(),
  originalUnitPriceSet: shopMoney,
  discountAllocations: discounts,
  taxLines: z.array(tax),
})

const shippingLine = z.object({
  id: maybeText,
  code: maybeText,
  title: z.string(),
  originalPriceSet: shopMoney,
  discountAllocations: discounts,
  taxLines: z.array(tax),
})

const customer = z.object({
  legacyResourceId: z.string(),
  firstName: maybeText,
  lastName: maybeText,
  defaultEmailAddress: z.object({ emailAddress: z.string(), marketingState: z.string() }).nullish(),
  defaultPhoneNumber: z.object({ phoneNumber: z.string() }).nullish(),
})

const orderNode = z.object({
  legacyResourceId: z.string(),
  name: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  cancelledAt: maybeText,
  cancelReason: maybeText,
  test: z.boolean(),
  currencyCode: z.string(),
  displayFinancialStatus: maybeText,
  taxesIncluded: z.boolean(),
  email: maybeText,
  phone: maybeText,
  note: maybeText,
  tags: z.array(z.string()),
  customer: customer.nullish(),
  shippingAddress: address.nullish(),
  billingAddress: address.nullish(),
  currentTotalPriceSet: z.object({ shopMoney: price, presentmentMoney: price }),
  currentTotalTaxSet: shopMoney,
  shippingLines: nodes(shippingLine),
  lineItems: nodes(line),
  fulfillments: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      trackingInfo: z.array(z.object({ number: maybeText })),
      fulfillmentLineItems: nodes(z.object({ quantity: z.int().nullish(), lineItem })),
    }),
  ),
  refunds: z.array(
    z.object({
      id: z.string(),
      createdAt: maybeText,
      totalRefundedSet: shopMoney,
      refundLineItems: nodes(
        z.object({
          quantity: z.int().min(0),
          restockType: z.string(),
          subtotalSet: shopMoney,
          totalTaxSet: shopMoney,
          lineItem,
          location: z.object({ id: z.string() }).nullish(),
        }),
      ),
    }),
  ),
  /** Only of a shop that sells from several places. */
  fulfillmentOrders: nodes(
    z.object({
      status: z.string(),
      assignedLocation: z.object({ location: z.object({ id: z.string() }).nullish() }),
      lineItems: nodes(z.object({ totalQuantity: z.int().min(0), lineItem })),
    }),
  ).optional(),
  /** Only where the connection reads them. */
  transactions: z
    .array(
      z.object({
        id: z.string(),
        processedAt: maybeText,
        kind: z.string(),
        status: z.string(),
        gateway: maybeText,
        amountSet: z.object({ shopMoney: price, presentmentMoney: price }),
      }),
    )
    .optional(),
})
type OrderNode = z.infer<typeof orderNode>

const transactionDraft = ({
  id,
  processedAt,
  amountSet,
  kind,
  status,
  gateway,
}: NonNullable<OrderNode['transactions']>[number]) => {
  const { shopMoney, presentmentMoney: seen } = amountSet
  const presentment = { amount: seen.amount, currency: seen.currencyCode }
  return { id: numberOf(id), at: processedAt, kind, status, gateway, amount: shopMoney.amount, presentment }
}

/** Throws `malformed`. */
export function draftFromNode(value: unknown): OrderDraft {
  const node = shaped(orderNode, value, 'poll/order')
  const { shopMoney: total, presentmentMoney: presentment } = node.currentTotalPriceSet
  return {
    id: node.legacyResourceId,
    name: node.name,
    createdAt: node.createdAt,
    updatedAt: node.updatedAt,
    cancelledAt: node.cancelledAt,
    cancelReason: node.cancelReason,
    currency: node.currencyCode,
    taxesIncluded: node.taxesIncluded,
    financialStatus: node.displayFinancialStatus,
    email: node.email,
    phone: node.phone,
    ...(node.transactions ? { transactions: node.transactions.map(transactionDraft) } : {}),
    customer: customerDraft(node.customer),
    shippingAddress: addressDraft(node.shippingAddress),
    billingAddress: addressDraft(node.billingAddress),
    lines: node.lineItems.map(lineDraft),
    shipping: node.shippingLines.map(shippingDraft),
    total: total.amount,
    totalTax: node.currentTotalTaxSet,
    presentment: { amount: presentment.amount, currency: presentment.currencyCode },
    fulfilments: node.fulfillments.map(({ id, status, trackingInfo, fulfillmentLineItems }) => ({
      id: numberOf(id),
      status,
      trackingNumber: trackingInfo[0]?.number,
      lines: fulfillmentLineItems.map((fulfilled) => ({
        lineId: numberOf(fulfilled.lineItem.id),
        quantity: fulfilled.quantity ?? 0,
      })),
    })),
    refunds: node.refunds.map(({ id, createdAt, totalRefundedSet, refundLineItems }) => ({
      id: numberOf(id),
      at: createdAt,
      amounts: [totalRefundedSet],
      removed: refundLineItems.map((removed) => ({
        lineId: numberOf(removed.lineItem.id),
        quantity: removed.quantity,
        subtotal: removed.subtotalSet,
        tax: removed.totalTaxSet,
        restockType: removed.restockType,
        ...(removed.location && { locationId: numberOf(removed.location.id) }),
      })),
    })),
    ...(node.fulfillmentOrders && { places: node.fulfillmentOrders.flatMap(placeDrafts) }),
    note: node.note,
    tags: node.tags,
    test: node.test,
  }
}

/** What was cancelled is served by nobody; it still says where the pieces had been. */
const placeDrafts = (one: NonNullable<OrderNode['fulfillmentOrders']>[number]) =>
  one.lineItems.map((line) => ({
    lineId: numberOf(line.lineItem.id),
    // A service of somebody else's may have no location: that is none of ours.
    locationId: one.assignedLocation.location ? numberOf(one.assignedLocation.location.id) : 'none',
    quantity: one.status === 'CANCELLED' ? 0 : line.totalQuantity,
  }))

const lineDraft = (line: OrderNode['lineItems'][number]): OrderDraft['lines'][number] => ({
  id: numberOf(line.id),
  sku: line.sku ?? null,
  title: line.name,
  quantity: line.quantity,
  currentQuantity: line.currentQuantity,
  unitPrice: line.originalUnitPriceSet,
  discounts: line.discountAllocations.map(({ allocatedAmountSet }) => allocatedAmountSet),
  taxes: line.taxLines.map(taxDraft),
  requiresShipping: line.requiresShipping,
  giftCard: line.isGiftCard,
})

const shippingDraft = (line: OrderNode['shippingLines'][number], index: number): OrderDraft['shipping'][number] => ({
  id: line.id ? numberOf(line.id) : `shipping-${index + 1}`,
  code: line.code ?? null,
  title: line.title,
  price: line.originalPriceSet,
  discounts: line.discountAllocations.map(({ allocatedAmountSet }) => allocatedAmountSet),
  taxes: line.taxLines.map(taxDraft),
})

const taxDraft = ({ title, rate, priceSet }: z.infer<typeof tax>) => ({ title, rate: rate ?? null, amount: priceSet })

function customerDraft(customer: OrderNode['customer']): OrderDraft['customer'] {
  if (!customer) return null
  return {
    id: customer.legacyResourceId,
    firstName: customer.firstName,
    lastName: customer.lastName,
    email: customer.defaultEmailAddress?.emailAddress,
    phone: customer.defaultPhoneNumber?.phoneNumber,
    marketing: customer.defaultEmailAddress?.marketingState,
  }
}

function addressDraft(address: OrderNode['billingAddress']): AddressDraft | null {
  if (!address) return null
  const { countryCodeV2: countryCode, name, company, address1, address2, city, zip, provinceCode, phone } = address
  return { countryCode, name, company, address1, address2, city, zip, provinceCode, phone }
}
