/**
 * Deciders know no clock, and nothing may happen for a long time: so a stream can set an alarm. It is written in the
 * turn that set it, and once it is due it becomes a note to that stream, in one transaction, by whichever process comes
 * first. It may ring late, and rings once.
 */
import { NOTE_PRIORITY } from '#policy/priorities.ts'
import { type AlarmRow, takeDueAlarms } from '#store/alarms.ts'
import { insertInbox, type NewInboxRow } from '#store/inbox.ts'
import { type Engine, nowOf } from './engine.ts'

const RUNG_AT_ONCE = 200

/** @returns how many rang. */
export async function ringAlarms(engine: Engine): Promise<number> {
  const at = nowOf(engine)
  const rung = await engine.database.transaction(async (sql) => {
    const due = await takeDueAlarms(sql, at, RUNG_AT_ONCE)
    if (due.length > 0) await insertInbox(sql, due.toSorted(byTime).map((one) => noteOf(one, at))) // prettier-ignore
    return due.length
  })
  return rung
}

const byTime = (a: AlarmRow, b: AlarmRow): number => (a.due_at < b.due_at ? -1 : a.due_at > b.due_at ? 1 : 0)

const noteOf = ({ stream, command, key, correlation }: AlarmRow, at: string): NewInboxRow => ({
  source: 'core',
  key: `alarm/${key}`,
  kind: 'note',
  topic: stream,
  body: Buffer.from(JSON.stringify(command)),
  correlation,
  receivedAt: at,
  priority: NOTE_PRIORITY,
})
