/**
 * The settlement feed. Amazon makes a report of each settlement by itself; all that it still keeps are listed each
 * time, and each is read once: the sums first, then page by page what it holds of every order. Nothing is told of a
 * report before all of it was read.
 */
import { createHash } from 'node:crypto'
import type { Json } from '#canon/json.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Feed, Reading } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { REPORTS_KEPT_MS, SETTLED_PER_READING, SETTLED_READINGS, SETTLEMENTS_EVERY_MS } from './limits.ts'
import { type ListedReport, listReports, readLines, SETTLEMENT_REPORT } from './reports.ts'
import { addsUp, readSettlement, type Settlement, type Unreadable } from './settlement.ts'

export interface SettlementOptions {
  marketplaceId: string
  /** Of the marketplace. */
  timeZone: string
  /** Reports made on that day or later. */
  from: string
}

const report = z.object({ reportId: z.string(), documentId: z.string() })
const cursorShape = z.object({
  /** Reports that were read, as long as Amazon lists them. */
  done: z.array(z.string()),
  /** Those that are to be read; the first one is being read. */
  queue: z.array(report),
  /** How many of its pages were told. */
  page: z.number(),
})
type Cursor = z.infer<typeof cursorShape>

const FRESH: Cursor = { done: [], queue: [], page: 0 }

interface Read {
  reportId: string
  /** Of all lines: the same report under another id is no news. */
  digest: string
  settlement: Settlement | Unreadable
}

export function settlementFeed(client: Client, io: Io, options: SettlementOptions): Feed {
  // Its operation lets through one call a minute. After a crash it is fetched again, and goes on at the same page.
  let kept: Read | null = null

  async function listAgain({ done }: Cursor): Promise<Cursor> {
    const since = new Date(Math.max(Date.parse(options.from), io.now() - REPORTS_KEPT_MS)).toISOString()
    const listed = await listReports(client, { reportType: SETTLEMENT_REPORT, since, ...options })
    const has = (reportId: string) => listed.some((one) => one.reportId === reportId)
    return { done: done.filter(has), queue: listed.filter(({ reportId }) => !done.includes(reportId)), page: 0 }
  }

  return {
    everyMs: SETTLEMENTS_EVERY_MS,
    bulk: true,
    // Every listing is of all reports, so reading again is forgetting which were read.
    since: () => FRESH,
    async read(stored) {
      const cursor = cursorShape.safeParse(stored).data ?? FRESH
      const [first, ...others] = cursor.queue
      if (!first) {
        const listed = await listAgain(cursor)
        return { readings: [], cursor: listed, more: listed.queue.length > 0 }
      }
      if (kept?.reportId !== first.reportId) kept = await readReport(client, first, options.timeZone)
      const { readings, more } = pageOf(kept, cursor.page)
      if (more) return { readings, cursor: { ...cursor, page: cursor.page + 1 }, more }
      kept = null
      return {
        readings,
        cursor: { done: [...cursor.done, first.reportId], queue: others, page: 0 },
        more: others.length > 0,
      }
    },
  }
}

async function readReport(client: Client, { reportId, documentId }: ListedReport, timeZone: string): Promise<Read> {
  const reader = readSettlement(timeZone)
  const hash = createHash('sha256')
  try {
    for await (const line of readLines(client, documentId)) {
      hash.update(`${line}\n`)
      reader.take(line)
    }
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'amazon.not_found') throw error
    return {
      reportId,
      digest: '',
      settlement: { settlementId: null, detail: 'Amazon has no document of it any more.' },
    }
  }
  return { reportId, digest: hash.digest('hex').slice(0, 16), settlement: reader.end() }
}

function pageOf({ reportId, digest, settlement }: Read, page: number): { readings: Reading[]; more: boolean } {
  if ('detail' in settlement) {
    const body = { reportId, ...settlement }
    return {
      readings: [{ key: `settlement-refused:${reportId}:${digest}`, topic: 'poll/settlement-refused', body }],
      more: false,
    }
  }
  const { orders, ...sums } = settlement
  const { settlementId, currency } = settlement
  const key = `settlement:${settlementId}:${digest}`
  const readings: Reading[] = page === 0 ? [{ key, topic: 'poll/settlement', body: sums as unknown as Json }] : []
  // What does not come to its total is a case at its payout, and no order is told of money that may not be there.
  if (!addsUp(settlement)) return { readings, more: false }
  const from = page * SETTLED_READINGS * SETTLED_PER_READING
  const until = from + SETTLED_READINGS * SETTLED_PER_READING
  for (let at = from; at < Math.min(until, orders.length); at += SETTLED_PER_READING) {
    const shares = orders.slice(at, Math.min(at + SETTLED_PER_READING, until))
    const body = { settlementId, currency, orders: shares } as unknown as Json
    readings.push({ key: `${key}:${at}`, topic: 'poll/settled-orders', body })
  }
  return { readings, more: until < orders.length }
}
