/** What Signifyd says of an order: unknown fields are let through, a missing one is named by its path, never quoted. */
import type { ScreeningDecision } from '#core/order/screening.ts'
import { z } from 'zod'
import { shapes } from '../kit/shape.ts'

export const { shaped } = shapes('signifyd.malformed')

/** With microseconds, and always in UTC. */
const moment = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(Date.parse(text)))
  .transform((text) => new Date(text).toISOString())

const decision = z.object({
  createdAt: moment,
  checkpointAction: z.string().min(1).max(60),
  checkpointActionReason: z.string().max(500).nullish(),
})

/** The answer to a sale, to a question for its decision, and the body of a webhook. */
export const told = z.object({
  signifydId: z.union([z.string().min(1).max(100), z.int()]).nullish(),
  orderId: z.string().min(1).max(200),
  decision: decision.nullish(),
})
export type Told = z.infer<typeof told>

const ACTIONS: Readonly<Record<string, ScreeningDecision['action']>> = {
  ACCEPT: 'accept', REJECT: 'reject', HOLD: 'hold', CHALLENGE: 'challenge',
} // prettier-ignore

/** Only a known word lets an order go. A reason is a code; anything that could be a person's data is left out. */
export function decisionOf({ decision: said }: Told): ScreeningDecision | null {
  if (!said) return null
  const { checkpointAction, checkpointActionReason: why, createdAt: at } = said
  const reason = why && /^[\w. -]{1,100}$/.test(why) ? why : checkpointAction.replace(/[^\w-]/g, '')
  return { action: ACTIONS[checkpointAction.toUpperCase()] ?? 'unknown', reason: reason || 'no reason', at }
}

export const caseOf = ({ signifydId }: Told): string | null =>
  signifydId === null || signifydId === undefined ? null : String(signifydId)
