/** How connections in shadow are doing: what was compared, what differs by field, what is missing, and the verdict. */
import { judgeShadow, type ShadowJudgement, shadowPolicyOf } from '#policy/shadow.ts'
import type { Sql } from '#store/database.ts'
import { countShadowFields, countShadowRecords, listShadowDiffs, type ShadowCount, shadowSpans } from '#store/shadow.ts'

const DAY_MS = 86_400_000

export interface ShadowOfConnection extends ShadowJudgement {
  connection: string
  /** When it was first compared; null before that. */
  since: string | null
  compared: number
  same: number
  different: number
  missing: number
  /** Differences seen once, of what changes as we look. */
  unsettled: number
  /** What still waits for the other integration. It would be sent if the shadow ended now. */
  waiting: number
  byType: { type: string; same: number; different: number; missing: number }[]
  byField: { type: string; field: string; verdict: string; count: number }[]
  first: {
    stream: string
    type: string
    field: string
    ours: string | null
    theirs: string | null
    verdict: string
    at: string
  }[]
}

/** Of these connections, over the days that the policy judges. */
export async function shadowReport(
  sql: Sql,
  connections: readonly string[],
  { policy, nowMs, limit }: { policy: { shadow?: unknown }; nowMs: number; limit: number },
): Promise<ShadowOfConnection[]> {
  const rules = shadowPolicyOf(policy)
  const since = new Date(nowMs - rules.overDays * DAY_MS).toISOString()
  const [records, fields, spans] = await Promise.all([
    countShadowRecords(sql, since),
    countShadowFields(sql, since),
    shadowSpans(sql, connections),
  ])
  const reports: ShadowOfConnection[] = []
  for (const { connection, first, waiting } of spans) {
    const mine = records.filter((one) => one.connection === connection)
    const figures = figuresOf(mine)
    const days = first === null ? 0 : (nowMs - Date.parse(first)) / DAY_MS
    const diffs = await listShadowDiffs(sql, { connection, since, limit })
    reports.push({
      connection,
      since: first,
      compared: figures.same + figures.different + figures.missing,
      ...figures,
      waiting,
      byType: [...new Set(mine.map(({ type }) => type))].map((type) => {
        const { same, different, missing } = figuresOf(mine.filter((one) => one.type === type))
        return { type, same, different, missing }
      }),
      byField: fields
        .filter((one) => one.connection === connection)
        .map(({ type, field, verdict, count }) => ({ type, field, verdict, count })),
      first: diffs.map(({ stream, type, field, ours, theirs, verdict, at }) => {
        return { stream, type, field, ours, theirs, verdict, at }
      }),
      ...judgeShadow({ ...figures, days }, rules),
    })
  }
  return reports
}

function figuresOf(counts: readonly ShadowCount[]) {
  const of = (verdict: string) =>
    counts.filter((one) => one.verdict === verdict).reduce((all, one) => all + one.count, 0)
  return { same: of('same'), different: of('different'), missing: of('missing'), unsettled: of('unsettled') }
}
