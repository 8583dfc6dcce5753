/** What the operations about reconciliation take and give. */
import { z } from 'zod'
import { at, count, cursor, limit, next, object } from './contract-parts.ts'

export const reconcileRun = object('ReconcileRun', {
  id: z.int(),
  state: z.enum(['reading', 'comparing', 'mending', 'done', 'failed']),
  startedAt: at,
  finishedAt: at.nullable(),
  since: at.describe('Orders placed before this were not looked at.'),
  read: z.array(count).describe('Records read of the first and of the second side.'),
  found: count,
  handedIn: count.describe('Findings that were handed in to be mended by themselves.'),
  resolved: count.describe('Findings of earlier runs that are gone.'),
  waiting: count.describe('Keys that changed too lately to be judged.'),
  report: z.string().nullable(),
})

export const reconciliation = object('Reconciliation', {
  name: z.string(),
  what: z.string(),
  sides: z.array(z.string()).describe('What the first and the second side are called.'),
  open: count,
  openByKind: z.record(z.string(), count),
  nextAt: at.nullable(),
  runs: z.array(reconcileRun).describe('The last ones, newest first.'),
})
export type ReconciliationView = z.infer<typeof reconciliation>

export const reconciliationList = object('ReconciliationList', { rows: z.array(reconciliation) })
export type ReconciliationList = z.infer<typeof reconciliationList>

export const findingListParams = z.object({
  definition: z.string().max(200).optional(),
  state: z.enum(['open', 'resolved']).default('open'),
  cursor: cursor.optional(),
  limit,
})

export const findingRow = object('ReconcileFinding', {
  id: z.int(),
  definition: z.string(),
  kind: z.string().describe('missed, unexpected, duplicate, stale or mismatched.'),
  key: z.string(),
  message: z.string(),
  cure: z.string(),
  state: z.enum(['open', 'handed_in', 'resolved']),
  stream: z.string().nullable(),
  foundAt: at,
  seenAt: at,
  handedInAt: at.nullable(),
  resolvedAt: at.nullable(),
  firstRun: z.int(),
  lastRun: z.int(),
  resolvedRun: z.int().nullable().describe('The run that no longer found it.'),
})
export type FindingView = z.infer<typeof findingRow>

export const findingList = object('ReconcileFindingList', { rows: z.array(findingRow), next })
export type FindingList = z.infer<typeof findingList>
