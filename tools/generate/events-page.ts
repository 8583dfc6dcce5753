/** docs/reference/events.md: every event the deciders record, by the part of its name that says whose it is. */
import { EVENT_SENTENCES } from './event-sentences.ts'
import { page, table } from './page.ts'

export function eventsPage(): string {
  const groups = new Map<string, string[][]>()
  for (const [type, sentence] of Object.entries(EVENT_SENTENCES)) {
    const kind = type.slice(0, type.indexOf('.'))
    groups.set(kind, [...(groups.get(kind) ?? []), [`\`${type}\``, sentence]])
  }
  return page(
    'Events',
    'src/core/**, tools/generate/event-sentences.ts',
    'What happened, as it stands in the journal for good. The state of every order, SKU and parcel is made of its events.',
    ...[...groups].flatMap(([kind, rows]) => [`## ${kind}`, table(['event', 'what happened'], rows)]),
  )
}
