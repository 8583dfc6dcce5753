/** Orders whose channel asks whether they are accepted, and where orders are served from. */
import { z } from 'zod'
import { amount, at, count, object } from './contract-parts.ts'

export const acceptanceBody = object('DecideAcceptance', {
  accepted: z
    .array(z.string().min(1).max(200))
    .max(1_000)
    .describe('Lines that are accepted, by their ids; all others are refused. An empty list refuses the order.'),
})

export const acceptanceView = object('Acceptance', {
  by: at.nullable().describe('Until when the channel waits; null when nothing names a limit.'),
  step: z
    .enum(['open', 'asked', 'failed', 'accepted', 'refused', 'void'])
    .describe('open: not decided. asked: the channel is being told. failed: it could not be told. void: cancelled.'),
  urgent: z.boolean(),
  late: z.boolean().describe('Nobody had decided when the time was over.'),
  whole: z.boolean().describe('The channel takes no decision by the line.'),
})

export const acceptanceDue = object('AcceptancesDue', {
  open: count.describe('Orders a channel waits for an answer to, and a limit is known.'),
  soonest: z
    .array(
      z.object({ channel: z.string(), externalId: z.string(), label: z.string(), by: at, value: amount.nullable() }),
    )
    .describe('At most 10, the soonest first.'),
})

export const routeView = object('OrderRoute', {
  home: z.string().describe('The pool that holds the goods from the first moment.'),
  settled: z.boolean(),
  why: z.string().describe('In a sentence.'),
  pools: z
    .array(z.object({ pool: z.string(), what: z.string() }))
    .describe('Each pool that was looked at, and what came of it.'),
  parts: z.array(z.object({ sku: z.string(), pool: z.string() })).describe('Which pool serves which SKU.'),
})
