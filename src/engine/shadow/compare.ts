/** What the hub would have done and what was done instead, record by record and field by field. */
import type { Observed } from '#connectors/kit/shadow.ts'
import type { LeasedIntent } from '#store/outbox.ts'
import type { Sql } from '#store/database.ts'
import { saveShadowDiffs, settleShadowDiff, type ShadowDiff } from '#store/shadow.ts'

/** An intent that was looked for; `observed` is null when nobody did it in time. */
export interface Seen {
  intent: Pick<LeasedIntent, 'key' | 'type' | 'stream'>
  observed: Pick<Observed, 'ours' | 'theirs' | 'unsettled'> | null
}

/** Writes down what was seen. */
export async function recordSeen(sql: Sql, connection: string, seen: readonly Seen[], at: string): Promise<void> {
  const settled: ShadowDiff[] = []
  for (const one of seen) {
    const diffs = diffsOf(connection, one)
    const known = diffs.find(({ field, verdict }) => field !== '' && verdict === 'unsettled')
    if (known && (await settleShadowDiff(sql, known, at))) continue
    settled.push(...diffs)
  }
  if (settled.length > 0) await saveShadowDiffs(sql, settled, at)
}

/** One row for the record as a whole, and one for each field that is not the same. */
function diffsOf(connection: string, { intent, observed }: Seen): ShadowDiff[] {
  const { key, type, stream } = intent
  const row = (field: string, rest: Pick<ShadowDiff, 'ours' | 'theirs' | 'verdict'>): ShadowDiff => ({
    intent: key, field, connection, type, stream, ...rest,
  }) // prettier-ignore
  if (observed === null) return [row('', { ours: null, theirs: null, verdict: 'missing' })]
  const { ours, theirs, unsettled } = observed
  const fields = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].flatMap((field) => {
    const [mine, other] = [ours[field] ?? null, theirs[field] ?? null]
    if (mine === other) return []
    const verdict = unsettled ? 'unsettled' : other === null ? 'missing' : mine === null ? 'extra' : 'different'
    return [row(field, { ours: mine, theirs: other, verdict })]
  })
  const whole = fields.length === 0 ? 'same' : unsettled ? 'unsettled' : 'different'
  return [row('', { ours: null, theirs: null, verdict: whole }), ...fields]
}
