/**
 * How far a channel's orders are known is passed on only if they truly are: not while a message from that channel, or
 * one between streams of the hub, could not be decided. Goods are withheld until people have mended or resolved it; the
 * next pass of the feed tells anew.
 */
import type { Sql } from '#store/database.ts'
import { undecidableFrom } from '#store/dead-letters.ts'
import type { InboxRow, InboxVerdict } from '#store/inbox.ts'
import type { Message } from './decide.ts'

const isWatermark = ({ row, command }: Message): boolean =>
  row.kind === 'delivery' && command.type === 'channel.caughtUp'

/** Asks the database only when somebody says how far orders are known. @returns whose word does not hold. */
export async function doubtedSources(sql: Sql, messages: readonly Message[]): Promise<ReadonlySet<string>> {
  const sources = [...new Set(messages.filter(isWatermark).map(({ row }) => row.source))]
  return sources.length === 0 ? new Set() : new Set(await undecidableFrom(sql, [...sources, CORE]))
}

/** Notes between streams: an order's news to stock may be among them. */
const CORE = 'core'

/** @returns why the word is not passed on; null when it is. */
export function heldBack(
  message: Message,
  doubted: ReadonlySet<string>,
  rows: readonly InboxRow[],
  verdicts: ReadonlyMap<number, InboxVerdict>,
): string | null {
  if (!isWatermark(message)) return null
  const { source } = message.row
  const here = rows.some(
    (row) => (row.source === source || row.source === CORE) && verdicts.get(row.id)?.state === 'dead',
  )
  if (!here && !doubted.has(source) && !doubted.has(CORE)) return null
  return `held back: a message that could not be decided may be an order of ${source}. Mend or resolve its dead letter.`
}
