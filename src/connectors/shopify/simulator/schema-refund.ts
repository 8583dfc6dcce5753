/** The part of the Admin API about payments and giving money back; see schema.ts. */

export const REFUND_SDL = `
  type OrderTransaction implements Node {
    amountSet: MoneyBag!
    gateway: String
    id: ID!
    kind: OrderTransactionKind!
    parentTransaction: OrderTransaction
    processedAt: DateTime
    status: OrderTransactionStatus!
  }
  enum OrderTransactionKind { AUTHORIZATION CAPTURE CHANGE EMV_AUTHORIZATION REFUND SALE SUGGESTED_REFUND VOID }
  enum OrderTransactionStatus { AWAITING_RESPONSE ERROR FAILURE PENDING SUCCESS UNKNOWN }

  input RefundInput {
    note: String
    orderId: ID!
    refundLineItems: [RefundLineItemInput!]
    refundMethods: [RefundMethodInput!] = []
    shipping: ShippingRefundInput
    transactions: [OrderTransactionInput!]
  }
  input RefundMethodInput { storeCreditRefund: StoreCreditRefundInput }
  input MoneyInput { amount: Decimal! currencyCode: CurrencyCode! }
  input StoreCreditRefundInput { amount: MoneyInput! expiresAt: DateTime }
  input RefundLineItemInput { lineItemId: ID! locationId: ID quantity: Int! restockType: RefundLineItemRestockType }
  input ShippingRefundInput { amount: Money fullRefund: Boolean }
  input OrderTransactionInput { amount: Money! gateway: String! kind: OrderTransactionKind! orderId: ID! parentId: ID }
  type RefundCreatePayload { order: Order refund: Refund userErrors: [UserError!]! }
`
