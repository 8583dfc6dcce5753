/** `crossdock catalogue cases`: the mapping desk in words, and how each channel stands. */
import { catalogueState, type ChannelSync } from '#insight/catalogue.ts'
import { type DeskCase, mappingDesk } from '#insight/mapping-desk.ts'
import type { Engine } from '#engine/engine.ts'

export interface Cases {
  channels: ChannelSync[]
  cases: DeskCase[]
  complete: boolean
}

export async function casesOf({ database, policy }: Pick<Engine, 'database' | 'policy'>): Promise<Cases> {
  const { rows, channels, complete } = await catalogueState(database, policy)
  return { channels, cases: await mappingDesk(database, rows), complete }
}

export function caseWords({ channels, cases, complete }: Cases): string[] {
  return [
    ...cases.map(
      ({ kind, connection, about, count, holds }) => `${connection} ${kind}: ${about} (holds ${count} ${holds})`,
    ),
    ...channels.map((one) =>
      one.mode === 'off'
        ? `${one.channel}: left alone`
        : `${one.channel} (${one.mode}): ${FIGURES.map(([name, words]) => `${one[name]} ${words}`).join(', ')}`,
    ),
    `${cases.length} cases on the mapping desk.${complete ? '' : ' Not all products were looked at.'} Nothing was written.`,
  ]
}

const FIGURES = [
  ['settled', 'as they should be'],
  ['differs', 'differ'],
  ['held', 'held'],
  ['unlisted', 'not listed'],
  ['unknown', 'unknown'],
  ['failed', 'given up'],
] as const
