/** How a SKU is shared among channels, why its numbers are what they are, and how they came about, as the API says it. */
import { z } from 'zod'
import { at, count, object } from './contract-parts.ts'

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
