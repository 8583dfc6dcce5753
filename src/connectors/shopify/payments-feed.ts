/**
 * Payouts with all their movements, and disputes, of the last weeks: listed anew each time, since either changes long
 * after it was made. What did not change has the name it had before, and is no news.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import type { Caller } from './graphql.ts'
import { PAYMENTS_LISTED_DAYS } from './limits.ts'
import { readOn } from './paging.ts'
import { listBalance, listDisputes, listPayouts } from './payments-operations.ts'

const HOUR_MS = 3_600_000
const cursorShape = z.object({ after: z.string().nullable() })
const afterOf = (stored: Json | null): string | null => cursorShape.safeParse(stored).data?.after ?? null

export const payoutsFeed = (graphql: Caller, io: Io): Feed => ({
  everyMs: 6 * HOUR_MS,
  bulk: true,
  async read(stored) {
    const { shopifyPaymentsAccount: account } = await graphql.call(listPayouts, { after: afterOf(stored) })
    if (!account) return DONE
    const { nodes, pageInfo } = account.payouts
    const readings: Reading[] = []
    for (const node of nodes) {
      const query = `payments_transfer_id:${node.legacyResourceId}`
      const page = async (after: string | null) =>
        (await graphql.call(listBalance, { query, after })).shopifyPaymentsAccount?.balanceTransactions
      const first = await page(null)
      const transactions = first ? (await readOn(first, page)).nodes : []
      readings.push(readingOf('payout', node.legacyResourceId, { ...node, transactions }))
    }
    return pageOf(readings, pageInfo, nodes.at(-1)?.issuedAt, io)
  },
})

export const disputesFeed = (graphql: Caller, io: Io): Feed => ({
  everyMs: HOUR_MS,
  async read(stored) {
    const { shopifyPaymentsAccount: account } = await graphql.call(listDisputes, { after: afterOf(stored) })
    if (!account) return DONE
    const { nodes, pageInfo } = account.disputes
    const readings = nodes.map((node) => readingOf('dispute', node.legacyResourceId, node))
    return pageOf(readings, pageInfo, nodes.at(-1)?.initiatedAt, io)
  },
})

/** A shop without Shopify Payments has none of either. */
const DONE: FeedPage = { readings: [], cursor: { after: null }, more: false }

/** The newest come first. */
function pageOf(
  readings: Reading[],
  { hasNextPage, endCursor }: { hasNextPage: boolean; endCursor?: string | null | undefined },
  oldest: string | undefined,
  io: Io,
): FeedPage {
  const isOld = oldest !== undefined && Date.parse(oldest) < io.now() - PAYMENTS_LISTED_DAYS * 24 * HOUR_MS
  const more = hasNextPage && !!endCursor && !isOld
  return { readings, cursor: { after: more ? endCursor : null }, more }
}

function readingOf(kind: 'payout' | 'dispute', id: string, node: object): Reading {
  const body = node as unknown as Json
  const digest = createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 12)
  return { key: `${kind}:${id}:${digest}`, topic: `poll/${kind}`, body }
}
