/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import { z } from 'zod'
import { fault } from './faults.ts'

/** Throws `malformed` naming the first field that is not as it must be. */
export function shaped<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.path.join('.') || 'the body'
  throw fault(
    'malformed',
    'woocommerce.malformed',
    `${what}: ${path} is missing or not as it must be (${issue?.code ?? 'unknown'}).`,
  )
}

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
