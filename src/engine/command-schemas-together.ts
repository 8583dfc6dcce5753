/** The shapes of commands about orders that leave in one parcel, and their labels: see command-schemas.ts. */
import { party } from '#canon/order.ts'
import { address, instant } from '#canon/primitives.ts'
import { APART_CODES } from '#core/order/together.ts'
import { z } from 'zod'

const text = z.string().max(2_000)
const person = z.string().min(1).max(100)
const orderRef = z.string().regex(/^[^:]+:.+$/, 'must be <channel>:<id of the order>')
/** As its own order's labels wrote it: only the place can be mended. */
const labelRequest = z.looseObject({ by: text, from: address, to: address })

export const TOGETHER_SHAPES = {
  'order.merge': { with: z.array(orderRef).min(1), by: person, note: text },
  'order.unmerge': { by: person, note: text },
  'order.joinParcel': { lead: orderRef, until: instant, buyer: party.nullable(), to: address, from: z.string() },
  'order.noteJoin': { of: orderRef, no: z.object({ code: text, reason: text }).optional() },
  'order.noteApart': { of: orderRef, code: z.enum(APART_CODES) },
  'order.noteLeft': { of: orderRef },
  'order.lookAtTogether': {},
  'label.lead': { with: z.array(orderRef) },
  'label.ride': { lead: orderRef },
  'label.alone': { lead: orderRef },
  'label.noteRider': { ref: orderRef, ready: z.object({ of: text, request: labelRequest }).nullable() },
  'label.carry': {
    lead: orderRef,
    carried: z
      .object({
        of: text,
        label: z.object({ reference: text, request: labelRequest, bought: z.looseObject({ labelId: text }) }),
      })
      .nullable(),
  },
  'label.seal': { other: z.boolean() },
  'label.forget': {},
} as const
