/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import type { z } from 'zod'
import { Fault } from '../../fault.ts'

/** Throws `malformed` naming the first field that is not as it must be. */
export function shaped<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.path.join('.') || 'the body'
  throw malformed(`${what}: ${path} is missing or not as it must be (${issue?.code ?? 'unknown'}).`)
}

export const malformed = (message: string): Fault => new Fault('malformed', message, { code: 'amazon.malformed' })

/** UTC with milliseconds. */
export function instantOf(moment: string, path: string): string {
  const at = Date.parse(moment)
  if (!Number.isNaN(at)) return new Date(at).toISOString()
  throw malformed(`${path} is not a moment in time.`)
}
