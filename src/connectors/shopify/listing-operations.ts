/** The documents that read and write what the shop shows of a SKU: prices by variant, the rest by product. */
import { z } from 'zod'
import type { Operation } from './graphql.ts'

const userErrors = z.array(z.object({ message: z.string(), field: z.array(z.string()).nullish() }))

const variant = z.object({
  title: z.string(),
  price: z.string(),
  barcode: z.string().nullable(),
  taxable: z.boolean(),
  metafields: z.object({ nodes: z.array(z.object({ key: z.string(), value: z.string() })) }),
  product: z.object({ id: z.string(), title: z.string(), status: z.string(), hasOnlyDefaultVariant: z.boolean() }),
})
export type ReadVariant = z.infer<typeof variant>

export const readListing: Operation<{ productVariant: ReadVariant | null }> = {
  name: 'ReadListing',
  answer: z.object({ productVariant: variant.nullable() }),
  text: `query ReadListing($id: ID!, $namespace: String!) {
    productVariant(id: $id) {
      title price barcode taxable
      metafields(first: 50, namespace: $namespace) { nodes { key value } }
      product { id title status hasOnlyDefaultVariant }
    }
  }`,
}

export const updateVariant = {
  name: 'UpdateVariant',
  answer: z.object({ productVariantsBulkUpdate: z.object({ userErrors }) }),
  text: `mutation UpdateVariant($product: ID!, $variants: [ProductVariantsBulkInput!]!, $media: [CreateMediaInput!]) {
    productVariantsBulkUpdate(productId: $product, variants: $variants, media: $media) { userErrors { field message } }
  }`,
}

export const updateProduct = {
  name: 'UpdateProduct',
  answer: z.object({ productUpdate: z.object({ userErrors }) }),
  text: `mutation UpdateProduct($product: ProductUpdateInput!) {
    productUpdate(product: $product) { userErrors { field message } }
  }`,
}
