/**
 * Replay with effect: deliveries of the past are handed to the turn again as new rows, so everything goes through the
 * one spine, and the deciders do only what is really missing. What it would do is shown first, and done only when the
 * token of what was shown is repeated and still fits.
 */
import type { Json } from '#canon/json.ts'
import { waitForTurn } from '#store/inbox.ts'
import type { Sql } from '#store/database.ts'
import { countDecided, decidedRows, readOnly, type RowFilter } from '#store/replay.ts'
import { copyInbox, insertRun } from '#store/replay-run.ts'
import { Fault } from '../../fault.ts'
import { type Engine, nowOf } from '../engine.ts'
import { type Message, translate } from '../decide.ts'
import { preview, type Preview } from './preview.ts'
import { checkSelection, deliveriesOf, type Selection } from './selection.ts'

/** Deliveries of one replay: while they are handed over nobody decides. */
export const REPLAY_ROWS_MAX = 10_000
/** Before everything else, so that what was shown is what is done. */
const REPLAY_PRIORITY = 0

export interface Done {
  run: string
  preview: Preview
}

/** What a replay of the selection would do now. Writes nothing. */
export async function previewReplay(engine: Engine, selection: Selection): Promise<Preview> {
  checkSelection(selection)
  return readOnly(engine.database, async (sql) => (await look(sql, engine, selection)).preview)
}

/**
 * @param token of the preview that somebody has seen. Throws `rejected` when it does not fit what would be done now.
 */
export async function replay(engine: Engine, selection: Selection, token: string, by: string): Promise<Done> {
  checkSelection(selection)
  return engine.database.transaction(async (sql) => {
    await waitForTurn(sql)
    const { preview: now, ids } = await look(sql, engine, selection)
    checkToken(now, token)
    const run = engine.io.id().slice(0, 12)
    const row = { id: run, kind: 'replay' as const, asked_by: by, at: nowOf(engine), policy: engine.policy.version }
    await insertRun(sql, { ...row, selection: selection as Json, token, rows: ids.length, preview: now as never })
    await copyInbox(sql, run, ids, REPLAY_PRIORITY)
    return { run, preview: now }
  })
}

export function checkToken({ token: now, irreversible }: Preview, token: string): void {
  if (token === now) return
  const what = irreversible > 0 ? ` ${irreversible} of its steps cannot be taken back.` : ''
  const message = `This is not what was shown: things have changed since, or the token is another one's.${what} Nothing was done. Look at the dry run again and confirm with its token.`
  throw new Fault('rejected', message, { code: 'replay_changed' })
}

async function look(sql: Sql, engine: Engine, selection: Selection): Promise<{ preview: Preview; ids: number[] }> {
  const filter = deliveriesOf(selection)
  const total = await countDecided(sql, filter)
  if (total > REPLAY_ROWS_MAX) {
    const message = `The selection holds ${total} deliveries; one replay takes ${REPLAY_ROWS_MAX}. Narrow the period.`
    throw new Fault('rejected', message, { code: 'replay_too_large' })
  }
  if (total === 0) {
    const message =
      'The selection holds no delivery from outside. Notes and answers follow from deliveries and are not repeated.'
    throw new Fault('rejected', message, { code: 'replay_empty' })
  }
  const ids: number[] = []
  const shown = await preview(sql, engine, said(sql, engine, filter, ids), () => ids.length)
  return { preview: shown, ids }
}

async function* said(sql: Sql, engine: Engine, filter: RowFilter, ids: number[]): AsyncGenerator<Message[]> {
  for await (const rows of decidedRows(sql, filter)) {
    const page: Message[] = []
    for (const row of rows) {
      ids.push(row.id)
      try {
        page.push(...translate(engine, row))
      } catch {
        // It stays as dead as it was: the hub will say so of the new row.
      }
    }
    yield page
  }
}
