/**
 * What Square shows of a SKU, made so. An upsert replaces the whole object and takes only the version that was read, so
 * items are read whole, changed where they differ, and sent back with all their variations: a batch for each, since a
 * batch is all or nothing. Somebody else's change in between is a conflict, and everything is read and decided again.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { formatMoney, parseMoney } from '#canon/money.ts'
import type { ShownListing } from '#canon/product.ts'
import type { Answer, Ask, IntentType } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Outcome, Sent } from '../kit/connector.ts'
import { listOf, shaped } from './shape.ts'
import { shownOf, TAXED } from './shown.ts'
import { item as known, type Item, type Variation } from './shapes.ts'
import type { Client } from './wire.ts'

/** Everything an item holds goes back, whatever it is. */
type Raw = { [member: string]: Json }
const objects = z.object({ objects: listOf(z.looseObject({ id: z.string() })) })

type Ensure = 'listing.ensure' | 'price.ensure'
type Asked = Pick<Ask<'listing.ensure'>, 'sku' | 'productId' | 'variantId'>

/** One item as it was read, and as it is to be. */
interface Draft {
  before: Item
  raw: Raw
  changed: boolean
}

export const listingEnsure = <T extends Ensure>(client: Client, intents: readonly Sent<T>[]): Promise<Outcome<T>[]> =>
  together(client, intents, ensureIn)

export const listingWithdraw = (
  client: Client,
  intents: readonly Sent<'listing.withdraw'>[],
): Promise<Outcome<'listing.withdraw'>[]> => together(client, intents, withdrawIn)

/** @param plan notes in the draft what is to change, and says what is answered once it is. */
async function together<T extends IntentType>(
  client: Client,
  intents: readonly (Sent<T> & { ask: Asked })[],
  plan: (draft: Draft, ask: Ask<T> & Asked) => Answer<T>,
): Promise<Outcome<T>[]> {
  const ids = [...new Set(intents.map(({ ask }) => ask.productId))]
  const drafts = await readItems(client, ids)
  const outcomes = intents.map(({ ask }): Outcome<T> => {
    const draft = drafts.get(ask.productId)
    try {
      return { answer: draft ? plan(draft, ask) : ({ outcome: 'gone' } as Answer<T>) }
    } catch (error) {
      if (error instanceof Fault) return { fault: error }
      throw error
    }
  })
  const failed = await write(client, [...drafts.values()].filter(({ changed }) => changed)) // prettier-ignore
  return outcomes.map((outcome, index) => {
    const fault = failed.get(intents[index]!.ask.productId)
    return fault ? { fault } : outcome
  })
}

async function readItems(client: Client, ids: readonly string[]): Promise<Map<string, Draft>> {
  const path = '/v2/catalog/batch-retrieve'
  const answer = await client.call({ method: 'POST', path, body: { object_ids: ids }, what: 'reading items' })
  return new Map(
    shaped(objects, answer, 'items').objects.flatMap((one): [string, Draft][] => {
      const before = shaped(known, one, 'an item')
      const off = before.is_deleted || !before.item_data
      return off ? [] : [[one.id, { before, raw: structuredClone(one) as Raw, changed: false }]]
    }),
  )
}

/** @returns what became of the items that were not taken. */
async function write(client: Client, drafts: readonly Draft[]): Promise<Map<string, Fault>> {
  const failed = new Map<string, Fault>()
  if (drafts.length === 0) return failed
  const batches = drafts.map(({ raw }) => ({ objects: [raw] }))
  const idempotency_key = createHash('sha256')
    .update(canonicalJson(batches as Json))
    .digest('hex')
  let taken: ReadonlySet<string> = new Set()
  try {
    const call = { method: 'POST', path: '/v2/catalog/batch-upsert', what: 'changing items' } as const
    const answer = await client.call({ ...call, body: { idempotency_key, batches } })
    taken = new Set(shaped(objects, answer, 'changed items').objects.map(({ id }) => id))
    const [only] = drafts
    if (drafts.length === 1 && !taken.has(only!.before.id)) failed.set(only!.before.id, notTaken(answer))
  } catch (error) {
    const alone = drafts.length === 1
    if (!(error instanceof Fault) || (error.kind !== 'rejected' && error.kind !== 'conflict')) throw error
    if (alone) failed.set(drafts[0]!.before.id, error)
  }
  // Which of several errors is whose is not said: what was not taken is sent alone.
  const rest = drafts.length === 1 ? [] : drafts.filter(({ before }) => !taken.has(before.id))
  for (const one of rest) for (const [id, fault] of await write(client, [one])) failed.set(id, fault)
  return failed
}

