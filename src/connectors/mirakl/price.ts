/**
 * Prices (PRI01): one file for everything that waits, since one may be sent a minute. A file replaces all prices of an
 * offer, so a discount that staff set is read first and sent along; an offer that has more than one price and one
 * discount is left alone. What is in a file is worked off later, each offer on its own.
 */
import { formatMoney, parseMoney } from '#canon/money.ts'
import type { ShownListing } from '#canon/product.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault, toFault } from '../../fault.ts'
import type { Outcome, Sent } from '../kit/connector.ts'
import type { Imports } from './imports.ts'
import { type SeenOffer, seenOffer } from './shape.ts'
import { onePrice, shownIn } from './shown.ts'
import { shapedAnswer, type Wire } from './wire.ts'

type Price = Sent<'price.ensure'>
type Done = Outcome<'price.ensure'>
const imported = z.object({ import_id: z.string() })

/** What one intent comes to: it is settled, or a line of the file. */
type Fate = { outcome: Done } | { line: string; unable: [] }

export async function priceEnsure(wire: Wire, sent: readonly Price[], imports: Imports): Promise<Done[]> {
  const fates: Fate[] = []
  const skus = new Set<string>()
  for (const one of sent) {
    const fate = await fateOf(wire, one, imports).catch((error: unknown): Fate => ({
      outcome: { fault: toFault(error) },
    }))
    // Two prices of one offer in one file would both count for it.
    if ('line' in fate && skus.has(one.ask.sku)) fates.push({ outcome: { fault: twice() } })
    else fates.push(fate)
    if ('line' in fate) skus.add(one.ask.sku)
  }
  const lines = fates.flatMap((fate) => ('line' in fate ? [fate.line] : []))
  const reference = lines.length > 0 ? await upload(wire, lines) : ''
  return fates.map((fate) =>
    'outcome' in fate ? fate.outcome : { answer: { outcome: 'accepted', unable: [], reference } },
  )
}

const twice = (): Fault =>
  new Fault('conflict', 'Another price of this SKU is in the file. This one goes with the next.', {
    code: 'mirakl.same_file',
  })

async function fateOf(wire: Wire, { ask }: Price, imports: Imports): Promise<Fate> {
  const offer = await readOffer(wire, ask.variantId)
  if (!offer) return { outcome: { answer: { outcome: 'gone' } } }
  const shown = shownIn(offer)
  const price = ask.fields.price
  const answered = (answer: Answer<'price.ensure'>): Fate => ({ outcome: { answer } })
  if (price === undefined || (!ask.over && isSame(price, shown.price)))
    return answered({ outcome: 'shown', shown, written: [], unable: [] })
  const only = onePrice(offer)
  if (!only) {
    const reason = 'The offer has several prices there: by channel, by quantity or by time.'
    return answered({ outcome: 'shown', shown, written: [], unable: [{ field: 'price', reason }] })
  }
  if (ask.reference !== undefined) {
    const fate = await imports.fateOf(ask.reference)
    if (fate === 'waiting') return answered({ outcome: 'accepted', unable: [], reference: ask.reference })
    const reason = fate === 'failed' ? undefined : fate.get(offer.shop_sku)
    if (reason !== undefined) throw refused(ask.sku, price, reason)
  }
  return { line: lineOf(offer, price), unable: [] }
}

const refused = (sku: string, price: string, reason: string): Fault =>
  new Fault(
    'rejected',
    `The marketplace did not take ${price} as the price of ${sku}: ${reason || 'it does not say why'}.`,
    {
      code: 'mirakl.price_refused',
    },
  )

const isSame = (price: string, shown: string | undefined): boolean =>
  shown !== undefined && parseMoney(price, 'CLF')?.amount === parseMoney(shown, 'CLF')?.amount

const HEADER = ['offer-sku', 'price', 'discount-price', 'discount-start-date', 'discount-end-date']
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

function lineOf(offer: SeenOffer, price: string): string {
  const { unit_discount_price: discount, discount_start_date: from, discount_end_date: to } = onePrice(offer)!
  const cells = typeof discount !== 'number' ? ['', '', ''] : [formatted(discount, offer), from ?? '', to ?? '']
  return [offer.shop_sku, price, ...cells].map(quoted).join(';')
}

const formatted = (amount: number, { currency_iso_code: currency }: SeenOffer): string => {
  const money = parseMoney(String(amount), currency ?? 'EUR')
  return money ? formatMoney(money) : String(amount)
}

async function upload(wire: Wire, lines: readonly string[]): Promise<string> {
  const form = new FormData()
  const file = `${HEADER.map(quoted).join(';')}\n${lines.join('\n')}\n`
  form.set('file', new Blob([file], { type: 'text/csv' }), 'prices.csv')
  const call = { operation: 'PRI01', method: 'POST', path: '/api/offers/pricing/imports', body: form } as const
  return shapedAnswer(imported, await wire.call(call), 'PRI01').import_id
}

async function readOffer(wire: Wire, offerId: string): Promise<SeenOffer | null> {
  const path = `/api/offers/${encodeURIComponent(offerId)}`
  const answer = await wire.call({ operation: 'OF22', path }, [404])
  return answer.status === 404 ? null : shapedAnswer(seenOffer, answer, 'OF22')
}

/** All that a shop's offer is called and looks like is the marketplace's own product. */
const OF_THE_PRODUCT = ['title', 'barcode', 'taxClass', 'images', 'attributes'] as const

export async function listingEnsure(
  wire: Wire,
  { fields, variantId }: Ask<'listing.ensure'>,
): Promise<Answer<'listing.ensure'>> {
  const offer = await readOffer(wire, variantId)
  if (!offer) return { outcome: 'gone' }
  const shown: ShownListing = { ...shownIn(offer), ...(fields.status && { status: fields.status }) }
  const differs = (field: (typeof OF_THE_PRODUCT)[number]) =>
    fields[field] !== undefined && fields[field] !== shown[field]
  const reason = 'The product is the marketplace’s; shops have offers of it.'
  return {
    outcome: 'shown',
    shown,
    written: [],
    unable: OF_THE_PRODUCT.filter(differs).map((field) => ({ field, reason })),
  }
}

/** An offer without stock is shown to nobody, and the stock of a product that is sold no more is none. */
export async function listingWithdraw(wire: Wire, ask: Ask<'listing.withdraw'>): Promise<Answer<'listing.withdraw'>> {
  return { outcome: (await readOffer(wire, ask.variantId)) ? 'shared' : 'gone' }
}
