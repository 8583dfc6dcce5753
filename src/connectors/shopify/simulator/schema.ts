/**
 * The part of the Admin API the simulator answers, used when the official schema is not at hand. Names and types are
 * Shopify's, since they are the wire; a test holds every one of them against the official schema.
 */
import { LISTING_SDL } from './schema-listing.ts'
import { PAYMENTS_SDL } from './schema-payments.ts'
import { REFUND_SDL } from './schema-refund.ts'

export const SDL = `
  directive @idempotent(key: String!) on FIELD
  scalar CurrencyCode
  scalar CountryCode
  scalar DateTime
  scalar Decimal
  scalar Money
  scalar UnsignedInt64
  scalar URL

  schema { query: QueryRoot mutation: Mutation }

  type QueryRoot {
    currentAppInstallation: AppInstallation!
    fulfillment(id: ID!): Fulfillment
    inventoryItem(id: ID!): InventoryItem
    job(id: ID!): Job
    location(id: ID): Location
    locations(after: String, before: String, first: Int, includeInactive: Boolean = false,
      last: Int): LocationConnection!
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    order(id: ID!): Order
    orders(after: String, before: String, first: Int, last: Int, query: String, reverse: Boolean = false,
      sortKey: OrderSortKeys = PROCESSED_AT): OrderConnection!
    product(id: ID!): Product
    productVariant(id: ID!): ProductVariant
    products(after: String, before: String, first: Int, last: Int, query: String, reverse: Boolean = false,
      sortKey: ProductSortKeys = ID): ProductConnection!
    publicApiVersions: [ApiVersion!]!
    shop: Shop!
    shopifyPaymentsAccount: ShopifyPaymentsAccount
    webhookSubscriptions(after: String, before: String, first: Int, last: Int, topics: [WebhookSubscriptionTopic!],
      uri: String): WebhookSubscriptionConnection!
  }

  type Mutation {
    fulfillmentCreate(fulfillment: FulfillmentInput!): FulfillmentCreatePayload
    inventorySetQuantities(input: InventorySetQuantitiesInput!): InventorySetQuantitiesPayload
    orderCancel(notifyCustomer: Boolean = false, orderId: ID!, reason: OrderCancelReason!, refund: Boolean,
      restock: Boolean!): OrderCancelPayload
    refundCreate(input: RefundInput!): RefundCreatePayload
    productUpdate(product: ProductUpdateInput): ProductUpdatePayload
    productVariantsBulkUpdate(media: [CreateMediaInput!], productId: ID!,
      variants: [ProductVariantsBulkInput!]!): ProductVariantsBulkUpdatePayload
    webhookSubscriptionCreate(topic: WebhookSubscriptionTopic!,
      webhookSubscription: WebhookSubscriptionInput!): WebhookSubscriptionCreatePayload
    webhookSubscriptionDelete(id: ID!): WebhookSubscriptionDeletePayload
  }

  interface Node { id: ID! }
  type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }
  type Shop { currencyCode: CurrencyCode! id: ID! myshopifyDomain: String! name: String! }
  type AppInstallation implements Node { accessScopes: [AccessScope!]! id: ID! }
  type AccessScope { description: String! handle: String! }
  type ApiVersion { displayName: String! handle: String! supported: Boolean! }
  type Job { done: Boolean! id: ID! }
  type UserError { field: [String!] message: String! }
  type MoneyV2 { amount: Decimal! currencyCode: CurrencyCode! }
  type MoneyBag { presentmentMoney: MoneyV2! shopMoney: MoneyV2! }
  enum OrderSortKeys { CREATED_AT ID PROCESSED_AT UPDATED_AT }
  enum ProductSortKeys { CREATED_AT ID TITLE UPDATED_AT }

  enum OrderDisplayFinancialStatus {
    AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED VOIDED
  }

  enum OrderCancelReason { CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF }
  type OrderConnection { edges: [OrderEdge!]! nodes: [Order!]! pageInfo: PageInfo! }
  type OrderEdge { cursor: String! node: Order! }

  type Order implements Node {
    billingAddress: MailingAddress
    cancelReason: OrderCancelReason
    cancelledAt: DateTime
    createdAt: DateTime!
    currencyCode: CurrencyCode!
    currentTotalPriceSet: MoneyBag!
    currentTotalTaxSet: MoneyBag!
    customer: Customer
    displayFinancialStatus: OrderDisplayFinancialStatus
    email: String
    fulfillmentOrders(after: String, before: String, first: Int, last: Int): FulfillmentOrderConnection!
    fulfillments(first: Int): [Fulfillment!]!
    id: ID!
    legacyResourceId: UnsignedInt64!
    lineItems(after: String, before: String, first: Int, last: Int): LineItemConnection!
    name: String!
    note: String
    phone: String
    presentmentCurrencyCode: CurrencyCode!
    processedAt: DateTime!
    refunds(first: Int): [Refund!]!
    shippingAddress: MailingAddress
    shippingLines(after: String, before: String, first: Int, last: Int): ShippingLineConnection!
    tags: [String!]!
    taxesIncluded: Boolean!
    test: Boolean!
    transactions(first: Int): [OrderTransaction!]!
    totalPriceSet: MoneyBag!
    totalRefundedSet: MoneyBag!
    totalTaxSet: MoneyBag
    updatedAt: DateTime!
  }

  type Customer implements Node {
    defaultEmailAddress: CustomerEmailAddress
    defaultPhoneNumber: CustomerPhoneNumber
    firstName: String
    id: ID!
    lastName: String
    legacyResourceId: UnsignedInt64!
  }

  type CustomerEmailAddress { emailAddress: String! marketingState: CustomerEmailAddressMarketingState! }
  enum CustomerEmailAddressMarketingState { INVALID NOT_SUBSCRIBED PENDING SUBSCRIBED UNSUBSCRIBED }
  type CustomerPhoneNumber { phoneNumber: String! }

  type MailingAddress {
    address1: String
    address2: String
    city: String
    company: String
    countryCodeV2: CountryCode
    name: String
    phone: String
    provinceCode: String
    zip: String
  }

  type LineItemConnection { edges: [LineItemEdge!]! nodes: [LineItem!]! pageInfo: PageInfo! }
  type LineItemEdge { cursor: String! node: LineItem! }

  type LineItem implements Node {
    currentQuantity: Int!
    discountAllocations: [DiscountAllocation!]!
    id: ID!
    isGiftCard: Boolean!
    name: String!
    originalUnitPriceSet: MoneyBag!
    quantity: Int!
    requiresShipping: Boolean!
    sku: String
    taxLines(first: Int): [TaxLine!]!
    title: String!
    unfulfilledQuantity: Int!
  }

  type DiscountAllocation { allocatedAmountSet: MoneyBag! }
  type TaxLine { priceSet: MoneyBag! rate: Float title: String! }
  type ShippingLineConnection { edges: [ShippingLineEdge!]! nodes: [ShippingLine!]! pageInfo: PageInfo! }
  type ShippingLineEdge { cursor: String! node: ShippingLine! }

  type ShippingLine {
    code: String
    discountAllocations: [DiscountAllocation!]!
    id: ID
    originalPriceSet: MoneyBag!
    taxLines: [TaxLine!]!
    title: String!
  }

  type Refund implements Node {
    createdAt: DateTime
    id: ID!
    note: String
    refundLineItems(after: String, before: String, first: Int, last: Int): RefundLineItemConnection!
    totalRefundedSet: MoneyBag!
  }

  type RefundLineItemConnection { edges: [RefundLineItemEdge!]! nodes: [RefundLineItem!]! pageInfo: PageInfo! }
  type RefundLineItemEdge { cursor: String! node: RefundLineItem! }

  type RefundLineItem {
    lineItem: LineItem!
    location: Location
    quantity: Int!
    restockType: RefundLineItemRestockType!
    subtotalSet: MoneyBag!
    totalTaxSet: MoneyBag!
  }

  enum RefundLineItemRestockType { CANCEL LEGACY_RESTOCK NO_RESTOCK RETURN }
  enum FulfillmentStatus { CANCELLED ERROR FAILURE OPEN PENDING SUCCESS }

  type Fulfillment implements Node {
    createdAt: DateTime!
    fulfillmentLineItems(after: String, before: String, first: Int, last: Int): FulfillmentLineItemConnection!
    id: ID!
    legacyResourceId: UnsignedInt64!
    name: String!
    status: FulfillmentStatus!
    totalQuantity: Int!
    trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
    updatedAt: DateTime!
  }

  type FulfillmentTrackingInfo { company: String number: String url: URL }

  type FulfillmentLineItemConnection {
    edges: [FulfillmentLineItemEdge!]!
    nodes: [FulfillmentLineItem!]!
    pageInfo: PageInfo!
  }

  type FulfillmentLineItemEdge { cursor: String! node: FulfillmentLineItem! }
  type FulfillmentLineItem implements Node { id: ID! lineItem: LineItem! quantity: Int }
  enum FulfillmentOrderStatus { CANCELLED CLOSED INCOMPLETE IN_PROGRESS ON_HOLD OPEN SCHEDULED }

  type FulfillmentOrderConnection {
    edges: [FulfillmentOrderEdge!]!
    nodes: [FulfillmentOrder!]!
    pageInfo: PageInfo!
  }

  type FulfillmentOrderEdge { cursor: String! node: FulfillmentOrder! }

  type FulfillmentOrder implements Node {
    assignedLocation: FulfillmentOrderAssignedLocation!
    id: ID!
    lineItems(after: String, before: String, first: Int, last: Int): FulfillmentOrderLineItemConnection!
    status: FulfillmentOrderStatus!
  }

  type FulfillmentOrderAssignedLocation { location: Location name: String! }

  type FulfillmentOrderLineItemConnection {
    edges: [FulfillmentOrderLineItemEdge!]!
    nodes: [FulfillmentOrderLineItem!]!
    pageInfo: PageInfo!
  }

  type FulfillmentOrderLineItemEdge { cursor: String! node: FulfillmentOrderLineItem! }

  type FulfillmentOrderLineItem implements Node {
    id: ID!
    lineItem: LineItem!
    remainingQuantity: Int!
    totalQuantity: Int!
  }

  input FulfillmentInput {
    lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]!
    notifyCustomer: Boolean = false
    trackingInfo: FulfillmentTrackingInput
  }

  input FulfillmentOrderLineItemsInput {
    fulfillmentOrderId: ID!
    fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]
  }

  input FulfillmentOrderLineItemInput { id: ID! quantity: Int! }
  input FulfillmentTrackingInput { company: String number: String numbers: [String!] url: URL urls: [URL!] }
  type FulfillmentCreatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }
  type OrderCancelPayload { job: Job orderCancelUserErrors: [OrderCancelUserError!]! userErrors: [UserError!]! }
  type OrderCancelUserError { code: OrderCancelUserErrorCode field: [String!] message: String! }
  enum OrderCancelUserErrorCode { INTERNAL_ERROR INVALID NOT_FOUND }
  type LocationConnection { edges: [LocationEdge!]! nodes: [Location!]! pageInfo: PageInfo! }
  type LocationEdge { cursor: String! node: Location! }
  type Location implements Node {
    id: ID!
    inventoryLevels(after: String, before: String, first: Int, last: Int): InventoryLevelConnection!
    isActive: Boolean!
    legacyResourceId: UnsignedInt64!
    name: String!
  }
  type ProductConnection { edges: [ProductEdge!]! nodes: [Product!]! pageInfo: PageInfo! }
  type ProductEdge { cursor: String! node: Product! }

  type Product implements Node {
    id: ID!
    hasOnlyDefaultVariant: Boolean!
    legacyResourceId: UnsignedInt64!
    status: ProductStatus!
    title: String!
    updatedAt: DateTime!
    variants(after: String, before: String, first: Int, last: Int): ProductVariantConnection!
  }

  type ProductVariantConnection { edges: [ProductVariantEdge!]! nodes: [ProductVariant!]! pageInfo: PageInfo! }
  type ProductVariantEdge { cursor: String! node: ProductVariant! }

  ${PAYMENTS_SDL}
  ${REFUND_SDL}
${LISTING_SDL}

  type ProductVariant implements Node {
    barcode: String
    id: ID!
    inventoryItem: InventoryItem!
    inventoryQuantity: Int
    legacyResourceId: UnsignedInt64!
    metafields(after: String, before: String, first: Int, last: Int, namespace: String): MetafieldConnection!
    price: Money!
    product: Product!
    sku: String
    taxable: Boolean!
    title: String!
    updatedAt: DateTime!
  }

  type InventoryItem implements Node {
    id: ID!
    inventoryLevel(locationId: ID!): InventoryLevel
    inventoryLevels(after: String, before: String, first: Int, last: Int): InventoryLevelConnection!
    legacyResourceId: UnsignedInt64!
    sku: String
    tracked: Boolean!
    updatedAt: DateTime!
  }

  type InventoryLevelConnection { edges: [InventoryLevelEdge!]! nodes: [InventoryLevel!]! pageInfo: PageInfo! }
  type InventoryLevelEdge { cursor: String! node: InventoryLevel! }

  type InventoryLevel implements Node {
    id: ID!
    item: InventoryItem!
    location: Location!
    createdAt: DateTime!
    updatedAt: DateTime!
    quantities(names: [String!]!): [InventoryQuantity!]!
  }

  type InventoryQuantity { name: String! quantity: Int! updatedAt: DateTime }

  input InventorySetQuantitiesInput {
    name: String!
    quantities: [InventoryQuantityInput!]!
    reason: String!
    referenceDocumentUri: String
  }

  input InventoryQuantityInput { changeFromQuantity: Int inventoryItemId: ID! locationId: ID! quantity: Int! }

  type InventorySetQuantitiesPayload {
    inventoryAdjustmentGroup: InventoryAdjustmentGroup
    userErrors: [InventorySetQuantitiesUserError!]!
  }

  type InventoryAdjustmentGroup implements Node {
    createdAt: DateTime!
    id: ID!
    reason: String!
    referenceDocumentUri: String
  }

  type InventorySetQuantitiesUserError {
    code: InventorySetQuantitiesUserErrorCode
    field: [String!]
    message: String!
  }

  enum InventorySetQuantitiesUserErrorCode {
    CHANGE_FROM_QUANTITY_STALE COMPARE_QUANTITY_REQUIRED IDEMPOTENCY_CONCURRENT_REQUEST
    IDEMPOTENCY_KEY_PARAMETER_MISMATCH IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED INVALID_INVENTORY_ITEM
    INVALID_LOCATION INVALID_NAME INVALID_QUANTITY_TOO_HIGH INVALID_QUANTITY_TOO_LOW INVALID_REASON
    INVALID_REFERENCE_DOCUMENT
  }

  type WebhookSubscriptionConnection {
    edges: [WebhookSubscriptionEdge!]!
    nodes: [WebhookSubscription!]!
    pageInfo: PageInfo!
  }

  type WebhookSubscriptionEdge { cursor: String! node: WebhookSubscription! }

  type WebhookSubscription implements Node {
    createdAt: DateTime!
    id: ID!
    legacyResourceId: UnsignedInt64!
    topic: WebhookSubscriptionTopic!
    updatedAt: DateTime!
    uri: String!
  }

  input WebhookSubscriptionInput { callbackUrl: URL uri: String }
  type WebhookSubscriptionCreatePayload { userErrors: [UserError!]! webhookSubscription: WebhookSubscription }
  type WebhookSubscriptionDeletePayload { deletedWebhookSubscriptionId: ID userErrors: [UserError!]! }

  enum WebhookSubscriptionTopic {
    APP_UNINSTALLED FULFILLMENTS_CREATE FULFILLMENTS_UPDATE INVENTORY_LEVELS_UPDATE ORDERS_CANCELLED
    ORDERS_CREATE ORDERS_EDITED ORDERS_FULFILLED ORDERS_PAID ORDERS_PARTIALLY_FULFILLED ORDERS_UPDATED
    PRODUCTS_CREATE PRODUCTS_DELETE PRODUCTS_UPDATE REFUNDS_CREATE
  }
`
