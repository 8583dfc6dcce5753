/** Reconciliation as regular work: what stands still goes on, what is due begins, one process at a time. */
import { plantTask, waitingRuns } from '#store/reconcile.ts'
import { reportTask, takeTask } from '#store/cursor.ts'
import type { ReconcileName } from '#policy/reconcile.ts'
import { type Engine, instantAt, nowOf } from '../engine.ts'
import type { Definition } from './definition.ts'
import { definitionsOf } from './definitions.ts'
import { reconcile } from './run.ts'

/** In the table of regular work. */
const OWNER = 'reconcile'

/** @param stopping whether to leave what is under way to others. @returns how many runs ended. */
export async function reconcileDue(engine: Engine, stopping: () => boolean = () => false): Promise<number> {
  const { reconcile: policy } = engine
  if (!policy) return 0
  const definitions = definitionsOf(engine)
  const standing = new Set((await waitingRuns(engine.database, nowOf(engine))).map(({ definition }) => definition))
  let ended = 0
  for (const definition of definitions) {
    if (stopping()) break
    const rules = policy[definition.name.split('/')[0] as ReconcileName]
    if (!standing.has(definition.name) && !(rules.run && (await isDue(engine, definition)))) continue
    const outcome = await reconcile(engine, definition, { mends: rules.mend, stopping })
    if (outcome.state !== 'done') continue
    ended += 1
    const { report } = outcome.run
    const task = { connection: OWNER, task: definition.name, at: nowOf(engine), report: report ?? '', well: true }
    await reportTask(engine.database, task)
  }
  return ended
}

/** First a whole interval after the hub began: what it has yet to read for the first time is not missing. */
async function isDue({ database, io }: Engine, { name, everyMs }: Definition): Promise<boolean> {
  const nowMs = io.now()
  const next = instantAt(nowMs + everyMs)
  if ((await plantTask(database, OWNER, name, next)) > 0) return false
  return takeTask(database, { connection: OWNER, task: name, now: instantAt(nowMs), nextDueAt: next })
}
