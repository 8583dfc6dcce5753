/**
 * What a till tells: receipts and what else happens at a register, each as one record of a gapless, hash-chained
 * sequence, and the Z-report as control total of a business day. The record is the published contract for any POS; a
 * receipt alone is what every counter has in common, whoever tells of it.
 */
import { z } from 'zod'
import { field, versioned } from './field.ts'
import { currency, instant, moneySchema, rate, sku } from './primitives.ts'

const books = { owner: 'channel', retention: 'books' } as const
const operations = { owner: 'channel', retention: 'operations' } as const

/** Names a store or a register, as the retailer does: `berlin-7`, `till-2`. Stands in names of streams. */
export const placeId = z.string().regex(/^[A-Za-z0-9][\w-]{0,62}$/, 'letters, digits, - and _ only')

/** The day whose takings it belongs to, by the store's own calendar: `2026-11-21`. A night shift keeps its day. */
export const businessDate = z.iso.date()

/** Names a receipt for good, over all registers of the store: a UUID, or what else the till makes unique. */
export const txId = z.string().regex(/^[\w.-]{1,100}$/, 'letters, digits and _ . - only')

/** A kind of payment as the retailer names it: `cash`, `card`, `gift_card`, `rounding`. */
export const tenderName = z.string().regex(/^[a-z][a-z0-9_-]{0,40}$/)

export const receiptTax = z.object({
  title: z.string().max(200),
  rate,
  /** Carries the sign of the line. */
  amount: moneySchema,
})

/** All amounts but `unitPrice` carry the sign of the quantity, so that a line taken back is the mirror of one sold. */
export const receiptLine = z.object({
  /** Stable within the receipt. */
  id: z.string().min(1).max(100),
  sku: field(sku.nullable(), { ...books, description: 'null for what has no SKU' }),
  title: field(z.string().max(500), books),
  quantity: field(
    z.int().refine((pieces) => pieces !== 0, 'must not be 0'),
    { ...books, description: 'pieces; negative when taken back' },
  ),
  unitPrice: field(moneySchema, { ...books, description: 'as the till shows it: with tax when taxesIncluded' }),
  /** For the whole line. */
  discount: field(moneySchema, books),
  taxes: field(z.array(receiptTax).max(10), books),
  /** What the customer pays for the line: unit price x quantity - discount, and the taxes when not included. */
  total: field(moneySchema, books),
  /** Of a line taken back: whether the piece is on the shelf again. Without it nothing is added to stock. */
  restock: field(z.boolean(), operations).optional(),
  /** Of a line taken back: where it was sold, when the till knows. */
  returns: field(z.object({ txId, lineId: z.string().min(1).max(100) }), books).optional(),
  /** Of a line taken back that an order of a channel had sold: `<channel>:<id>`, and the channel's line of it. */
  ofOrder: field(
    z.object({ order: z.string().regex(/^[^:/]{1,60}:[\w.-]{1,200}$/), lineId: z.string().min(1).max(200) }),
    books,
  ).optional(),
})
export type ReceiptLine = z.infer<typeof receiptLine>

export const tender = z.object({
  tender: field(tenderName, books),
  /** What stays with the shop, change taken off; negative when money goes back. */
  amount: field(moneySchema, books),
  /** The terminal's or the provider's reference. Never a card number. */
  reference: field(z.string().max(200), { ...books, pii: 'identifier' }).optional(),
})

/** lines = tenders = total, taxes of the lines = totalTax, all to the cent: see `receiptErrors`. */
export const receiptBody = z.object({
  currency: field(currency, books),
  taxesIncluded: field(z.boolean(), books),
  lines: field(z.array(receiptLine).min(1).max(1_000), books),
  tenders: field(z.array(tender).max(50), books),
  total: field(moneySchema, books),
  totalTax: field(moneySchema, books),
})

/** One receipt at a counter. */
export const receipt = versioned(
  receiptBody.extend({
    storeId: field(placeId, books),
    registerId: field(placeId, books),
    txId,
    businessDate: field(businessDate, books),
    /** When it was rung up, by the till's own clock. */
    occurredAt: field(instant, books),
    /** Rung up while the store had no line to anybody. */
    offline: field(z.boolean(), operations),
    /** What people call it: printed on the receipt. */
    number: field(z.string().min(1).max(100), books),
  }),
  1,
)
export type Receipt = z.infer<typeof receipt>

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be SHA-256 in lower-case hex')

/** `prevHash` of a register's first record. */
export const CHAIN_START = '0'.repeat(64)

const head = {
  /** Version of this contract. */
  contract: z.literal(1),
  storeId: field(placeId, books),
  registerId: field(placeId, books),
  businessDate: field(businessDate, books),
  sequence: field(z.int().min(1), { ...books, description: '1, 2, 3 … per register, without a gap, for ever' }),
  txId,
  occurredAt: field(instant, books),
  offline: field(z.boolean(), operations),
  prevHash: field(hash, { ...books, description: 'hash of the record before; 64 zeros for the first' }),
  hash: field(hash, { ...books, description: 'SHA-256 of the canonical JSON of this record without hash' }),
}

const count = z.int().min(0)

export const zReport = z.object({
  currency: field(currency, books),
  counts: field(z.object({ sales: count, returns: count, voids: count, noSales: count, cashMoves: count }), books),
  /** Sum of all sales and returns, less what was voided. */
  total: field(moneySchema, books),
  totalTax: field(moneySchema, books),
  /** The same per tender; cash put in or taken out does not count. */
  tenders: field(z.array(z.object({ tender: tenderName, amount: moneySchema })).max(50), books),
  /** The same per tax rate. */
  taxes: field(z.array(z.object({ rate, amount: moneySchema })).max(50), books),
  /** What was in the drawer in the morning, and what was counted at the end. */
  cashOpening: field(moneySchema, books),
  cashCounted: field(moneySchema, books),
})
export type ZReport = z.infer<typeof zReport>

const cashMove = z.object({ amount: moneySchema, reason: z.string().min(1).max(200) })

/** One thing that happened at a register. What is sent is a list of these, oldest first. */
export const tillRecord = versioned(
  z.discriminatedUnion('kind', [
    z.object({ ...head, kind: z.literal('sale'), number: z.string().min(1).max(100), receipt: receiptBody }),
    z.object({ ...head, kind: z.literal('return'), number: z.string().min(1).max(100), receipt: receiptBody }),
    /** An earlier receipt of this register is taken back whole: the receipt is its mirror, every amount negated. */
    z.object({
      ...head,
      kind: z.literal('void'),
      voids: txId,
      number: z.string().min(1).max(100),
      receipt: receiptBody,
    }),
    /** The drawer was opened, or a sale was given up before it was paid. */
    z.object({ ...head, kind: z.literal('no_sale'), reason: z.string().max(200).optional() }),
    z.object({ ...head, kind: z.literal('cash_in'), cash: cashMove }),
    z.object({ ...head, kind: z.literal('cash_out'), cash: cashMove }),
    /** The business day of this register is over. */
    z.object({ ...head, kind: z.literal('z_report'), zReport }),
  ]),
  1,
)
export type TillRecord = z.infer<typeof tillRecord>
export type TillRecordKind = TillRecord['kind']
