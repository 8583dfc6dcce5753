/** Which warehouses may serve a channel's orders, and which of them first, as it stands in the configuration. */
import { z } from 'zod'
import { zone as timeZone } from './schedule.ts'

const pool = z.string().min(1).max(20)

const routingZone = z.strictObject({
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters'))
    .default([])
    .describe('Countries it is for, e.g. DE; every country unless said.'),
  postcodes: z
    .array(z.string().min(1).max(12))
    .default([])
    .describe('How postcodes begin, e.g. 78; every postcode unless said.'),
  from: z
    .array(
      z.strictObject({
        pool: pool.describe('Code of a warehouse.'),
        cost: z.number().min(0).optional().describe('What a parcel from there costs, in any one unit.'),
      }),
    )
    .min(1)
    .describe('Warehouses that may serve it: the cheapest first, or as they stand here when no costs are given.'),
})

export const cutOff = z.strictObject({
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must look like 14:00')
    .describe('What is decided before leaves the same day.'),
  timeZone: timeZone.default('UTC').describe('Time zone of the warehouse, e.g. Europe/Berlin.'),
  days: z
    .array(z.int().min(1).max(7))
    .min(1)
    .default([1, 2, 3, 4, 5])
    .describe('Days on which goods leave; 1 is Monday.'),
  notOn: z.array(z.iso.date()).default([]).describe('Days on which nothing leaves, e.g. 2026-12-25.'),
})

export const routing = z.strictObject({
  zones: z.array(routingZone).default([]).describe('By where an order goes; the first that fits decides.'),
  pickUp: z
    .record(z.string(), pool)
    .default({})
    .describe('Shipping methods that mean the customer fetches it: the code, and the store it is fetched from.'),
  never: z
    .record(z.string(), z.array(z.string().min(1)))
    .default({})
    .describe('SKUs a warehouse must not send; a * at the end stands for anything.'),
  cutOffs: z
    .record(z.string(), cutOff)
    .default({})
    .describe('Until when a warehouse sends the same day: those that still can go before those that cannot.'),
  split: z
    .enum(['never', 'when_short'])
    .default('never')
    .describe('When no warehouse has all of an order: wait, or send it from several.'),
})
