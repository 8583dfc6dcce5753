/**
 * Reading what changed without losing any of it. Odoo stamps rows with the time their transaction _began_, so a row can
 * appear behind a cursor that already went past it. Hence closed windows that overlap by more than the longest
 * transaction, paged by id inside; what is read twice has the same key and drops out.
 */
import { z } from 'zod'
import type { Client, Domain } from './client.ts'
import { LIMITS } from './limits.ts'
import { msToOdooTime } from './values.ts'

const windowSchema = z.object({ from: z.string(), lastId: z.int(), to: z.string().nullable() })

/** `to` is null between two windows. */
export type Window = z.infer<typeof windowSchema>

const FIRST: Window = { from: '1970-01-01 00:00:00', lastId: 0, to: null }

export const parseWindow = (cursor: unknown): Window => windowSchema.safeParse(cursor).data ?? FIRST

export const windowSince = (at: string): Window => ({ from: msToOdooTime(Date.parse(at)), lastId: 0, to: null })

export interface WindowPage<T> {
  rows: T[]
  window: Window
  more: boolean
}

/** One page of the rows that changed. Archived ones count. */
export async function readWindow<T extends { id: number }>(
  client: Client,
  model: string,
  row: z.ZodType<T>,
  domain: Domain,
  { from, lastId, to }: Window,
): Promise<WindowPage<T>> {
  const asked = to ?? msToOdooTime((await client.serverNow()) - LIMITS.lagMs)
  const rows = await client.search(
    model,
    row,
    [['write_date', '>=', from], ['write_date', '<', asked], ['id', '>', lastId], ...domain],
    { limit: LIMITS.rowsPerPage, context: { active_test: false } },
  )
  // Our own clock may have been set since Odoo last told its time. Its answer has told it again: nothing later is read.
  const latest = msToOdooTime((await client.serverNow()) - LIMITS.lagMs)
  const end = asked < latest ? asked : latest
  if (rows.length === LIMITS.rowsPerPage) {
    return { rows, window: { from, lastId: rows.at(-1)!.id, to: end }, more: true }
  }
  const next = msToOdooTime(Date.parse(`${end.replace(' ', 'T')}Z`) - LIMITS.overlapMs)
  return { rows, window: { from: next > from ? next : from, lastId: 0, to: null }, more: false }
}
