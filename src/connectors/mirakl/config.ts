/** What one connection to a shop on a marketplace is configured with. The descriptions here are the reference page. */
import { z } from 'zod'

const location = z.strictObject({
  locationId: z
    .string()
    .min(1)
    .describe("Code of the shop's warehouse over there; any word when the marketplace knows none."),
  pool: z.string().min(1).describe("Code of the ERP's warehouse it sells from."),
})

export const miraklConfig = z.strictObject({
  url: z.url().describe('Address of the marketplace, e.g. https://marketplace.mirakl.net.'),
  shopKey: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe("Reference to the shop's API key. Each shop has its own key, and its own connection here."),
  shopId: z
    .int()
    .positive()
    .optional()
    .describe("The shop's number; only when the user of the key may work for several shops."),
  location: location.optional().describe('Where the shop sells from. Without it no stock is published.'),
  warehouses: z
    .boolean()
    .default(false)
    .describe(
      'Whether the marketplace counts stock per warehouse. The code above then stands in every line of the file.',
    ),
  acceptWithinHours: z
    .number()
    .positive()
    .max(720)
    .default(48)
    .describe(
      'After so many hours the marketplace refuses an order by itself: it says how many in its seller terms, not in the API.',
    ),
  carriers: z
    .record(z.string(), z.string())
    .default({})
    .describe("The marketplace's code of each carrier, by the ERP's name of it. Others are told by their name."),
  partialShipments: z
    .boolean()
    .default(true)
    .describe('Whether the marketplace takes several parcels per order. `doctor` says whether it does.'),
  refundReasons: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      "The marketplace's code of each reason for a refund, by the hub's word for it (unwanted, defective, …); `other` " +
        'stands for all that are not named. The back office lists them. Without any the hub gives nothing back there.',
    ),
  ordersEveryMinutes: z
    .int()
    .min(1)
    .max(60)
    .default(5)
    .describe('How often orders are read. They recommend 5 and allow 1; what sells in between is known that late.'),
  backfillDays: z
    .int()
    .min(0)
    .max(60)
    .default(7)
    .describe('How many days of orders are read the first time; 0 when the orders before are not ours.'),
  requestTimeoutMs: z
    .int()
    .min(0)
    .default(30_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type MiraklConfig = z.infer<typeof miraklConfig>
/** As it is written, before defaults. */
export type MiraklConfigInput = z.input<typeof miraklConfig>
