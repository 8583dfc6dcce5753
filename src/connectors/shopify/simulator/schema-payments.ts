/** The part of the Admin API about the shop's own payments; see schema.ts. */

export const PAYMENTS_SDL = `
  type ShopifyPaymentsAccount implements Node {
    balanceTransactions(after: String, before: String, first: Int, hideTransfers: Boolean = false, last: Int, query: String,
      reverse: Boolean = false): ShopifyPaymentsBalanceTransactionConnection!
    disputes(after: String, before: String, first: Int, last: Int, query: String,
      reverse: Boolean = false): ShopifyPaymentsDisputeConnection!
    id: ID!
    payouts(after: String, before: String, first: Int, last: Int, query: String,
      reverse: Boolean = false): ShopifyPaymentsPayoutConnection!
  }
  type ShopifyPaymentsPayoutConnection { nodes: [ShopifyPaymentsPayout!]! pageInfo: PageInfo! }
  type ShopifyPaymentsPayout implements Node {
    id: ID!
    issuedAt: DateTime!
    legacyResourceId: UnsignedInt64!
    net: MoneyV2!
    status: ShopifyPaymentsPayoutStatus!
    transactionType: ShopifyPaymentsPayoutTransactionType!
  }
  enum ShopifyPaymentsPayoutStatus { CANCELED FAILED IN_TRANSIT PAID SCHEDULED }
  enum ShopifyPaymentsPayoutTransactionType { DEPOSIT WITHDRAWAL }
  type ShopifyPaymentsBalanceTransactionConnection { nodes: [ShopifyPaymentsBalanceTransaction!]! pageInfo: PageInfo! }
  type ShopifyPaymentsBalanceTransaction implements Node {
    associatedOrder: ShopifyPaymentsAssociatedOrder
    fee: MoneyV2!
    id: ID!
    net: MoneyV2!
    type: ShopifyPaymentsTransactionType!
  }
  type ShopifyPaymentsAssociatedOrder { id: ID! }
  enum ShopifyPaymentsTransactionType { ADJUSTMENT ANOMALY_DEBIT CHARGE DISPUTE_REVERSAL DISPUTE_WITHDRAWAL REFUND RESERVED_FUNDS TRANSFER }
  type ShopifyPaymentsDisputeConnection { nodes: [ShopifyPaymentsDispute!]! pageInfo: PageInfo! }
  type ShopifyPaymentsDispute implements Node {
    amount: MoneyV2!
    evidenceDueBy: DateTime
    finalizedOn: DateTime
    id: ID!
    initiatedAt: DateTime!
    legacyResourceId: UnsignedInt64!
    order: Order
    reasonDetails: ShopifyPaymentsDisputeReasonDetails!
    status: DisputeStatus!
    type: DisputeType!
  }
  type ShopifyPaymentsDisputeReasonDetails { reason: ShopifyPaymentsDisputeReason! }
  enum ShopifyPaymentsDisputeReason { FRAUDULENT GENERAL }
  enum DisputeStatus { ACCEPTED CHARGE_REFUNDED LOST NEEDS_RESPONSE PREVENTED UNDER_REVIEW WON }
  enum DisputeType { CHARGEBACK INQUIRY }
`
