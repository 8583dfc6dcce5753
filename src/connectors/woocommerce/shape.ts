/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import { z } from 'zod'
import { shapes } from '../kit/shape.ts'
import { fault } from './faults.ts'

export const { shaped } = shapes('woocommerce.malformed')

export const id = z.int().positive()
export const maybeText = z.string().nullish()
/** The shop itself keeps no more than 100. */
export const maybeSku = z.string().max(120).nullish()
/** Amounts are text; plugins make numbers of them. */
export const amount = z.union([z.string(), z.number()]).transform(String)
export const meta = z.array(z.object({ key: z.string(), value: z.unknown() })).default([])

/** UTC with milliseconds; the shop writes it without either: `2026-11-21T05:30:00`. Throws `malformed`. */
export function instantOf(gmt: string, path: string): string {
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(gmt) ? gmt : `${gmt}Z`)
  if (!Number.isNaN(at)) return new Date(at).toISOString()
  throw fault('malformed', 'woocommerce.malformed', `${path} is not a moment in time.`)
}
