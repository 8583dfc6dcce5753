/** The part of the schema by which products are shown and changed. */

export const LISTING_SDL = /* GraphQL */ `
  enum ProductStatus {
    ACTIVE
    ARCHIVED
    DRAFT
    UNLISTED
  }
  enum MediaContentType {
    EXTERNAL_VIDEO
    IMAGE
    MODEL_3D
    VIDEO
  }
  input CreateMediaInput {
    alt: String
    mediaContentType: MediaContentType!
    originalSource: String!
  }
  input MetafieldInput {
    id: ID
    key: String
    namespace: String
    type: String
    value: String
  }
  input ProductUpdateInput {
    id: ID
    status: ProductStatus
    title: String
  }

  input ProductVariantsBulkInput {
    barcode: String
    id: ID
    mediaSrc: [String!]
    metafields: [MetafieldInput!]
    price: Money
    taxable: Boolean
  }

  type ProductUpdatePayload {
    product: Product
    userErrors: [UserError!]!
  }
  type ProductVariantsBulkUpdatePayload {
    product: Product
    userErrors: [ProductVariantsBulkUpdateUserError!]!
  }
  type ProductVariantsBulkUpdateUserError {
    field: [String!]
    message: String!
  }

  type MetafieldConnection {
    edges: [MetafieldEdge!]!
    nodes: [Metafield!]!
    pageInfo: PageInfo!
  }
  type MetafieldEdge {
    cursor: String!
    node: Metafield!
  }
  type Metafield {
    key: String!
    namespace: String!
    type: String!
    value: String!
  }
`
