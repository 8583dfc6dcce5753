/**
 * What the shop shows of a SKU, made so. All that is asked at once is read in one call for each collection and written
 * in another; only what differs is written, and every item of a batch has its own error inside the 200. A price is the
 * regular price: a sale that staff set up goes on.
 */
import { parseMoney } from '#canon/money.ts'
import type { ShownListing } from '#canon/product.ts'
import type { Json } from '#canon/json.ts'
import type { Answer, Ask, IntentType } from '#core/intents.ts'
import { z } from 'zod'
import type { Fault } from '../../fault.ts'
import type { Outcome, Sent } from '../kit/connector.ts'
import { refusalFault, refusalIn } from './faults.ts'
import type { Client } from './http.ts'
import { PER_PAGE_MAX } from './limits.ts'
import { shownBody, shownIn } from './shown.ts'
import { maybeText, shaped } from './shape.ts'

/** Attributes are meta data under this prefix. */
export const PREFIX = 'crossdock_'
/** The digest of the image the hub put there: an image of the shop does not say where it came from. */
const IMAGE_KEY = 'crossdock_image_digest'

const item = z.object({
  ...shownBody,
  id: z.int(),
  images: z.array(z.looseObject({ id: z.int() })).nullish(),
  meta_data: z.array(z.object({ key: z.string(), value: z.unknown() })).nullish(),
  error: z.unknown().optional(),
  name: maybeText,
})
type Item = z.infer<typeof item>

type Asked = Pick<Ask<'listing.ensure'>, 'sku' | 'productId' | 'variantId'>
type Change = { [member: string]: Json }

/** What is to be written to the item, if anything, and what is answered once it is. */
interface Plan<A> {
  change: Change | null
  answer(now: Item): A
}

export const listingEnsure = <T extends 'listing.ensure' | 'price.ensure'>(
  client: Client,
  intents: readonly Sent<T>[],
): Promise<Outcome<T>[]> => inBatches<T>(client, intents, { outcome: 'gone' }, planEnsure)

export const listingWithdraw = (
  client: Client,
  intents: readonly Sent<'listing.withdraw'>[],
): Promise<Outcome<'listing.withdraw'>[]> =>
  inBatches(client, intents, { outcome: 'gone' }, (ask, now) => ({
    change: now.status === 'publish' ? { status: hiddenAs(ask) } : null,
    answer: (): Answer<'listing.withdraw'> => ({ outcome: 'hidden' }),
  }))

const isVariation = ({ productId, variantId }: Asked): boolean => productId !== variantId
/** A variation is switched off by being private; a draft is not for sale either, and is no page. */
const hiddenAs = (ask: Asked): string => (isVariation(ask) ? 'private' : 'draft')

async function inBatches<T extends IntentType>(
  client: Client,
  intents: readonly (Sent<T> & { ask: Asked })[],
  gone: Answer<T>,
  planOf: (ask: Ask<T> & Asked, now: Item) => Plan<Answer<T>>,
): Promise<Outcome<T>[]> {
  const outcomes = new Map<unknown, Outcome<T>>()
  let left = [...intents]
  while (left.length > 0) {
    // Two intents for one item never share a call: the second is for what the first has left.
    const path = pathOf(left[0]!.ask)
    const taken = new Map<string, (typeof left)[number]>()
    for (const one of left)
      if (pathOf(one.ask) === path && taken.size < PER_PAGE_MAX && !taken.has(one.ask.variantId))
        taken.set(one.ask.variantId, one)
    const group = [...taken.values()]
    left = left.filter((one) => !group.includes(one))
    const done = await batch(client, path, group, gone, planOf as never)
    for (const [index, outcome] of done.entries()) outcomes.set(group[index], outcome as Outcome<T>)
  }
  return intents.map((one) => outcomes.get(one)!)
}

const pathOf = (ask: Asked): string => (isVariation(ask) ? `/products/${ask.productId}/variations` : '/products')

async function batch<A>(
  client: Client,
  path: string,
  group: readonly { ask: Asked }[],
  gone: A,
  planOf: (ask: Asked, now: Item) => Plan<A>,
): Promise<({ answer: A } | { fault: Fault })[]> {
  const found = await readItems(client, path, group.map(({ ask }) => ask.variantId)) // prettier-ignore
  const plans = group.map(({ ask }) => {
    const now = found.get(Number(ask.variantId))
    return now ? { now, ...planOf(ask, now) } : null
  })
  const update = plans.flatMap((plan) => (plan?.change ? [{ id: plan.now.id, ...plan.change }] : []))
  const written = update.length === 0 ? new Map<number, Item>() : await writeItems(client, path, update)
  return group.map(({ ask }, index) => {
    const plan = plans[index]
    if (!plan) return { answer: gone }
    if (!plan.change) return { answer: plan.answer(plan.now) }
    const after = written.get(plan.now.id)
    const refusal = after?.error === undefined ? null : refusalIn(after.error)
    if (refusal) return { fault: refusalFault(refusal, refusal.data?.status ?? 400, `to show ${ask.sku} so`) }
    return { answer: plan.answer(after ?? plan.now) }
  })
}

