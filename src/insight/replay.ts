/** What deciding again found, as people may see it: personal data masked, each difference as a sentence. */
import type { Json } from '#canon/json.ts'
import type { Sql } from '#store/database.ts'
import { listRuns as readRuns } from '#store/replay-run.ts'
import { createMask, plainly } from './masking.ts'

/** A difference as the engine gives it. */
interface Difference {
  stream: string
  verdict: 'different' | 'missing' | 'additional'
  kind: 'event' | 'intent' | 'note'
  type: string
  to: string
  fields: string[]
  recorded: Json | null
  again: Json | null
}

const WHAT = { event: 'event', intent: 'call', note: 'note' } as const

/** `order/shop/1: the call sale.ensure to erp would not be made.` */
export function differenceWords({ stream, verdict, kind, type, to, fields }: Omit<Difference, 'recorded' | 'again'>): string {
  const what = `${stream}: the ${WHAT[kind]} ${type}${to ? ` to ${to}` : ''}`
  if (verdict === 'missing') return `${what} would not be there.`
  if (verdict === 'additional') return `${what} would come in addition.`
  return `${what} would be different${fields.length > 0 ? `: ${fields.join(', ')}` : ''}.`
} // prettier-ignore

export const maskedDifferences = (findings: readonly Difference[]) =>
  findings.map(({ recorded, again, ...finding }) => {
    const mask = createMask()
    mask.learn(recorded)
    mask.learn(again)
    return { ...finding, words: differenceWords(finding), recorded: shown(mask, recorded), again: shown(mask, again) }
  })

const shown = (mask: ReturnType<typeof createMask>, value: Json | null) => (value === null ? null : mask.ours(value))

export const maskedReasons = (reasons: readonly { inbox: number; reason: string }[]) =>
  reasons.map(({ inbox, reason }) => ({ inbox, reason: plainly(reason) }))

/** A state of the past, masked as a stream's page masks it. */
export function maskedState(state: Json): Json {
  const mask = createMask()
  mask.learn(state)
  return mask.ours(state)
}

/** What was replayed and undone, newest first. */
export async function listRuns(sql: Sql, limit: number) {
  const rows = await readRuns(sql, limit)
  return rows.map(({ id, kind, at, asked_by, policy, rows: count, selection, undone_by }) => {
    return { id, kind, at, askedBy: asked_by, policy, rows: count, selection, undoneBy: undone_by }
  })
}
