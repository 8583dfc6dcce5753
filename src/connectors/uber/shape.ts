/**
 * Reads a body by its schema. What is kept of a delivery is here: who gets it, where, and who brings it are not among
 * it, so nothing that is stored can hold them.
 */
import { z } from 'zod'
import { shapes } from '../kit/shape.ts'

export const { shaped } = shapes('uber.malformed')

const id = z.string().min(1).max(200)
/** RFC 3339; to UTC with milliseconds. */
const moment = z
  .string()
  .max(40)
  .refine((text) => /(Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)))
  .transform((text) => new Date(text).toISOString())
/** Empty where there is none. */
const someMoment = z
  .union([moment, z.literal('')])
  .nullish()
  .transform((text) => (text ? text : undefined))
/** A word of theirs, such as NO_SECURE_LOCATION_TO_DROPOFF; what a person typed is none. */
const word = z
  .unknown()
  .optional()
  .transform((text) => (typeof text === 'string' && /^[A-Za-z][A-Za-z_]{1,80}$/.test(text) ? text : undefined))

const PROOFS = ['picture', 'signature', 'pin_code', 'identification', 'barcodes'] as const
/** Which kinds of proof there are; what they show stays at Uber. */
const proofs = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((all) => PROOFS.filter((kind) => isGiven(all?.[kind])))
const isGiven = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

const waypoint = z
  .object({ status: z.string().max(40).nullish(), status_timestamp: someMoment, verification: proofs })
  .nullish()
  .transform((one) => one ?? undefined)

const related = z.object({ id, relationship: z.string().max(40) })

export const delivery = z.object({
  id,
  external_id: z.string().max(300).nullish(),
  status: z.string().max(40),
  complete: z.boolean().nullish(),
  created: moment,
  updated: someMoment,
  dropoff_eta: someMoment,
  pickup: waypoint,
  dropoff: waypoint,
  return: waypoint,
  /** One by the contract, and several by its name. */
  related_deliveries: z
    .union([z.array(related), related.transform((one) => [one])])
    .nullish()
    .transform((all) => all ?? []),
  undeliverable_reason: word,
})
export type Delivery = z.infer<typeof delivery>

/** What is sold, besides. */
export const sold = delivery.extend({
  fee: z.int().min(0).nullish(),
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/)
    .nullish(),
  tracking_url: z.url().max(2_000).nullish(),
})
export type Sold = z.infer<typeof sold>

export const quote = z.object({
  id,
  fee: z.int().min(0),
  /** One of both is there. */
  currency: z.string().max(3).nullish(),
  currency_type: z.string().max(3).nullish(),
  duration: z.number().min(0).nullish(),
})
export type Quote = z.infer<typeof quote>

export const page = z.object({ data: z.array(z.unknown()).nullish(), next_href: z.string().max(2_000).nullish() })

export const event = z.object({
  kind: z.string().min(1).max(100),
  id: z.string().min(1).max(200).nullish(),
  created: someMoment,
})

/** As it is stored, to be read again by `delivery`: kinds of proof in the place of what proves. */
export function stored(one: Delivery): object {
  const {
    id: name,
    external_id: reference,
    status,
    complete,
    created,
    updated,
    dropoff_eta,
    undeliverable_reason,
  } = one
  const { related_deliveries } = one
  const head = { id: name, external_id: reference, status, complete, created, updated, dropoff_eta }
  const points = { pickup: kept(one.pickup), dropoff: kept(one.dropoff), return: kept(one.return) }
  return { ...head, ...points, related_deliveries, undeliverable_reason }
}

const kept = (point: Delivery['pickup']) =>
  point && { ...point, verification: Object.fromEntries(point.verification.map((kind) => [kind, true])) }
