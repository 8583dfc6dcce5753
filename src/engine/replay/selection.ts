/** What is to be decided again, and what that means in rows. */
import type { RowFilter } from '#store/replay.ts'
import { Fault } from '../../fault.ts'

export interface Selection {
  /** One message. */
  inbox?: number | undefined
  stream?: string | undefined
  connection?: string | undefined
  /** Decided at or after, and before. */
  from?: string | undefined
  to?: string | undefined
}

/** Throws `rejected` when nothing, or too much at once, is named. */
export function checkSelection({ inbox, stream, connection, from, to }: Selection): void {
  const named = [inbox, stream, connection].filter((one) => one !== undefined).length
  const period = from !== undefined || to !== undefined
  if (named === 0 && !period) throw wrong('Name a message, a stream, a connection or a period.')
  if (named > 1) throw wrong('Name one of message, stream and connection, not several.')
  if (period && (inbox !== undefined || stream !== undefined))
    throw wrong('A period goes with a connection or alone; a message and a stream are taken whole.')
  for (const [name, at] of [
    ['from', from],
    ['to', to],
  ] as const)
    // prettier-ignore
    if (at !== undefined && Number.isNaN(Date.parse(at))) throw wrong(`'${name}' is no moment like 2026-11-20T08:00Z.`)
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to))
    throw wrong(`The period ends before it begins.`)
}

const wrong = (message: string) => new Fault('rejected', message, { code: 'selection_wrong' })

const instant = (at: string | undefined) => (at === undefined ? null : new Date(at).toISOString())

/** Every row of it, for a dry run. Of a connection: everything of the period, since all hangs together. */
export const rowsOf = ({ inbox, stream, from, to }: Selection): RowFilter => ({
  ids: inbox === undefined ? null : [inbox],
  stream: stream ?? null,
  source: null,
  deliveries: false,
  from: instant(from),
  to: instant(to),
})

/** What arrived from outside: what a replay hands to the hub again. The rest follows from it. */
export const deliveriesOf = (selection: Selection): RowFilter => ({
  ...rowsOf(selection),
  source: selection.connection ?? null,
  deliveries: true,
})

export const describeSelection = ({ inbox, stream, connection, from, to }: Selection): string => {
  if (inbox !== undefined) return `message ${inbox}`
  if (stream !== undefined) return `the stream ${stream}`
  const period = [from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(' ')
  return [connection ? `what concerns ${connection}` : 'everything', period].filter(Boolean).join(' ')
}
