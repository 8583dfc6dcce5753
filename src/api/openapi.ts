/** The OpenAPI document, from the table of operations and the schemas of the contract. */
import { z } from 'zod'
import { contractParts } from './contract-parts.ts'
import { problem } from './contract.ts'
import type { Operation } from './operation.ts'
import { OPERATIONS } from './operations.ts'

type Schema = Record<string, unknown>

const refTo = (id: string): string => `#/components/schemas/${id}`

/** @param version of the release. */
export function openApi(version: string): Schema {
  const paths: Record<string, Schema> = {}
  for (const one of OPERATIONS) {
    const path = one.path.replaceAll('{+', '{')
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: describe(one) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Crossdock',
      version,
      description:
        'What the console sees and does. Personal data is masked in every answer. Errors are RFC 9457 problems with a cure.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'crossdock_session' },
      },
    },
  }
}

function components(): Schema {
  const { schemas } = z.toJSONSchema(contractParts, { uri: refTo, io: 'input' })
  const named = Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema] as const)
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const partOf = (schema: z.ZodType): Schema => ({ $ref: refTo(contractParts.get(schema)!.id) })

function describe({ id, method, path, summary, params, body, raw, answer, status = 200, open }: Operation): Schema {
  const type = id === 'getLive' ? 'text/event-stream' : 'application/json'
  const refusal = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: partOf(problem) } },
  })
  return {
    operationId: id,
    summary,
    ...(open ? { security: [] } : {}),
    parameters: [
      ...(params ? parametersOf(params, path) : []),
      ...(method === 'POST' && (status === 202 || status === 201) ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(body ? { requestBody: { content: { 'application/json': { schema: partOf(body) } } } } : {}),
    ...(raw ? { requestBody: { content: rawContent(raw.content) } } : {}),
    responses: {
      [status]: { description: 'Done.', content: { [type]: { schema: partOf(answer) } } },
      default: refusal('Refused or failed; says why and what to do.'),
    },
  }
}

const rawContent = (content: Readonly<Record<string, z.ZodType>>): Schema =>
  Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema: partOf(schema) }]))

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same request under the same key is done once.',
  schema: { type: 'string', pattern: '^[!-~]{1,200}$' },
}

function parametersOf(params: z.ZodType, path: string): Schema[] {
  const { properties = {}, required = [] } = z.toJSONSchema(params, { io: 'input' }) as {
    properties?: Record<string, Schema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => {
    const inPath = path.includes(`{${name}}`) || path.includes(`{+${name}}`)
    return {
      name,
      in: inPath ? 'path' : 'query',
      required: inPath || required.includes(name),
      ...(description ? { description } : {}),
      // Numbers are checked after they were read from text.
      schema: schema['type'] === undefined && schema['enum'] === undefined ? { type: 'integer', ...schema } : schema,
    }
  })
}
