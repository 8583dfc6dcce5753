/** What people do by hand goes through the inbox like everything else: nobody has a private door. */
import { insertInbox, type NewInboxRow, reviveInbox } from '#store/inbox.ts'
import { type Engine, nowOf } from './engine.ts'

/** People wait for what they asked for. */
const PERSON_PRIORITY = 1

/** A person's command for a stream as an inbox row. @param requestKey equal keys count once. */
export function personRow(engine: Engine, stream: string, command: { type: string }, requestKey: string): NewInboxRow {
  return {
    source: 'person', key: `${command.type}/${stream}/${requestKey}`, kind: 'note', topic: stream,
    body: Buffer.from(JSON.stringify(command)), correlation: stream, receivedAt: nowOf(engine),
    priority: PERSON_PRIORITY,
  } // prettier-ignore
}

/**
 * A person's command for a stream, stored to be decided.
 *
 * @param requestKey equal keys count once. @returns whether this one was new.
 */
export async function tellStream(
  engine: Engine,
  stream: string,
  command: { type: string },
  requestKey: string,
): Promise<{ key: string; fresh: boolean }> {
  const row = personRow(engine, stream, command, requestKey)
  const stored = await insertInbox(engine.database, [row])
  return { key: row.key, fresh: stored.length > 0 }
}

/** Gives a message that nobody could decide back to be decided again. @returns whether there was such a one. */
export const reviveMessage = (engine: Engine, id: number): Promise<boolean> => reviveInbox(engine.database, id)
