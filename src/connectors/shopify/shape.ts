/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import { z } from 'zod'
import { Fault } from '../../fault.ts'

/** Throws `malformed` naming the first field that is not as it must be. */
export function shaped<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.path.join('.') || 'the body'
  throw new Fault('malformed', `${what}: ${path} is missing or not as it must be (${issue?.code ?? 'unknown'}).`, {
    code: 'shopify.malformed',
  })
}

/** Numbers in webhook bodies, text in GraphQL: always text here. */
export const id = z.union([z.int().positive(), z.string().min(1)]).transform(String)
export const maybeText = z.string().nullish()
/** Amounts are text; a few old fields are numbers. */
export const amount = z.union([z.string(), z.number()]).transform(String)
