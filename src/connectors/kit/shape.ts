/** Reads what a vendor says: unknown fields are let through, a missing one is named by its path and never quoted. */
import type { z } from 'zod'
import { Fault } from '../../fault.ts'

/** undefined when it is none. */
export function jsonOf(said: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof said === 'string' ? said : new TextDecoder().decode(said))
  } catch {
    return undefined
  }
}

/** @param code of what does not have the shape it must have: `stripe.malformed`. */
export function shapes(code: string) {
  const malformed = (message: string): Fault => new Fault('malformed', message, { code })

  /** Throws `malformed` naming the first field that is not as it must be. */
  function shaped<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    const path = issue?.path.join('.') || 'the body'
    throw malformed(`${what}: ${path} is missing or not as it must be (${issue?.code ?? 'unknown'}).`)
  }
  return { shaped, malformed }
}
