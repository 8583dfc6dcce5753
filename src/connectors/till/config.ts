/** What the hub is told of the stores whose tills upload to it. The descriptions here are the reference page. */
import { z } from 'zod'
import { placeId } from '#canon/receipt.ts'

const store = z.strictObject({
  keys: z
    .array(z.string().min(1))
    .min(1)
    .max(5)
    .meta({ secret: true })
    .describe('References to the keys the store signs with. Two while one is being replaced.'),
})

export const tillConfig = z.strictObject({
  stores: z
    .record(placeId, store)
    .describe("The stores that may upload, by id. Each has a key of its own; policy.stores says what becomes of its receipts."),
  clockAheadMaxMs: z
    .int()
    .min(0)
    .default(300_000)
    .describe('How far ahead of the hub a till clock may be, in milliseconds. Later records are refused and asked for again.'),
  folder: z
    .string()
    .min(1)
    .optional()
    .describe('A folder of this machine in which stores drop JSONL files, named <store>.<anything>.jsonl. Each is moved to taken/ once it is stored.'),
}) // prettier-ignore
export type TillConfig = z.infer<typeof tillConfig>
