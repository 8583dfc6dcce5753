/**
 * The end of a run: what is no longer found is over, what may be mended by itself is handed in, people are told of the
 * rest. When there is more to mend than the bound allows, something systematic is wrong, and nothing is mended.
 */
import { insertInbox } from '#store/inbox.ts'
import { findingsOf, markHandedIn, resolveFindings } from '#store/reconcile-findings.ts'
import { finishRun } from '#store/reconcile.ts'
import { closeStage } from '#store/reconcile-stage.ts'
import { nowOf } from '../engine.ts'
import type { Mending } from './definition.ts'
import type { Work } from './run.ts'

const FINDINGS_PER_READ = 200

export async function finish(work: Work): Promise<void> {
  const { engine, definition, run } = work
  const { mendings, tooMany } = run.mends ? await plan(work) : { mendings: [], tooMany: false }
  const at = nowOf(engine)
  const { name, mendingsMax } = definition
  run.state = 'done'
  await work.step(async (sql) => {
    const told = { definition: name, run: run.id, since: run.since, at }
    run.resolved = await resolveFindings(sql, told)
    const rows = mendings.flatMap((mending) => mending.rows)
    if (rows.length > 0) await insertInbox(sql, rows)
    await markHandedIn(sql, mendings.map(({ finding }) => finding.id), at) // prettier-ignore
    run.mended = mendings.length
    run.report = reportOf(run, tooMany ? mendingsMax : null)
    await finishRun(sql, run, at)
    await closeStage(sql, run.id)
  })
  const fields = { definition: name, run: run.id, found: run.found, mended: run.mended, report: run.report }
  if (tooMany) engine.io.log('error', 'a reconciliation found too much to mend by itself', fields)
  else if (run.found > 0) engine.io.log('warn', 'a reconciliation found differences', fields)
  else engine.io.log('info', 'a reconciliation found nothing', fields)
}

type Kept = Awaited<ReturnType<typeof findingsOf>>[number] & Mending['finding']

/** Never holds more than the bound. */
async function plan({ engine, definition, run }: Work): Promise<{ mendings: Mending<Kept>[]; tooMany: boolean }> {
  const mendings: Mending<Kept>[] = []
  let after = 0
  for (;;) {
    const page = await findingsOf(engine.database, definition.name, run.id, after, FINDINGS_PER_READ)
    if (page.length === 0) return { mendings, tooMany: false }
    mendings.push(...(await definition.mend(page as Kept[], run.id)))
    if (mendings.length > definition.mendingsMax) return { mendings: [], tooMany: true }
    after = page.at(-1)!.id
  }
}

function reportOf({ found, mended, resolved, waiting }: Work['run'], bound: number | null): string {
  const parts = [found === 0 ? 'No differences.' : found === 1 ? 'One difference.' : `${found} differences.`]
  if (bound !== null) parts.push(`More than ${bound} could be mended, so none was: find out what they have in common.`)
  if (mended > 0) parts.push(`${mended} handed in to be mended.`)
  if (resolved > 0) parts.push(`${resolved} found before are gone.`)
  if (waiting > 0) parts.push(`${waiting} changed just now and are looked at next time.`)
  return parts.join(' ')
}
