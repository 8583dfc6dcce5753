/** Stock as the API says it: a SKU's numbers, why they are what they are, how they came about, how it is shared. */
import { z } from 'zod'
import { at, count, cursor, flag, limit, next, object, streamEvent, words } from './contract-parts.ts'

export const stockMode = z.enum(['exclusive', 'shared'])

export const stockModeBody = object('StockModeBody', {
  mode: stockMode.nullable().describe('null leaves it to policy again.'),
})

export const channelStockPart = object('ChannelStock', {
  name: z.string(),
  shown: z.int().nullable().describe('What the channel shows, as last heard.'),
  bound: z.int().nullable().describe('The most it can sell without our knowing.'),
  share: z.int().describe('What it is to have: its part of what can be promised.'),
  writes: z
    .enum(['swap', 'plain', 'later'])
    .describe(
      'swap: it changes a number only if it is still what we believe. plain: it takes any. later: in its own time.',
    ),
  inFlight: z.object({ from: z.int(), to: z.int() }).nullable(),
  trouble: z.string().nullable(),
  waits: z.string().nullable().describe('What has to happen before its number can be changed; null when nothing.'),
  waitsFor: at.nullable().describe('All its orders up to here have to be known first.'),
  standing: z.string().describe('Why it has what it has, in a sentence.'),
})

export const stockSumPart = object('StockSum', {
  title: z.string(),
  steps: z
    .array(z.object({ words: z.string(), pieces: z.int(), channel: z.string().nullable() }))
    .describe('Their pieces add up to the result.'),
  result: z.object({ words: z.string(), pieces: z.int() }),
})

export const holdPart = object('StockHold', {
  kind: z
    .enum(['order', 'reservation', 'route'])
    .describe('order: sold. reservation: set aside by API. route: for an order of another pool.'),
  channel: z.string().describe('Of the order; `reservation` for a reservation.'),
  externalId: z.string().describe('Of the order, or the id of the reservation.'),
  quantity: count,
  waiting: z.boolean().describe('Asked for and not given yet: channels have to give back first.'),
  outcome: z.string().nullable(),
})

export const stockListParams = z.object({
  q: words.optional().describe('How the SKU begins.'),
  pool: z.string().max(60).optional(),
  attention: flag.optional().describe('Only SKUs some channel of which is in trouble, or only the others.'),
  mode: stockMode.optional().describe('Only SKUs that are shared so.'),
  waiting: flag.optional().describe('Only SKUs of which a number waits for orders of a channel, or only the others.'),
  cursor: cursor.optional(),
  limit,
})

export const stockRow = object('StockRow', {
  pool: z.string(),
  sku: z.string(),
  status: z.enum(['stocked', 'unknown', 'uncounted']),
  attention: z.boolean(),
  onHand: z.int().nullable().describe('As last read from the ERP; null before that.'),
  free: z.int().nullable().describe('On hand less what the ERP has promised.'),
  held: count.describe('For orders the ERP does not know yet.'),
  safety: count.describe('Never offered.'),
  available: z
    .int()
    .nullable()
    .describe(
      'Free less held, and what is expected where that may be sold: what can be promised, before safety stock.',
    ),
  channels: z.array(channelStockPart),
  mode: stockMode.describe('exclusive: each channel has its own share. shared: each sees all of it, less its buffer.'),
  modeByHand: z.boolean().describe('A person set the mode; policy does not change it.'),
  incidents: z.array(z.string()).describe('What people have to know of, in words, until it is over.'),
  updatedAt: at,
})
export type StockRow = z.infer<typeof stockRow>

export const stockList = object('StockList', { rows: z.array(stockRow), next })
export type StockList = z.infer<typeof stockList>

export const presalePart = object('Presale', {
  kind: z.enum(['preorder', 'backorder']).nullable().describe('null when policy no longer says so.'),
  channels: z.array(z.string()).describe('Who may sell it before it is here.'),
  release: z.string().nullable().describe('Nothing is handed out before this day.'),
  owner: z.string().nullable().describe('Who sees to it when a promise cannot be kept.'),
  expected: z.array(z.object({ date: z.string(), pieces: count })).describe('What is on its way, by day.'),
  promised: count.describe('Pieces of it that orders have taken.'),
  promises: z
    .array(
      z.object({
        channel: z.string(),
        externalId: z.string(),
        pieces: count,
        date: z.string().nullable().describe('null when nothing is expected for them any more.'),
      }),
    )
    .describe('First come, first served; the first 200.'),
})

export const stockPage = object('StockPage', {
  stock: stockRow,
  holds: z.array(holdPart),
  sums: z.array(stockSumPart).describe('Why a number is what it is.'),
  presale: presalePart.nullable().describe('null unless it may be, or was, sold before it is here.'),
  recent: z.array(streamEvent).describe('The last 50, newest first.'),
})
export type StockPage = z.infer<typeof stockPage>

export const stockParams = z.object({ pool: z.string().min(1).max(60), sku: z.string().min(1).max(120) })

export const stockHistoryParams = z.object({
  pool: z.string().min(1).max(60),
  sku: z.string().min(1).max(120),
  before: z.coerce.number().pipe(z.int().min(1)).optional().describe('A version: only what happened before it.'),
  limit: z.coerce.number().pipe(z.int().min(1).max(1_000)).default(500),
})

export const stockHistory = object('StockHistory', {
  points: z
    .array(
      z.object({
        version: z.int().min(1),
        at,
        onHand: z.int().optional(),
        free: z.int().optional(),
        channel: z.string().optional(),
        shown: z.int().nullable().optional().describe('null when the channel sells it no more.'),
      }),
    )
    .describe('What was learnt, oldest first. What a point does not name stayed as it was.'),
  before: z.int().nullable().describe('Hand it in as `before` for what is older; null when this was the beginning.'),
})
