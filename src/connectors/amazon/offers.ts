/**
 * What an offer shows, made so. A patch is accepted now and effective some time later, or never: so it is looked for,
 * and what Amazon found wrong meanwhile is told. Many new prices at once go as one feed, whose rate is not theirs.
 */
import { formatMoney, parseMoney, parseRounded } from '#canon/money.ts'
import type { ShownListing } from '#canon/product.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault, toFault } from '../../fault.ts'
import type { Outcome, Sent } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { sendFeed } from './feeds.ts'
import { PRICES_ONE_BY_ONE } from './limits.ts'
import { invalid, type SellerOptions, submission } from './listings.ts'

export interface OfferOptions extends SellerOptions {
  currency: string
}

type Row = Record<string, unknown>
interface Patch {
  op: 'replace' | 'merge'
  path: string
  value: Row[]
}

const row = z.looseObject({ marketplace_id: z.string().optional() })
const shownItem = z.object({
  summaries: z.array(z.object({ marketplaceId: z.string(), productType: z.string() })).nullish(),
  attributes: z.record(z.string(), z.array(row).catch([])).nullish(),
  issues: z
    .array(
      z.object({
        code: z.string(),
        message: z.string(),
        severity: z.string(),
        attributeNames: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
})

interface Offer {
  productType: string
  attributes: Readonly<Record<string, Row[]>>
  issues: { code: string; message: string; severity: string; attributeNames?: string[] | null | undefined }[]
}

async function readOffer(client: Client, sku: string, options: SellerOptions): Promise<Offer | null> {
  const { sellerId, marketplaceId } = options
  try {
    const { data } = await client.call('getListingsItem', shownItem, {
      path: { sellerId, sku },
      query: { marketplaceIds: marketplaceId, includedData: 'summaries,attributes,issues' },
    })
    const summary = data.summaries?.find((one) => one.marketplaceId === marketplaceId)
    // Amazon takes a change of the offer alone under its general type.
    return {
      productType: summary?.productType ?? 'PRODUCT',
      attributes: data.attributes ?? {},
      issues: data.issues ?? [],
    }
  } catch (error) {
    if (toFault(error).code === 'amazon.not_found') return null
    throw error
  }
}

/** Where each field stands. Which product it is belongs to Amazon's catalogue. */
const ATTRIBUTES = { title: 'item_name', taxClass: 'product_tax_code', images: 'main_product_image_locator' } as const
const OFFER = 'purchasable_offer'

const own = (rows: readonly Row[] | undefined, { marketplaceId }: SellerOptions): Row | undefined =>
  rows?.find((one) => (one['marketplace_id'] ?? marketplaceId) === marketplaceId)

/** The offer to everybody: companies may have one of their own. */
const isPublic = (one: Row): boolean => (one['audience'] ?? 'ALL') === 'ALL'
const publicOffer = ({ attributes }: Offer, options: SellerOptions): Row | undefined =>
  own(attributes[OFFER]?.filter(isPublic), options)

const publicPrice = z.object({
  our_price: z.tuple([z.object({ schedule: z.tuple([z.object({ value_with_tax: z.number() })]) })]),
})
const ends = z.object({ end_at: z.object({ value: z.string() }) })

function shownOf(offer: Offer, { fields, imageUrls = {} }: Ask<'listing.ensure'>, options: OfferOptions): ShownListing {
  const text = (name: string): string | undefined => {
    const value = own(offer.attributes[name], options)?.['value']
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
  const [title, taxClass] = [text(ATTRIBUTES.title), text(ATTRIBUTES.taxClass)]
  const buyable = publicOffer(offer, options)
  const amount = publicPrice.safeParse(buyable).data?.our_price[0].schedule[0].value_with_tax
  const price = amount === undefined ? null : parseRounded(String(amount), options.currency)
  const endAt = Date.parse(ends.safeParse(buyable).data?.end_at.value ?? '')
  const image = own(offer.attributes[ATTRIBUTES.images], options)?.['media_location']
  const known = Object.keys(fields.attributes ?? {}).flatMap((name): [string, string][] => {
    const value = text(name)
    return value === undefined ? [] : [[name, value]]
  })
  return {
    ...(title !== undefined && { title }),
    ...(price && { price: formatMoney(price) }),
    ...(taxClass !== undefined && { taxClass }),
    ...(buyable && { status: endAt <= options.nowMs() ? 'hidden' : 'active' }),
    images: Object.entries(imageUrls).flatMap(([hash, url]) => (url === image ? [hash] : [])),
    ...(known.length > 0 && { attributes: Object.fromEntries(known) }),
  } // prettier-ignore
}

export async function listingEnsure(
  client: Client,
  ask: Ask<'listing.ensure'>,
  options: OfferOptions,
): Promise<Answer<'listing.ensure'>> {
  const offer = await readOffer(client, ask.variantId, options)
  if (!offer) return { outcome: 'gone' }
  const shown = shownOf(offer, ask, options)
  const unable =
    ask.fields.barcode === undefined ? [] : [{ field: 'barcode', reason: 'Amazon knows the product by it.' }]
  const patches = patchesOf(ask, offer, ask.over ? unlike(ask.fields) : shown, options)
  if (patches.length === 0) return { outcome: 'shown', shown, written: [], unable }
  if (ask.looks) complain(ask.sku, offer, patches)
  const reference = await patch(client, ask, offer.productType, patches, options)
  return { outcome: 'accepted', unable, reference }
}

/** What is asked for is written whatever is shown: a change that was accepted before may come yet. */
const unlike = ({ status }: ShownListing): ShownListing =>
  status ? { status: status === 'active' ? 'hidden' : 'active' } : {}

const samePrice = (a: string, b: string | undefined): boolean =>
  b !== undefined && parseMoney(a, 'CLF')?.amount === parseMoney(b, 'CLF')?.amount

/** What is asked for and not so. */
function patchesOf(
  { sku, fields, imageUrls = {} }: Ask<'listing.ensure'>,
  offer: Offer,
  shown: ShownListing,
  options: OfferOptions,
): Patch[] {
  const { title, price, taxClass, status, images, attributes = {} } = fields
  const patches: Patch[] = []
  const valued = (name: string, value: string | undefined, before: string | undefined) => {
    if (value !== undefined && value !== before) patches.push(replaced(name, { value }, offer, options))
  }
  valued(ATTRIBUTES.title, title, shown.title)
  valued(ATTRIBUTES.taxClass, taxClass, shown.taxClass)
  for (const [name, value] of Object.entries(attributes)) valued(name, value, shown.attributes?.[name])
  const [hash] = images ?? []
  const url = hash === undefined ? undefined : imageUrls[hash]
  if (url !== undefined && !shown.images?.includes(hash!))
    patches.push(replaced(ATTRIBUTES.images, { media_location: url }, offer, options))
  if (price !== undefined && !samePrice(price, shown.price)) patches.push(priced(sku, price, options))
  if (status !== undefined && shown.status !== undefined && status !== shown.status)
    patches.push(
      status === 'hidden'
        ? ended(options)
        : { op: 'replace', path: `/attributes/${OFFER}`, value: reopened(offer, options) },
    )
  return patches
}

/** The value of this store; what else stands there (its language, other stores) stays. */
function replaced(name: string, change: Row, { attributes }: Offer, options: SellerOptions): Patch {
  const rows = attributes[name] ?? []
  const before = own(rows, options)
  const now = { ...before, ...change, marketplace_id: options.marketplaceId }
  return { op: 'replace', path: `/attributes/${name}`, value: [now, ...rows.filter((one) => one !== before)] }
}

/** Merged into what is there: a price says nothing about when and to whom is sold. */
function priced(sku: string, price: string, options: OfferOptions): Patch {
  const money = parseMoney(price, options.currency)
  if (!money)
    throw new Fault('rejected', `${price} is no price in ${options.currency} for ${sku}. Look at the price list.`, {
      code: 'amazon.refused',
    })
  return merged({ our_price: [{ schedule: [{ value_with_tax: Number(formatMoney(money)) }] }] }, options)
}

/** An offer that has ended is for sale no more, and keeps everything else. */
const ended = (options: OfferOptions): Patch =>
  merged({ end_at: { value: new Date(options.nowMs()).toISOString() } }, options)

const merged = (change: Row, { marketplaceId, currency }: OfferOptions): Patch => ({
  op: 'merge',
  path: `/attributes/${OFFER}`,
  value: [{ marketplace_id: marketplaceId, currency, audience: 'ALL', ...change }],
})

const reopened = (offer: Offer, options: SellerOptions): Row[] => {
  const before = publicOffer(offer, options)
  return (offer.attributes[OFFER] ?? []).map((one) => {
    const { end_at: _, ...open } = one
    return one === before ? open : one
  })
}

/** It was accepted before and is not so: what Amazon found wrong about it is the reason. */
function complain(sku: string, { issues }: Offer, patches: readonly Patch[]): void {
  const names = patches.map(({ path }) => path.slice('/attributes/'.length))
  const about = issues.filter(({ attributeNames }) => attributeNames?.some((one) => names.includes(one.split('.')[0]!)))
  if (about.some(({ severity }) => severity === 'ERROR')) throw invalid(sku, about)
}

async function patch(
  client: Client,
  { variantId, sku }: { variantId: string; sku: string },
  productType: string,
  patches: readonly Patch[],
  options: OfferOptions,
): Promise<string> {
  const { data } = await client.call('patchListingsItem', submission, {
    path: { sellerId: options.sellerId, sku: variantId },
    query: { marketplaceIds: options.marketplaceId, includedData: 'issues' },
    body: { productType, patches },
  })
  if (data.status === 'INVALID') throw invalid(sku, data.issues ?? [])
  return data.submissionId
}

/** A few are patched; many go as a feed, once. What has to be looked for goes alone: its refusal is then its own. */
export async function priceEnsure(
  client: Client,
  sent: readonly Sent<'price.ensure'>[],
  options: OfferOptions,
): Promise<Outcome<'price.ensure'>[]> {
  const fresh = sent.filter(({ ask }) => !ask.looks)
  const bulk = fresh.length > PRICES_ONE_BY_ONE ? new Set(fresh) : new Set<Sent<'price.ensure'>>()
  const together = bulk.size > 0 ? await sendPrices(client, fresh, options) : null
  const outcomes: Outcome<'price.ensure'>[] = []
  let pause: Fault | null = null
  for (const one of sent) {
    if (together && bulk.has(one)) outcomes.push(together.get(one)!)
    // Once the rate is used up nobody behind is any luckier.
    else if (pause) outcomes.push({ fault: pause })
    else
      outcomes.push(
        await listingEnsure(client, one.ask, options).then(
          (answer) => ({ answer }),
          (error: unknown) => {
            const fault = toFault(error)
            if (fault.kind === 'throttled') pause = fault
            return { fault }
          },
        ),
      )
  }
  return outcomes
}

type Prices = Map<Sent<'price.ensure'>, Outcome<'price.ensure'>>

async function sendPrices(
  client: Client,
  sent: readonly Sent<'price.ensure'>[],
  options: OfferOptions,
): Promise<Prices> {
  const done: Prices = new Map()
  const messages: { sent: Sent<'price.ensure'>; sku: string; patches: Patch[] }[] = []
  for (const one of sent) {
    try {
      messages.push({
        sent: one,
        sku: one.ask.variantId,
        patches: [priced(one.ask.sku, one.ask.fields.price ?? '', options)],
      })
    } catch (error) {
      done.set(one, { fault: toFault(error) })
    }
  }
  const reference = await sendFeed(client, messages, options)
  for (const { sent: one } of messages) done.set(one, { answer: { outcome: 'accepted', unable: [], reference } })
  return done
}

/** The offer ends: nothing is deleted, and it can be taken up again. */
export async function listingWithdraw(
  client: Client,
  ask: Ask<'listing.withdraw'>,
  options: OfferOptions,
): Promise<Answer<'listing.withdraw'>> {
  const offer = await readOffer(client, ask.variantId, options)
  if (!offer) return { outcome: 'gone' }
  const { status } = shownOf(offer, { ...ask, fields: {} }, options)
  if (status !== 'active' && !ask.over) return { outcome: 'hidden' }
  const patches = [ended(options)]
  if (ask.looks) complain(ask.sku, offer, patches)
  await patch(client, ask, offer.productType, patches, options)
  return { outcome: 'accepted' }
}
