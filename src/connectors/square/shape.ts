/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import { type Money, money } from '#canon/money.ts'
import { z } from 'zod'
import { shapes } from '../kit/shape.ts'

export const { shaped, malformed } = shapes('square.malformed')

export const id = z.string().min(1).max(200)
export const maybeText = z.string().nullish()

/** Square leaves lists out when they are empty. */
export const listOf = <T extends z.ZodType>(one: T) =>
  z
    .array(one)
    .nullish()
    .transform((all) => all ?? [])

/** Whole minor units. Square leaves `amount` out when it is 0 in some places. */
export const amount = z
  .object({ amount: z.int().nullish(), currency: z.string().regex(/^[A-Z]{3}$/) })
  .transform((told): Money => money(told.amount ?? 0, told.currency))

/** UTC with milliseconds; Square writes anything from seconds to nanoseconds. */
export const moment = z.string().transform((text, context): string => {
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return new Date(at).toISOString()
  context.addIssue({ code: 'custom', message: 'is not a moment in time' })
  return z.NEVER
})

/** A count as a decimal with up to five digits behind the point; a piece that is not whole cannot be sold. */
export const pieces = z
  .string()
  .regex(/^-?\d{1,9}(\.\d{1,5})?$/)
  .transform((text) => Math.floor(Number(text)))
