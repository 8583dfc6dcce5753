/** From what may differ to findings: judged, held against the hub's own books, stored. */
import type { CensusRecord } from '#connectors/kit/reader.ts'
import type { Sql } from '#store/database.ts'
import { keepFindings, storeFindings } from '#store/reconcile-findings.ts'
import type { RunRow } from '#store/reconcile.ts'
import type { StagedRecord } from '#store/reconcile-stage.ts'
import type { Comparison, Definition, Difference } from './definition.ts'
import { comparedText, type Group, judge } from './judge.ts'

export interface Judged {
  stand: readonly Difference[]
  /** Keys of which something changed too lately. */
  waiting: string[]
}

export async function judgeAll(
  sql: Sql,
  definition: Definition,
  groups: readonly Group[],
  run: RunRow,
): Promise<Judged> {
  const differences: Difference[] = []
  const waiting: string[] = []
  for (const group of groups) {
    const verdict = judge(group, definition, Date.parse(run.started_at))
    if (verdict === 'waiting') waiting.push(group.key)
    else if (verdict !== 'fits') differences.push(...verdict)
  }
  return { stand: differences.length > 0 ? await definition.explain(sql, differences) : [], waiting }
}

/** Stores what stands. Changes `run` with it. */
export async function keep(
  sql: Sql,
  definition: Definition,
  run: RunRow,
  { stand, waiting }: Judged,
  at: string,
): Promise<void> {
  const findings = stand.map(({ kind, key, field, ours, theirs }) => ({
    kind, key, field, ours, theirs, stream: definition.streamOf(key), cure: definition.cure(kind, field),
  })) // prettier-ignore
  await storeFindings(sql, { definition: definition.name, run: run.id, at }, findings)
  await keepFindings(sql, definition.name, run.id, waiting)
  run.found += findings.length
  run.waiting += waiting.length
}

export const toStaged = (record: CensusRecord, fields: readonly Comparison[]): Omit<StagedRecord, 'side'> => ({
  key: record.key,
  compared: comparedText(record, fields),
  changed_at: record.changedAt,
  alone: record.alone === true,
  also: record.also ?? null,
})

/** Rows in order of key, as groups. */
export function groupsOf(rows: readonly StagedRecord[], fields: readonly Comparison[]): Group[] {
  const groups: { key: string; left: CensusRecord[]; right: CensusRecord[] }[] = []
  for (const row of rows) {
    if (groups.at(-1)?.key !== row.key) groups.push({ key: row.key, left: [], right: [] })
    const { left, right } = groups.at(-1)!
    const side = row.side === 0 ? left : right
    side.push(fromStaged(row, fields))
  }
  return groups
}

function fromStaged({ key, compared, changed_at, alone, also }: StagedRecord, fields: readonly Comparison[]) {
  const values = JSON.parse(compared) as (string | number | boolean | null)[]
  return {
    key,
    fields: Object.fromEntries(fields.map(({ name }, index) => [name, values[index] ?? null])),
    changedAt: changed_at,
    alone,
    ...(also ? { also } : {}),
  }
}
