/** What people do by hand goes through the inbox like everything else: nobody has a private door. */
import { insertInbox, reviveInbox } from '#store/inbox.ts'
import { type Engine, nowOf } from './engine.ts'

/** People wait for what they asked for. */
const PERSON_PRIORITY = 1

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
  const key = `${command.type}/${stream}/${requestKey}`
  const body = Buffer.from(JSON.stringify(command))
  const receivedAt = nowOf(engine)
  const from = { source: 'person', key, kind: 'note', priority: PERSON_PRIORITY } as const
  const stored = await insertInbox(engine.database, [{ ...from, topic: stream, body, correlation: stream, receivedAt }])
  return { key, fresh: stored.length > 0 }
}

/** Gives a message that nobody could decide back to be decided again. @returns whether there was such a one. */
export const reviveMessage = (engine: Engine, id: number): Promise<boolean> => reviveInbox(engine.database, id)
