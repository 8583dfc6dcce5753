/**
 * Building blocks of the contract: named parts, moments, amounts, pages. Each group of operations has its schemas
 * beside it.
 */
import { z } from 'zod'

/** Named parts of the OpenAPI document. */
export const contractParts = z.registry<{ id: string }>()
export const part = <T extends z.ZodType>(id: string, schema: T): T => {
  contractParts.add(schema, { id })
  return schema
}
export const object = <T extends z.core.$ZodLooseShape>(id: string, shape: T) => part(id, z.object(shape))

export const at = z.string().describe('A moment in UTC with milliseconds: 2026-11-21T05:30:00.000Z.')
export const count = z.int().min(0)
export const next = z
  .string()
  .nullable()
  .describe('Hand it in as `cursor` for the next page; null when this was the last.')

export const amount = object('Amount', {
  amount: z.int().describe('Minor units of the currency: cents, yen.'),
  currency: z.string(),
  text: z.string().describe('As a decimal with the digits of the currency: 12.50.'),
})
export type Amount = z.infer<typeof amount>

export const limit = z.coerce.number().pipe(z.int().min(1).max(100)).default(50)
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
export const cursor = z.string().max(1_000)
export const words = z.string().trim().min(1).max(120)
export const channelName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/)
export const externalId = z.string().regex(/^[\w.-]{1,200}$/)

export const accepted = object('Accepted', {
  stream: z.string().describe('What will decide it.'),
  key: z.string().describe('The request is known under this key; sending it again changes nothing.'),
  duplicate: z.boolean().describe('It had been accepted before.'),
})
export type Accepted = z.infer<typeof accepted>

export const streamEvent = object('StreamEvent', {
  version: z.int().min(1),
  at,
  type: z.string(),
  title: z.string(),
  cause: z.int().describe('The inbox row that was decided.'),
  data: z.unknown().describe('The event, with personal data masked.'),
})
