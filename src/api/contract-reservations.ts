/** Schemas of reservations: pieces set aside for a basket or for somebody who comes to fetch them. */
import { z } from 'zod'
import { at, object, part } from './contract-parts.ts'

/** No text of a database can hold NUL, or half of a surrogate pair. */
const storable = z
  .string()
  .refine((text) => !text.includes('\0') && text.isWellFormed(), 'holds a character that cannot be stored.')
const sku = storable.trim().min(1).max(120)
const DAY_S = 86_400

export const reservationParams = z.object({ id: z.string().regex(/^[\w-]{1,80}$/) })

export const reservationBody = object('NewReservation', {
  pool: z.string().min(1).max(20).describe('Code of the warehouse or store the pieces are in.'),
  items: z
    .array(z.object({ sku, quantity: z.int().min(1).max(100_000) }))
    .min(1)
    .max(100)
    .describe('All of them are set aside, or none. A SKU that stands here twice is asked for once, with the sum.'),
  ttlSeconds: z
    .int()
    .min(5)
    .max(30 * DAY_S)
    .default(900)
    .describe('After so long everything is given back by itself.'),
  waits: z
    .boolean()
    .default(true)
    .describe('Wait for channels that have to give back first; false: only what lies free this moment.'),
  reference: storable
    .trim()
    .max(120)
    .default('')
    .describe("The caller's own name for it, such as the number of a basket. No personal data."),
})

export const reservationPart = object('Reservation', {
  id: z.string().describe('An order whose tags hold `reservation:<id>` takes its place.'),
  state: part(
    'ReservationState',
    z.enum(['pending', 'held', 'refused', 'released', 'expired', 'converted', 'closed']),
  ).describe('pending: channels have to give back first. closed: converted, and its time is over.'),
  pool: z.string(),
  items: z.array(
    z.object({
      sku: z.string(),
      quantity: z.int(),
      outcome: z.enum(['asked', 'granted', 'short', 'unknown_sku']),
      available: z.int().nullable().describe('When it was short: what could have been set aside.'),
    }),
  ),
  reference: z.string(),
  openedAt: at,
  expiresAt: at,
  order: z.string().nullable().describe('The order that took its place, as `<channel>:<id>`.'),
  duplicate: z.boolean().describe('It had been asked for before, under the same Idempotency-Key.'),
})
export type ReservationView = z.infer<typeof reservationPart>
