/**
 * What an offer shows and what we want it to show. A patch is accepted now and effective some time later; until the
 * offer itself shows the number, nothing is known.
 */
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault, toFault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { quotable } from './wire.ts'

export interface SellerOptions {
  sellerId: string
  marketplaceId: string
  /** Amazon's clock, as far as it is known. */
  nowMs(): number
}

const item = z.object({
  sku: z.string(),
  summaries: z
    .array(
      z.object({
        marketplaceId: z.string(),
        productType: z.string(),
        asin: z.string().nullish(),
        itemName: z.string().nullish(),
      }),
    )
    .nullish(),
  fulfillmentAvailability: z
    .array(z.object({ fulfillmentChannelCode: z.string(), quantity: z.int().min(0).nullish() }))
    .nullish(),
})
export type ListingsItem = z.infer<typeof item>

/** The offer as it is now; null when the seller has none by that SKU. */
export async function readItem(
  client: Client,
  sku: string,
  { sellerId, marketplaceId }: SellerOptions,
  patient = false,
): Promise<{ item: ListingsItem; at: string | null } | null> {
  try {
    const { data, at } = await client.call('getListingsItem', item, {
      patient,
      path: { sellerId, sku },
      query: { marketplaceIds: marketplaceId, includedData: 'summaries,fulfillmentAvailability' },
    })
    return { item: data, at }
  } catch (error) {
    if (toFault(error).code === 'amazon.not_found') return null
    throw error
  }
}

export async function inventoryRead(
  client: Client,
  { sku, inventoryItemId, locationId }: Ask<'inventory.read'>,
  options: SellerOptions,
): Promise<Answer<'inventory.read'>> {
  const found = await readItem(client, inventoryItemId, options)
  if (!found) throw unknownItem(sku)
  const available = shownAt(found.item, locationId)
  if (available === null) throw notOffered(sku, locationId)
  return { available, ...(found.at ? { at: found.at } : {}) }
}

/** Amazon leaves the number out of an offer that has none. */
export function shownAt({ fulfillmentAvailability }: ListingsItem, code: string): number | null {
  const found = fulfillmentAvailability?.find(({ fulfillmentChannelCode }) => fulfillmentChannelCode === code)
  return found ? (found.quantity ?? 0) : null
}

/** What Amazon says of a patch at once. */
export const submission = z.object({
  submissionId: z.string(),
  status: z.enum(['ACCEPTED', 'INVALID', 'VALID']),
  issues: z.array(z.object({ code: z.string(), message: z.string(), severity: z.string() })).nullish(),
})

/** Most product types that are kept. */
const KNOWN_MAX = 200_000

export interface Writer {
  put(sent: Sent<'inventory.put'>): Promise<Answer<'inventory.put'>>
}

/** Remembers the product type of each offer, which every patch must name, and which attempts have written nothing. */
export function openWriter(client: Client, options: SellerOptions): Writer {
  const productTypes = new Map<string, string>()
  /** By intent: the attempt up to which certainly nothing was written. */
  const clean = new Map<string, number>()

  async function productTypeOf(sku: string, itemSku: string): Promise<string> {
    const known = productTypes.get(itemSku)
    if (known) return known
    const found = await readItem(client, itemSku, options)
    if (!found) throw unknownItem(sku)
    const type = found.item.summaries?.find(({ marketplaceId }) => marketplaceId === options.marketplaceId)?.productType
    if (productTypes.size >= KNOWN_MAX) productTypes.clear()
    // Amazon takes a change of the offer alone under its general type.
    productTypes.set(itemSku, type ?? 'PRODUCT')
    return type ?? 'PRODUCT'
  }

  async function patch({ sku, inventoryItemId, locationId, to }: Ask<'inventory.put'>, productType: string) {
    const value = [{ fulfillment_channel_code: locationId, quantity: to }]
    return client
      .call('patchListingsItem', submission, {
        path: { sellerId: options.sellerId, sku: inventoryItemId },
        query: { marketplaceIds: options.marketplaceId, includedData: 'issues' },
        body: { productType, patches: [{ op: 'replace', path: '/attributes/fulfillment_availability', value }] },
      })
      .catch((error: unknown) => {
        if (toFault(error).code === 'amazon.not_found') throw unknownItem(sku)
        throw error
      })
  }

  return {
    async put({ key, attempt, ask }) {
      if (ask.to > 0 && attempt > 1 && clean.get(key) !== attempt - 1) return { outcome: 'unknown' }
      clean.delete(key)
      let patching = false
      try {
        const productType = await productTypeOf(ask.sku, ask.inventoryItemId)
        patching = true
        const { data, at } = await patch(ask, productType)
        if (data.status === 'INVALID') throw invalid(ask.sku, data.issues ?? [])
        return { outcome: 'accepted', at: at ?? new Date(options.nowMs()).toISOString() }
      } catch (error) {
        const { kind } = toFault(error)
        if (clean.size >= KNOWN_MAX) clean.clear()
        if (!patching || kind === 'throttled' || kind === 'unauthorised') clean.set(key, attempt)
        throw error
      }
    },
  }
}

/** What Amazon found wrong about an offer, as it says it. */
export function invalid(sku: string, issues: readonly { code: string; message: string; severity: string }[]): Fault {
  const errors = issues.filter(({ severity }) => severity === 'ERROR')
  const said = quotable(errors.map(({ code, message }) => `${code}: ${message}`).join(' '))
  return new Fault('rejected', `Amazon refused a change of ${sku}: ${said} Mend the listing in Seller Central.`, {
    code: 'amazon.listing_invalid',
  })
}

const unknownItem = (sku: string): Fault =>
  new Fault('rejected', `Amazon has no offer for ${sku} any more. If it was deleted there, nothing is to be done.`, {
    code: 'amazon.unknown_item',
  })

const notOffered = (sku: string, code: string): Fault =>
  new Fault(
    'rejected',
    `${sku} is not offered through ${code}. Look at how the listing is fulfilled in Seller Central.`,
    {
      code: 'amazon.not_offered',
    },
  )
