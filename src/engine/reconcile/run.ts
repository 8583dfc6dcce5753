/**
 * One run of a reconciliation, from wherever it stands to its end. Every step stores how far it is together with what
 * it did, under a lease with a fence: a run whose process was killed is taken over by the next and goes on at the same
 * page. Memory holds one page and what may differ of it, however many records there are.
 */
import type { CensusPage } from '#connectors/kit/reader.ts'
import type { Json } from '#canon/json.ts'
import type { Sql } from '#store/database.ts'
import { oldestSince } from '#store/reconcile-findings.ts'
import { closeStage, countStaged, emptyStage, openStage, sortStage, stage, suspects } from '#store/reconcile-stage.ts'
import {
  activeRun,
  beginRun,
  finishRun,
  firstDecision,
  lockRun,
  releaseRun,
  type RunRow,
  saveRun,
  type StoredSide,
  takeOverRun,
  withoutWaiting,
} from '#store/reconcile.ts'
import { type Fault, toFault } from '../../fault.ts'
import { type Engine, instantAt, nowOf } from '../engine.ts'
import { groupsOf, judgeAll, keep, toStaged } from './compare.ts'
import type { Definition } from './definition.ts'
import { finish } from './finish.ts'
import { isSuspect } from './judge.ts'
import { merge } from './merge.ts'

/** Longer than the longest page. */
const LEASE_MS = 3 * 60_000
/** Records of both sides that are compared between two commits, where nothing is staged. */
const BLOCK_SIZE = 10_000
const SUSPECTS_PER_READ = 1_000
/** After a fault that does not say how long to wait. */
const PAUSE_MS = 60_000
/** A run that has not come to its end by then starts afresh the next time. */
const LONGEST_MS = 24 * 3_600_000
const MINUTE_MS = 60_000
const LOOK_BACK_MAX_MS = 60 * 86_400_000

export interface RunOptions {
  /** Whether it may mend what it finds. A run that is taken over keeps what it was begun with. */
  mends: boolean
  /** Records of both sides between two commits, where both come sorted. */
  blockSize?: number
  onProgress?(run: RunRow): void
  /** Asked after every step: whether to give the run back, for anybody to go on with. */
  stopping?(): boolean
}

export type Outcome =
  /** Another process works on it, or it waits until a moment. */
  | { state: 'busy'; owner: string }
  | { state: 'done'; run: RunRow }
  /** One of the sides did not answer: it goes on from there at `dueAt`. */
  | { state: 'paused'; run: RunRow; dueAt: string; reason: string }
  | { state: 'failed'; run: RunRow; reason: string }

/** What the steps of a run share. */
export interface Work {
  engine: Engine
  definition: Definition
  run: RunRow
  /** Does the work and stores where the run stands, in one transaction. Throws `LeaseLost`. */
  step(work: (sql: Sql) => Promise<unknown>): Promise<void>
}

/** Another process has taken the run over. */
class LeaseLost extends Error {}

/** This process ends. */
class Stopped extends Error {}

/** Begins a run, or goes on with the one that stands still, and works until it ends or cannot go on. */
export async function reconcile(engine: Engine, definition: Definition, options: RunOptions): Promise<Outcome> {
  const run = await take(engine, definition, options)
  if (!run) {
    const active = await activeRun(engine.database, definition.name)
    return { state: 'busy', owner: active?.owner ?? 'another process' }
  }
  const work = workOn(engine, definition, run, options)
  try {
    if (run.state === 'reading') await (run.streamed ? stream(work, options.blockSize) : read(work))
    if (run.state === 'comparing') await compare(work)
    if (run.state === 'mending') await finish(work)
    return { state: 'done', run }
  } catch (error) {
    if (error instanceof LeaseLost) return { state: 'busy', owner: 'another process' }
    if (error instanceof Stopped) return pause(work, nowOf(engine), 'The process ended; another goes on.')
    return await stumble(work, toFault(error))
  }
}

async function take(engine: Engine, definition: Definition, { mends }: RunOptions): Promise<RunRow | null> {
  const { name: definitionName, ours, theirs } = definition
  const nowMs = engine.io.now()
  const at = instantAt(nowMs)
  const leaseUntil = instantAt(nowMs + LEASE_MS)
  const given = { definition: definitionName, owner: engine.owner, leaseUntil }
  const waiting = await takeOverRun(engine.database, { ...given, now: at })
  if (waiting) return waiting
  const streamed = ours.reader.ordered === true && theirs.reader.ordered === true
  const since = await lookBack(engine, definition, nowMs)
  return beginRun(engine.database, { ...given, streamed, mends, since, at })
}

/**
 * As far as the policy says; further while a finding from before is open, so that this run can see it mended; and never
 * to before the hub began, since orders from then are not its own.
 */
async function lookBack(engine: Engine, { name, windowMs }: Definition, nowMs: number): Promise<string> {
  const first = Date.parse((await firstDecision(engine.database)) ?? instantAt(nowMs))
  const oldest = Date.parse((await oldestSince(engine.database, name)) ?? instantAt(nowMs))
  const wanted = Math.max(Math.min(nowMs - windowMs, oldest), nowMs - LOOK_BACK_MAX_MS, Math.min(first, oldest))
  return instantAt(Math.floor(wanted / MINUTE_MS) * MINUTE_MS)
}