const errors = z.object({ errors: listOf(z.object({ code: z.string() })) })

function notTaken(answer: unknown): Fault {
  const [first] = shaped(errors, answer, 'changed items').errors
  const conflict = first?.code === 'VERSION_MISMATCH'
  const message = `Square did not take the change of an item (${first?.code ?? 'it does not say why'}).`
  return conflict
    ? new Fault('conflict', `${message} It is read and decided again.`, { code: 'square.conflict' })
    : new Fault('rejected', `${message} Look at the item in Square.`, { code: 'square.refused' })
}

const variationsIn = ({ item_data: data }: Item): Variation[] =>
  (data?.variations ?? []).filter((one) => !one.is_deleted)

function ensureIn(draft: Draft, { fields, sku, variantId }: Ask<'listing.ensure'>): Answer<'listing.ensure'> {
  const variation = variationsIn(draft.before).find(({ id }) => id === variantId)
  if (!variation) return { outcome: 'gone' }
  const shown = shownOf(draft.before, variation)
  const unable = unableOf(fields, draft.before, variation)
  const open = Object.entries(fields).filter(
    ([field, value]) =>
      value !== undefined &&
      !unable.some((one) => one.field === field) &&
      !isSo(field, value as string, shown[field as keyof ShownListing]),
  )
  if (open.length === 0) return { outcome: 'shown', shown, written: [], unable }
  draft.changed = true
  const data = draft.raw['item_data'] as Raw
  const own = (data['variations'] as Raw[]).find(({ id }) => id === variantId)!['item_variation_data'] as Raw
  for (const [field, value] of open) {
    if (field === 'title') data['name'] = value as string
    if (field === 'taxClass') data['is_taxable'] = TAXED[value as string]!
    if (field === 'status') data['is_archived'] = value === 'hidden'
    if (field === 'barcode') own['upc'] = value as string
    if (field === 'price') own['price_money'] = priceOf(value as string, variation, sku)
  }
  const written = open.map(([field]) => field)
  return { outcome: 'shown', shown: { ...shown, ...Object.fromEntries(open) }, written, unable }
}

function priceOf(text: string, { item_variation_data: own }: Variation, sku: string): Json {
  const currency = own?.price_money?.currency ?? ''
  const price = parseMoney(text, currency)
  if (price) return { amount: price.amount, currency }
  throw new Fault('rejected', `${text} is no price in ${currency} for ${sku}. Look at the price list.`, {
    code: 'square.refused',
  })
}

const isSo = (field: string, value: string, shown: unknown): boolean =>
  field === 'price' && typeof shown === 'string' ? trimmed(value) === trimmed(shown) : value === shown

/** Without the zeros at the end; no currency has more digits than this one. */
const trimmed = (text: string): string => {
  const price = parseMoney(text, 'CLF')
  return price ? formatMoney(price) : text
}

type Unable = { field: string; reason: string }

function unableOf(fields: ShownListing, item: Item, { item_variation_data: own }: Variation): Unable[] {
  const said = (field: keyof ShownListing, no: boolean, reason: string): Unable[] =>
    fields[field] !== undefined && no ? [{ field, reason }] : []
  const several = variationsIn(item).length > 1
  const byPlace = own?.location_overrides.some((one) => one.price_money) ?? false
  return [
    ...said('title', several || !isPlain(own?.name), 'The item is named together with its variations.'),
    ...said('price', !own?.price_money, 'The price is typed in at the till.'),
    ...said('price', byPlace, 'The item has prices of its own at some locations.'),
    ...said('taxClass', !Object.hasOwn(TAXED, fields.taxClass ?? ''), 'Square knows taxable and exempt.'),
    ...said('images', true, 'Square takes images as files, not by their address.'),
    ...said('attributes', true, 'Square keeps only attributes that the seller has defined there.'),
  ]
}

const isPlain = (name: string | null | undefined): boolean => !name || name === 'Regular'

/** Only an item that is nothing but this SKU is archived. */
function withdrawIn(draft: Draft, { variantId }: Ask<'listing.withdraw'>): Answer<'listing.withdraw'> {
  const variations = variationsIn(draft.before)
  if (!variations.some(({ id }) => id === variantId)) return { outcome: 'gone' }
  if (variations.length > 1) return { outcome: 'shared' }
  if (!draft.before.item_data?.is_archived) {
    draft.changed = true
    ;(draft.raw['item_data'] as Raw)['is_archived'] = true
  }
  return { outcome: 'hidden' }
}
