/** docs/reference/schemas: the canonical things as JSON Schema, with owner, pii and retention as `x-crossdock`. */
import { z } from 'zod'

export const jsonSchema = (name: string, schema: z.ZodType): string => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })
  return `${JSON.stringify({ $schema, $id: `urn:crossdock:schema:${name}`, ...rest }, null, 2)}\n`
}
