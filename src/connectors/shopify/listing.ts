/**
 * What the shop shows of a SKU, made so. It is read first and only what differs is written: prices, barcodes, tax and
 * attributes (metafields) stand at the variant and go in one all-or-nothing call; title and status stand at the product
 * and are written only where the product is this one SKU.
 */
import type { ShownListing } from '#canon/product.ts'
import { parseMoney } from '#canon/money.ts'
import type { Answer, Ask } from '#core/intents.ts'
import type { GraphQl } from './graphql.ts'
import { gid } from './ids.ts'
import { readListing, type ReadVariant, updateProduct, updateVariant } from './listing-operations.ts'
import { rejected } from './outbound.ts'
import { titleOf } from './products.ts'
import { quotable } from './wire.ts'

/** Attributes are metafields of the variant under this namespace. */
export const NAMESPACE = 'crossdock'
/** The digest of the image the hub put there: media cannot say where they came from. */
const IMAGE_KEY = 'image_digest'
const TAXED: Readonly<Record<string, boolean>> = { taxable: true, exempt: false }

type Ensure = Answer<'listing.ensure'>
type Unable = { field: string; reason: string }

export async function listingEnsure(graphql: GraphQl, ask: Ask<'listing.ensure'>): Promise<Ensure> {
  const before = await read(graphql, ask.variantId)
  if (!before) return { outcome: 'gone' }
  const unable = unableOf(ask.fields, before)
  const open = differing(ask.fields, before, unable)
  const variant = variantInput(ask, open)
  if (variant) {
    const { input, media } = variant
    const variables = { product: before.product.id, variants: [input], ...(media && { media }) }
    refuse((await graphql.call(updateVariant, variables)).productVariantsBulkUpdate.userErrors, ask.sku)
  }
  const { title, status } = open
  if (title !== undefined || status !== undefined) {
    const product = {
      id: before.product.id,
      ...(title !== undefined && { title }),
      ...(status && { status: STATUS[status] }),
    }
    refuse((await graphql.call(updateProduct, { product })).productUpdate.userErrors, ask.sku)
  }
  const written = Object.keys(open)
  const after = written.length === 0 ? before : await read(graphql, ask.variantId)
  return after ? { outcome: 'shown', shown: shownOf(after), written, unable } : { outcome: 'gone' }
}

export async function listingWithdraw(
  graphql: GraphQl,
  ask: Ask<'listing.withdraw'>,
): Promise<Answer<'listing.withdraw'>> {
  const found = await read(graphql, ask.variantId)
  if (!found) return { outcome: 'gone' }
  const { id, hasOnlyDefaultVariant, status } = found.product
  if (!hasOnlyDefaultVariant) return { outcome: 'shared' }
  if (status === 'ACTIVE')
    refuse(
      (await graphql.call(updateProduct, { product: { id, status: STATUS.hidden } })).productUpdate.userErrors,
      ask.sku,
    )
  return { outcome: 'hidden' }
}

const STATUS = { active: 'ACTIVE', hidden: 'DRAFT' } as const

const read = async (graphql: GraphQl, variantId: string): Promise<ReadVariant | null> => {
  const variables = { id: gid('ProductVariant', variantId), namespace: NAMESPACE }
  return (await graphql.call(readListing, variables)).productVariant
}

function shownOf({ title, price, barcode, taxable, metafields, product }: ReadVariant): ShownListing {
  const image = metafields.nodes.find(({ key }) => key === IMAGE_KEY)?.value
  return {
    title: titleOf(product.title, title),
    price,
    barcode: barcode ?? '',
    taxClass: taxable ? 'taxable' : 'exempt',
    status: product.status === 'ACTIVE' ? 'active' : 'hidden',
    images: image === undefined ? [] : [image],
    attributes: Object.fromEntries(
      metafields.nodes.flatMap(({ key, value }) => (key === IMAGE_KEY ? [] : [[key, value]])),
    ),
  }
}

function unableOf(fields: ShownListing, { product }: ReadVariant): Unable[] {
  const unable: Unable[] = []
  if (fields.title !== undefined && !product.hasOnlyDefaultVariant)
    unable.push({ field: 'title', reason: 'The product has several variants, which share its title.' })
  if (fields.taxClass !== undefined && !Object.hasOwn(TAXED, fields.taxClass))
    unable.push({ field: 'taxClass', reason: 'Shopify knows taxable and exempt.' })
  return unable
}

/** What is asked for and not so yet. */
function differing(fields: ShownListing, before: ReadVariant, unable: readonly Unable[]): ShownListing {
  const shown = shownOf(before)
  const isSo = (field: string, value: unknown): boolean =>
    field === 'price'
      ? amountOf(value as string) === amountOf(shown.price!)
      : JSON.stringify(value) === JSON.stringify(shown[field as keyof ShownListing])
  const simple = Object.entries(fields).filter(
    ([field, value]) =>
      field !== 'attributes' &&
      value !== undefined &&
      !isSo(field, value) &&
      !unable.some((one) => one.field === field),
  )
  const attributes = Object.entries(fields.attributes ?? {}).filter(([key, value]) => shown.attributes![key] !== value)
  return {
    ...Object.fromEntries(simple),
    ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes) }),
  }
}

/** Compared without the zeros at the end; no currency has more digits than this one. */
const amountOf = (text: string): number | null => parseMoney(text, 'CLF')?.amount ?? null

function variantInput({ variantId, imageUrls = {} }: Ask<'listing.ensure'>, open: ShownListing) {
  const { price, barcode, taxClass, images, attributes } = open
  const [hash] = images ?? []
  const url = hash === undefined ? undefined : imageUrls[hash]
  const metafields = Object.entries({ ...attributes, ...(url !== undefined && { [IMAGE_KEY]: hash! }) }).map(
    ([key, value]) => ({ namespace: NAMESPACE, key, type: 'single_line_text_field', value }),
  )
  const changes = {
    ...(price !== undefined && { price }),
    ...(barcode !== undefined && { barcode }),
    ...(taxClass !== undefined && { taxable: TAXED[taxClass] }),
    ...(url !== undefined && { mediaSrc: [url] }),
    ...(metafields.length > 0 && { metafields }),
  }
  if (Object.keys(changes).length === 0) return null
  const media = url === undefined ? undefined : [{ originalSource: url, mediaContentType: 'IMAGE' }]
  return { input: { id: gid('ProductVariant', variantId), ...changes }, media }
}

function refuse(errors: readonly { message: string }[], sku: string): void {
  const [error] = errors
  if (error) throw rejected('listing_refused', `Shopify refused to show ${sku} so: ${quotable(error.message)}`)
}
