/**
 * What became of a file (STO02, PRI02) and which of its lines were refused (STO03, PRI03): that is in no answer to the
 * file itself. Whoever looks for one number asks here; the status and the report are read once for all of a file.
 */
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { FREQUENCIES } from './limits.ts'
import { shapedAnswer, type Wire } from './wire.ts'

/** `waiting`: not worked off, or not asked yet. `failed`: none of it was taken. Else the refused SKUs, and why. */
export type Fate = 'waiting' | 'failed' | ReadonlyMap<string, string>

export interface Imports {
  /** What became of the file; nothing is waited for, and nothing is asked more often than is allowed. */
  fateOf(importId: string): Promise<Fate>
}

const seenStatus = z.object({ status: z.string(), has_error_report: z.boolean() })
type Seen = z.infer<typeof seenStatus>

const KEPT = 100

/** @param statusOf null: the marketplace knows nothing of the file any more. */
function openFates(
  wire: Wire,
  everyMs: number,
  statusOf: (importId: string) => Promise<Seen | null>,
  reportOf: (importId: string) => Promise<string>,
): Imports {
  const ended = new Map<string, Fate>()
  const asked = new Map<string, number>()

  async function look(importId: string): Promise<Fate> {
    const seen = await statusOf(importId)
    if (seen?.status === 'FAILED') return 'failed'
    if (seen && seen.status !== 'COMPLETE') return 'waiting'
    return seen?.has_error_report ? refusedIn(await reportOf(importId)) : new Map()
  }

  const keep = <V>(map: Map<string, V>, key: string, value: V) => {
    map.delete(key)
    map.set(key, value)
    if (map.size > KEPT) map.delete(map.keys().next().value!)
  }

  return {
    async fateOf(importId) {
      const known = ended.get(importId)
      if (known !== undefined) return known
      if (wire.now() < (asked.get(importId) ?? 0) + everyMs) return 'waiting'
      keep(asked, importId, wire.now())
      try {
        const fate = await look(importId)
        if (fate !== 'waiting') keep(ended, importId, fate)
        return fate
      } catch (error) {
        // Another look comes; what the offer shows is told meanwhile.
        if (error instanceof Fault) return 'waiting'
        throw error
      }
    },
  }
}

export const stockImports = (wire: Wire): Imports =>
  openFates(
    wire,
    FREQUENCIES.STO02.perMs,
    async (importId) => {
      const path = `/api/offers/stock/imports/${encodeURIComponent(importId)}/status`
      const answer = await wire.patient.call({ operation: 'STO02', path }, [404])
      return answer.status === 404 ? null : shapedAnswer(seenStatus, answer, 'STO02')
    },
    async (importId) => {
      const path = `/api/offers/stock/imports/${encodeURIComponent(importId)}/error_report`
      return (await wire.patient.call({ operation: 'STO03', path })).text
    },
  )

const priceStatuses = z.object({ data: z.array(seenStatus.extend({ import_id: z.string() })) })

export const priceImports = (wire: Wire): Imports =>
  openFates(
    wire,
    FREQUENCIES.PRI02.perMs,
    async (importId) => {
      const call = { operation: 'PRI02', path: '/api/offers/pricing/imports', query: { import_id: importId } } as const
      const { data } = shapedAnswer(priceStatuses, await wire.patient.call(call), 'PRI02')
      return data.find(({ import_id: id }) => id === importId) ?? null
    },
    async (importId) => {
      const path = `/api/offers/pricing/imports/${encodeURIComponent(importId)}/error_report`
      return (await wire.patient.call({ operation: 'PRI03', path })).text
    },
  )

const SKU_COLUMNS = ['offer-sku', 'shop-sku', 'sku']
const REASON_COLUMNS = ['reason', 'error-message', 'errors', 'error']

/** The report is the file's own lines beside a reason, under headings that are not the same everywhere. */
function refusedIn(report: string): Map<string, string> {
  const options = { bom: true, delimiter: ';', relax_column_count: true, relax_quotes: true, skip_empty_lines: true }
  const [head = [], ...rows] = parse(report, options)
  const names = head.map((name) => name.trim().toLowerCase())
  const columnOf = (among: readonly string[]): number => names.findIndex((name) => among.includes(name))
  const [sku, reason] = [columnOf(SKU_COLUMNS), columnOf(REASON_COLUMNS)]
  const plain = (text: string | undefined) => (text ?? '').replace(/[^\p{L}\p{N} ,.:;%/-]/gu, '').slice(0, 160)
  return new Map(rows.flatMap((row) => (row[sku] ? [[row[sku], plain(row[reason])] as [string, string]] : [])))
}
