/** Reconciliation as people see it: what is compared, how the last runs went, and what was found, in plain words. */
import { RECONCILIATIONS, type ReconcileName } from '#policy/reconcile.ts'
import { countFindings, type FindingRow, listFindings } from '#store/reconcile-findings.ts'
import { dueTasks, recentRuns, type ShownRun } from '#store/reconcile.ts'
import type { Sql } from '#store/database.ts'

const RUNS_SHOWN = 5

/** The first part of a definition's name says what is compared. */
const kindOf = (definition: string) => RECONCILIATIONS[definition.split('/')[0] as ReconcileName]

/** @param names of the definitions this hub has; others are shown as long as they have runs. */
export async function reconciliations(sql: Sql, names: readonly string[]) {
  const [runs, counts, due] = [await recentRuns(sql, RUNS_SHOWN), await countFindings(sql), await dueTasks(sql)]
  const all = [...new Set([...names, ...runs.map(({ definition }) => definition)])]
  return all.map((name) => {
    const own = counts.filter(({ definition }) => definition === name)
    return {
      name,
      what: kindOf(name)?.what ?? '',
      sides: [...(kindOf(name)?.sides ?? ['first', 'second'])],
      open: own.reduce((sum, { count }) => sum + count, 0),
      openByKind: Object.fromEntries(own.map(({ kind, count }) => [kind, count])),
      nextAt: due.find(({ task }) => task === name)?.due_at ?? null,
      runs: runs.filter(({ definition }) => definition === name).map(runView),
    }
  })
}

const runView = ({ id, state, started_at, finished_at, since, sides, mended, ...run }: ShownRun) => ({
  id, state, startedAt: started_at, finishedAt: finished_at, since, read: sides.map(({ read }) => read),
  found: run.found, handedIn: mended, resolved: run.resolved, waiting: run.waiting, report: run.report,
}) // prettier-ignore

/** @param cursor an id as text. @returns null when it is none. */
export async function findings(
  sql: Sql,
  filter: { definition?: string | undefined; state: 'open' | 'resolved'; cursor?: string | undefined; limit: number },
) {
  const { definition, state, cursor, limit } = filter
  if (cursor !== undefined && !/^[1-9]\d{0,14}$/.test(cursor)) return null
  const before = cursor === undefined ? null : Number(cursor)
  const rows = await listFindings(sql, { definition, open: state === 'open', before, limit: limit + 1 })
  const kept = rows.slice(0, limit)
  return { rows: kept.map(findingView), next: rows.length > limit ? String(kept.at(-1)!.id) : null }
}

const findingView = (row: FindingRow) => ({
  id: row.id,
  definition: row.definition,
  kind: row.kind,
  key: row.key,
  message: messageOf(row),
  cure: row.cure,
  state: row.state,
  stream: row.stream,
  foundAt: row.found_at,
  seenAt: row.seen_at,
  handedInAt: row.handed_in_at,
  resolvedAt: row.resolved_at,
  firstRun: row.first_run,
  lastRun: row.last_run,
  resolvedRun: row.resolved_run,
})

/** What was found, as a sentence. */
export function messageOf({ definition, kind, key, field, ours, theirs }: Omit<FindingRow, 'id'> | FindingRow): string {
  const [first, second] = kindOf(definition)?.sides ?? ['first side', 'second side']
  switch (kind) {
    case 'missed':
      return `${key}: the ${first} has it, the ${second} does not.`
    case 'unexpected':
      return `${key}: the ${second} has it, the ${first} does not.`
    case 'duplicate':
      return `${key}: the ${field} has it ${field === first ? ours : theirs} times.`
    case 'stale':
      return `${key}: the ${field} is behind; the ${first} has it as of ${ours}, the ${second} as of ${theirs}.`
    default:
      return `${key}: ${field} is ${ours} in the ${first} and ${theirs} in the ${second}.`
  }
}