async function readItems(client: Client, path: string, ids: readonly string[]): Promise<Map<number, Item>> {
  const query = { include: ids.join(','), orderby: 'id', order: 'asc', per_page: PER_PAGE_MAX }
  const { body } = await client.call({ method: 'GET', path, query, what: 'what it shows of products' })
  return new Map(shaped(z.array(item), body, 'products').map((one) => [one.id, one]))
}

async function writeItems(client: Client, path: string, update: Change[]): Promise<Map<number, Item>> {
  const { body } = await client.call({
    method: 'POST',
    path: `${path}/batch`,
    body: { update },
    what: 'to show products so',
  })
  const { update: answers } = shaped(
    z.object({ update: z.array(z.looseObject({ id: z.int(), error: z.unknown().optional() })) }),
    body,
    'batch',
  )
  return new Map(answers.map((one) => [one.id, one.error === undefined ? shaped(item, one, 'batch') : (one as Item)]))
}

function planEnsure(ask: Ask<'listing.ensure'>, now: Item): Plan<Answer<'listing.ensure'>> {
  const before = shownOf(ask, now)
  const unable = unableOf(ask, now)
  const open = Object.entries(ask.fields).filter(
    ([field, value]) =>
      value !== undefined && !isSo(field, value, before) && !unable.some((one) => one.field === field),
  )
  const change = Object.assign({}, ...open.map(([field]) => changeOf(field, ask, now))) as Change
  const meta = metaOf(ask, open.map(([field]) => field)) // prettier-ignore
  if (meta.length > 0) change['meta_data'] = meta
  return {
    change: Object.keys(change).length > 0 ? change : null,
    answer: (after) => ({
      outcome: 'shown',
      shown: shownOf(ask, after),
      written: open.map(([field]) => field),
      unable,
    }),
  }
}

/** All that an item shows, with what the hub wrote beside. The name of a variation is the shop's own composition. */
function shownOf(ask: Asked, now: Item): ShownListing {
  const meta = (now.meta_data ?? []).filter(({ key }) => key.startsWith(PREFIX))
  const image = meta.find(({ key }) => key === IMAGE_KEY)?.value
  const { title: _, ...shown } = shownIn('', now)
  return {
    ...shown,
    ...(isVariation(ask) ? {} : { title: now.name ?? '' }),
    images: typeof image === 'string' ? [image] : [],
    attributes: Object.fromEntries(
      meta.flatMap(({ key, value }) => (key === IMAGE_KEY ? [] : [[key.slice(PREFIX.length), String(value)]])),
    ),
  }
}

function unableOf(ask: Ask<'listing.ensure'>, now: Item): { field: string; reason: string }[] {
  const { title, barcode, price } = ask.fields
  return [
    ...(title !== undefined && isVariation(ask)
      ? [{ field: 'title', reason: 'A variation is named by its product.' }]
      : []),
    ...(barcode !== undefined && now.global_unique_id === undefined
      ? [{ field: 'barcode', reason: 'This version of WooCommerce keeps no barcodes.' }]
      : []),
    ...(price !== undefined && now.type === 'variable'
      ? [{ field: 'price', reason: 'The prices of a variable product are those of its variations.' }]
      : []),
  ]
}

function isSo(field: string, value: unknown, before: ShownListing): boolean {
  if (field === 'price') return amountOf(value as string) === amountOf(before.price ?? '')
  if (field !== 'attributes') return JSON.stringify(value) === JSON.stringify(before[field as keyof ShownListing])
  return Object.entries(value as Record<string, string>).every(([name, one]) => before.attributes?.[name] === one)
}

/** Compared without the zeros at the end; no currency has more digits than this one. */
const amountOf = (text: string): number | null => parseMoney(text, 'CLF')?.amount ?? null

/** One field in the shop's words; attributes are meta data. */
function changeOf(field: string, { fields, imageUrls = {}, ...ask }: Ask<'listing.ensure'>, now: Item): Change {
  const { title, price, barcode, taxClass, status, images } = fields
  if (field === 'title') return { name: title! }
  if (field === 'price') return { regular_price: price! }
  if (field === 'barcode') return { global_unique_id: barcode! }
  if (field === 'taxClass')
    return taxClass === 'none'
      ? { tax_status: 'none' }
      : { tax_status: 'taxable', tax_class: taxClass === 'standard' ? '' : taxClass! }
  if (field === 'status') return { status: status === 'active' ? 'publish' : hiddenAs(ask) }
  const url = field === 'images' ? imageUrls[images?.[0] ?? ''] : undefined
  if (url === undefined) return {}
  // The first one is what customers see; what staff added stays behind it.
  return isVariation(ask)
    ? { image: { src: url } }
    : { images: [{ src: url }, ...(now.images ?? []).map(({ id }) => ({ id }))] }
}

function metaOf({ fields, imageUrls = {} }: Ask<'listing.ensure'>, open: readonly string[]): Json[] {
  const attributes = open.includes('attributes') ? Object.entries(fields.attributes ?? {}) : []
  const [hash] = open.includes('images') ? (fields.images ?? []) : []
  return [
    ...attributes.map(([name, value]) => ({ key: `${PREFIX}${name}`, value })),
    ...(hash !== undefined && imageUrls[hash] !== undefined ? [{ key: IMAGE_KEY, value: hash }] : []),
  ]
}
