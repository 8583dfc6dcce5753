/** Upkeep of a connection, such as mending its webhook subscriptions. What was missed meanwhile is read again. */
import type { Gap, Upkeep } from '#connectors/kit/connector.ts'
import { hurryBackfills } from '#store/backfill.ts'
import { hurryTask, lastWell, reportTask } from '#store/cursor.ts'
import { lastDelivery } from '#store/watch.ts'
import { toFault } from '../fault.ts'
import { startBackfill } from './backfill.ts'
import { connectionNamed, type Engine, instantAt, nowOf } from './engine.ts'
import { runScheduled, take } from './feed.ts'
import { enter, leave } from './gate.ts'

/** What was missed is read once the mending is done; at the latest then, should this process die in it. */
const MEND_MS = 60_000

/** @returns what was done; null when it was not due, or nobody may call. */
export async function maintain(engine: Engine, connection: string, name: string): Promise<string[] | null> {
  const upkeep = connectionNamed(engine, connection).upkeep[name]
  if (!upkeep) return null
  const task = `upkeep:${name}`
  const schedule = engine.schedules?.of(connection, task)
  if (schedule) {
    let said: string[] = []
    const work = async () => {
      said = await run(engine, connection, name, upkeep)
      return { report: said.join('\n') }
    }
    return (await runScheduled(engine, schedule, work)) ? said : null
  }
  if (!(await take(engine, connection, task, upkeep.everyMs))) return null
  const pass = await enter(engine, connection)
  if (!pass.open) {
    await hurryTask(engine.database, connection, task, instantAt(pass.untilMs))
    return null
  }
  const done = await run(engine, connection, name, upkeep).catch(toFault)
  const fault = Array.isArray(done) ? null : done
  await leave(engine, connection, pass, fault)
  const said = Array.isArray(done) ? done : [done.message]
  if (fault) engine.io.log('warn', fault.message, { connection, upkeep: name, kind: fault.kind })
  await reportTask(engine.database, { connection, task, at: nowOf(engine), report: said.join('\n'), well: !fault })
  return said
}

async function run(engine: Engine, connection: string, name: string, upkeep: Upkeep): Promise<string[]> {
  const gaps: Gap[] = []
  const onGap = async (gap: Gap) => {
    gaps.push(gap)
    await remember(engine, connection, name, gap)
  }
  const said = await upkeep.run(onGap)
  if (gaps.length > 0) await hurryBackfills(engine.database, connection, nowOf(engine))
  for (const sentence of said) engine.io.log('info', sentence, { connection, upkeep: name })
  return said
}

/**
 * What brought the news was there when upkeep last looked; before it vanished, the system may have tried in vain for a
 * while. Where upkeep never found it, the last delivery says how long it worked; where there was none, nothing is
 * missing: the feeds begin where they are told to.
 */
async function remember(engine: Engine, connection: string, name: string, gap: Gap): Promise<void> {
  const { database } = engine
  const seen = (await lastWell(database, connection, `upkeep:${name}`)) ?? (await lastDelivery(database, connection))
  if (seen === null) return
  const sinceMs = Date.parse(seen) - gap.triedForMs
  for (const feed of gap.feeds)
    await startBackfill(engine, { connection, feed, sinceMs, reason: gap.what, delayMs: MEND_MS })
}
