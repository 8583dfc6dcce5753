/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import { shapes } from '../kit/shape.ts'

export const { shaped, malformed } = shapes('amazon.malformed')

/** UTC with milliseconds. */
export function instantOf(moment: string, path: string): string {
  const at = Date.parse(moment)
  if (!Number.isNaN(at)) return new Date(at).toISOString()
  throw malformed(`${path} is not a moment in time.`)
}
