/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import { z } from 'zod'
import { shapes } from '../kit/shape.ts'

export const { shaped, malformed } = shapes('stripe.malformed')

const id = z.string().min(1).max(200)
const amount = z.int().min(0)
const currency = z.string().regex(/^[a-z]{3}$/)
const metadata = z.record(z.string(), z.string()).nullish().transform((all) => all ?? {}) // prettier-ignore
/** Seconds, to UTC with milliseconds. */
export const moment = z
  .int()
  .min(0)
  .max(8_640_000_000_000)
  .transform((seconds) => new Date(seconds * 1_000).toISOString())
/** A name, or the thing itself where it was expanded. */
const named = z.union([id, z.object({ id }).transform((one) => one.id)]).nullish()

export const intent = z.object({
  id,
  amount,
  amount_capturable: amount,
  amount_received: amount,
  currency,
  status: z.string(),
  metadata,
  last_payment_error: z.object({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish(),
})
export type Intent = z.infer<typeof intent>

export const charge = z.object({
  id,
  amount,
  amount_captured: amount,
  captured: z.boolean(),
  currency,
  status: z.string(),
  payment_intent: named,
  failure_code: z.string().nullish(),
  payment_method_details: z.object({ card: z.object({ capture_before: moment.nullish() }).nullish() }).nullish(),
  metadata,
})
export type Charge = z.infer<typeof charge>

export const refund = z.object({
  id,
  amount,
  currency,
  status: z.string().nullish(),
  charge: named,
  payment_intent: named,
  failure_reason: z.string().nullish(),
  metadata,
})
export type Refund = z.infer<typeof refund>

export const dispute = z.object({
  id,
  amount,
  currency,
  status: z.string(),
  reason: z.string(),
  charge: named,
  payment_intent: named,
  balance_transactions: z
    .array(z.object({ amount: z.int(), currency }))
    .nullish()
    .transform((all) => all ?? []),
  evidence_details: z.object({ due_by: moment.nullish() }).nullish(),
})
export type Dispute = z.infer<typeof dispute>

export const warning = z.object({ id, charge: named, payment_intent: named, fraud_type: z.string().max(100) })

export const review = z.object({
  id,
  open: z.boolean(),
  charge: named,
  payment_intent: named,
  closed_reason: z.string().max(100).nullish(),
})

export const event = z.object({
  id,
  object: z.literal('event'),
  type: z.string().min(1).max(100),
  created: moment,
  data: z.object({ object: z.looseObject({ id: id.optional() }) }),
})

export const listOf = <T extends z.ZodType>(one: T) => z.object({ data: z.array(one), has_more: z.boolean() })