function workOn(engine: Engine, definition: Definition, run: RunRow, options: RunOptions): Work {
  return {
    engine,
    definition,
    run,
    async step(work) {
      await engine.database.transaction(async (sql) => {
        if (run.state === 'reading' || run.state === 'comparing') await withoutWaiting(sql)
        if (!(await lockRun(sql, run))) throw new LeaseLost()
        await work(sql)
        await saveRun(sql, run, instantAt(engine.io.now() + LEASE_MS))
      })
      options.onProgress?.(run)
      if (run.state !== 'done' && options.stopping?.()) throw new Stopped()
    },
  }
}

async function stumble({ engine, definition, run }: Work, fault: Fault): Promise<Outcome> {
  const { kind, message } = fault
  const nowMs = engine.io.now()
  const hopeless = kind === 'malformed' || kind === 'rejected' || nowMs - Date.parse(run.started_at) > LONGEST_MS
  const fields = { definition: definition.name, run: run.id, kind, reason: message }
  if (hopeless) {
    engine.io.log('error', 'a reconciliation failed', fields)
    await engine.database.transaction(async (sql) => {
      await closeStage(sql, run.id)
      await saveRun(sql, { ...run, state: 'failed', report: message }, instantAt(nowMs))
      await finishRun(sql, run, instantAt(nowMs))
    })
    return { state: 'failed', run, reason: message }
  }
  engine.io.log('info', 'a reconciliation waits', fields)
  return pause({ engine, run }, instantAt(nowMs + Math.max(1, fault.retryAfterMs ?? PAUSE_MS)), message)
}

async function pause({ engine, run }: Pick<Work, 'engine' | 'run'>, dueAt: string, reason: string): Promise<Outcome> {
  await releaseRun(engine.database, run, dueAt, reason)
  return { state: 'paused', run, dueAt, reason }
}

const scopeOf = ({ definition: { channel }, run: { since } }: Work) => ({ since, channel })

const pageOf = (work: Work, index: 0 | 1, cursor: Json | null): Promise<CensusPage> =>
  (index === 0 ? work.definition.ours : work.definition.theirs).reader.read(cursor, scopeOf(work))

/** Both sides sorted: compared on the way, nothing is kept. */
async function stream(work: Work, blockSize = BLOCK_SIZE): Promise<void> {
  const { engine, definition, run } = work
  const [left, right] = run.sides
  const read = {
    left: (cursor: Json | null) => pageOf(work, 0, cursor),
    right: (cursor: Json | null) => pageOf(work, 1, cursor),
  }
  const options = { read, isSuspect: (group: Parameters<typeof isSuspect>[0]) => isSuspect(group, definition) }
  const blocks = merge({ ...options, blockSize }, { left, right, after: run.compared_to })
  for await (const { suspects: groups, position } of blocks) {
    const judged = await judgeAll(engine.database, definition, groups, run)
    run.sides = [position.left, position.right]
    run.compared_to = position.after
    if (position.left.done && position.right.done) run.state = 'mending'
    await work.step((sql) => keep(sql, definition, run, judged, nowOf(engine)))
  }
}

/** Page after page into the database, first one side, then the other. */
async function read(work: Work): Promise<void> {
  const { definition, run } = work
  await work.step((sql) => openStage(sql, run.id))
  for (const index of [0, 1] as const) {
    const side: StoredSide = run.sides[index]
    while (!side.done) {
      const { records, cursor, more } = await pageOf(work, index, side.cursor)
      Object.assign(side, { cursor, done: !more, read: side.read + records.length })
      await work.step(async (sql) => {
        const rows = records.map((record) => toStaged(record, definition.fields))
        if (rows.length > 0) await stage(sql, run.id, index, rows)
      })
    }
  }
  run.state = 'comparing'
  await work.step(() => Promise.resolve())
}

async function compare(work: Work): Promise<void> {
  const { engine, definition, run } = work
  if ((await countStaged(engine.database, run.id)) !== run.sides[0].read + run.sides[1].read) return readAgain(work)
  await sortStage(engine.database, run.id)
  const { staleMs } = definition
  for (;;) {
    const options = { after: run.compared_to, limit: SUSPECTS_PER_READ, staleMs }
    const groups = groupsOf(await suspects(engine.database, run.id, options), definition.fields)
    if (groups.length === 0) break
    const judged = await judgeAll(engine.database, definition, groups, run)
    run.compared_to = groups.at(-1)!.key
    await work.step((sql) => keep(sql, definition, run, judged, nowOf(engine)))
  }
  run.state = 'mending'
  await work.step(() => Promise.resolve())
}

/** The server crashed and emptied what is not logged: what was read is gone, and looks missing. */
async function readAgain(work: Work): Promise<void> {
  const { run } = work
  run.state = 'reading'
  run.sides = [0, 1].map(() => ({ cursor: null, done: false, read: 0 })) as RunRow['sides']
  await work.step((sql) => emptyStage(sql, run.id))
  await read(work)
  await compare(work)
}
