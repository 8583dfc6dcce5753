/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import { z } from 'zod'
import { shapes } from '../kit/shape.ts'

export const { shaped, malformed } = shapes('paypal.malformed')

const id = z.string().regex(/^[A-Za-z0-9-]{1,60}$/)
const amount = z.object({ currency_code: z.string().regex(/^[A-Z]{3}$/), value: z.string().max(40) })
/** With an offset or without decimals, to UTC with milliseconds. */
export const moment = z.string().max(64).transform((text, context) => {
  const ms = Date.parse(text)
  if (!Number.isNaN(ms)) return new Date(ms).toISOString()
  context.addIssue({ code: 'custom', message: 'no moment' })
  return z.NEVER
}) // prettier-ignore

const names = { custom_id: z.string().max(200).nullish(), invoice_id: z.string().max(200).nullish() }
const related = z
  .object({ related_ids: z.object({ order_id: id.nullish(), authorization_id: id.nullish() }).nullish() })
  .nullish()
const links = z.array(z.object({ rel: z.string(), href: z.string() })).nullish()
export type Links = z.infer<typeof links>

export const authorization = z.object({
  id,
  amount,
  status: z.string(),
  expiration_time: moment.nullish(),
  supplementary_data: related,
  ...names,
})
export type Authorization = z.infer<typeof authorization>

export const capture = z.object({
  id,
  amount,
  status: z.string(),
  final_capture: z.boolean().nullish(),
  supplementary_data: related,
  links,
  ...names,
})
export type Capture = z.infer<typeof capture>

export const refund = z.object({ id, amount, status: z.string(), links, ...names })
export type Refund = z.infer<typeof refund>

const listOf = <T extends z.ZodType>(one: T) => z.array(one).nullish().transform((all) => all ?? []) // prettier-ignore
const payments = z.object({
  authorizations: listOf(authorization),
  captures: listOf(capture),
  refunds: listOf(refund),
})

export const order = z.object({
  id,
  status: z.string(),
  intent: z.string().nullish(),
  purchase_units: z.array(z.object({ amount, payments: payments.nullish(), ...names })).min(1),
})
export type Order = z.infer<typeof order>

export const dispute = z.object({
  dispute_id: id,
  status: z.string(),
  reason: z.string().nullish(),
  dispute_amount: amount,
  dispute_life_cycle_stage: z.string().nullish(),
  dispute_outcome: z.object({ outcome_code: z.string().nullish(), amount_refunded: amount.nullish() }).nullish(),
  disputed_transactions: z.array(z.object({ seller_transaction_id: id.nullish() })).min(1),
  money_movements: listOf(
    z.object({ affected_party: z.string().nullish(), amount: amount.nullish(), type: z.string().nullish() }),
  ),
  seller_response_due_date: moment.nullish(),
})
export type Dispute = z.infer<typeof dispute>

export const event = z.object({ id, event_type: z.string().max(100), create_time: moment, resource: z.looseObject({}) })
