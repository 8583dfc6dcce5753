/**
 * What became of stock files (STO02, STO03). The ledger goes by what offers show; this tells people why a number does
 * not come to be shown: a line the marketplace refused is in no answer to the file.
 */
import { z } from 'zod'
import type { Upkeep } from '../kit/connector.ts'
import { FREQUENCIES } from './limits.ts'
import { shapedAnswer, type Wire } from './wire.ts'

const status = z.object({
  status: z.string(),
  has_error_report: z.boolean(),
  lines_in_error: z.int().nullish(),
})

/** What this process has sent and not heard the end of. Of a process that died nobody asks: the offers tell. */
export interface Imports {
  add(importId: string): void
  upkeep: Upkeep
}

const REMEMBERED = 50
const ENDED: ReadonlySet<string> = new Set(['COMPLETE', 'FAILED'])

export function openImports(wire: Wire['patient']): Imports {
  const open: string[] = []
  return {
    add(importId) {
      open.push(importId)
      if (open.length > REMEMBERED) open.shift()
    },
    upkeep: {
      everyMs: FREQUENCIES.STO02.perMs * 2,
      reads: true,
      async run() {
        const oldest = open[0]
        if (oldest === undefined) return []
        const path = `/api/offers/stock/imports/${encodeURIComponent(oldest)}`
        const answer = await wire.call({ operation: 'STO02', path: `${path}/status` }, [404])
        const seen = answer.status === 404 ? null : shapedAnswer(status, answer, 'STO02')
        if (seen && !ENDED.has(seen.status)) return []
        open.shift()
        if (!seen) return [`The marketplace knows nothing of the stock file ${oldest}.`]
        if (seen.status === 'FAILED') return [`The marketplace could not read the stock file ${oldest}.`]
        return seen.has_error_report ? [await troubles(wire, path, oldest, seen.lines_in_error ?? 0)] : []
      },
    },
  }
}

/** The report is the file's own lines behind a number and a reason; the SKUs and reasons are worth telling. */
async function troubles(wire: Wire['patient'], path: string, importId: string, count: number): Promise<string> {
  const { text } = await wire.call({ operation: 'STO03', path: `${path}/error_report` })
  const lines = text.split('\n').slice(1).filter(Boolean).slice(0, 5)
  const shown = lines.map((line) => line.replace(/[^\w ;."-]/g, '').slice(0, 120)).join(' | ')
  return `The marketplace refused ${count} lines of the stock file ${importId}: ${shown}`
}
