/** Warehouses that somebody else runs, as they stand in the configuration. */
import { z } from 'zod'

export const warehousePolicy = z.strictObject({
  fulfilledBy: z.string().min(1).describe('Name of the connection to whoever runs the warehouse.'),
  acknowledgeWithinMinutes: z
    .int()
    .min(1)
    .max(10_080)
    .default(120)
    .describe('An order has to be confirmed there in so many minutes, or somebody is told.'),
  shipWithinHours: z
    .int()
    .min(1)
    .max(2_160)
    .default(72)
    .describe('All of an order has to have left in so many hours, or somebody is told.'),
  owner: z.string().min(1).max(80).default('logistics').describe('Who sees to it: a person or a team.'),
  substitutes: z
    .record(z.string().min(1), z.array(z.string().min(1)))
    .default({})
    .describe('SKUs that may be sent instead of one that was ordered; none unless said.'),
})

/** What is wrong with the warehouses' names of connections. */
export const strangeFulfillers = (
  warehouses: Readonly<Record<string, { fulfilledBy: string }>> = {},
  known: readonly string[],
): { path: string[]; message: string }[] =>
  Object.entries(warehouses).flatMap(([code, { fulfilledBy }]) =>
    known.includes(fulfilledBy)
      ? []
      : [
          {
            path: ['warehouses', code, 'fulfilledBy'],
            message: `No connection is called '${fulfilledBy}'. There are: ${known.join(', ')}.`,
          },
        ],
  )
