/** Dead letters as lines of text, for people at a terminal. */
import type { deadLetterPage, listDeadLetters } from '#insight/dead-letters.ts'

type Row = NonNullable<Awaited<ReturnType<typeof listDeadLetters>>>['rows'][number]
type Page = NonNullable<Awaited<ReturnType<typeof deadLetterPage>>>

/** Three lines: which, why, and what to do. */
export function rowText({
  id,
  class: named,
  title,
  value,
  owner,
  assignee,
  state,
  openedAt,
  reason,
  next,
}: Row): string {
  const worth = value ? `, ${value.text} ${value.currency}` : ''
  const whose = assignee ? `${owner}, ${assignee} is at it` : owner
  return [
    `${String(id).padEnd(7)}${named.padEnd(13)}${title}${worth} (${state}, ${whose}, since ${openedAt})`,
    `       ${reason}`,
    ...(state === 'resolved' ? [] : [`       → ${next}`]),
  ].join('\n')
}

export function pageText({ letter, payload, key, attempts, bodies, comments, notices }: Page): string {
  const facts: [string, string | number | null][] = [
    ['Step', letter.step],
    ['Code', letter.code],
    ['Stream', letter.stream],
    ['Order', letter.correlation],
    ['Key', key],
    ['Attempts', attempts],
    ['Failed for good', letter.deaths > 1 ? `${letter.deaths} times, last at ${letter.failedAt}` : letter.failedAt],
    ['Retried by people', letter.retries],
    ['Resolved', letter.resolvedAt && `${letter.resolution}: ${letter.proof}`],
  ]
  const known = facts.filter(([, value]) => value !== null)
  return [
    rowText(letter),
    '',
    ...known.map(([name, value]) => `${name.padEnd(19)}${value}`),
    ...notices.map(
      (one) => `Told by ${one.channel.padEnd(11)}${one.sentAt ?? `${one.state}: ${one.fault ?? 'waiting'}`}`,
    ),
    ...bodies.map(({ version, at, who, bytes }) => `Body ${String(version).padEnd(14)}${at} ${who}, ${bytes} bytes`),
    '',
    ...comments.map(({ at, who, action, text }) => `${at} ${who} ${action}: ${text}`),
    ...(comments.length > 0 ? [''] : []),
    JSON.stringify(payload, null, 2),
  ].join('\n')
}
