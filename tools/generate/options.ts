/** The options of a zod schema as rows: name, type, default, description. Nested ones carry the path to them. */
import { z } from 'zod'

export interface Option {
  /** `hub.port`; `<name>` stands for a name of your own, `[]` for each entry of a list. */
  path: string
  type: string
  required: boolean
  /** As it would be written in YAML; null when there is none. */
  fallback: string | null
  description: string
}

interface Node {
  type?: string
  description?: string
  default?: unknown
  enum?: string[]
  const?: string
  anyOf?: Node[]
  format?: string
  secret?: boolean
  minimum?: number
  maximum?: number
  properties?: Record<string, Node>
  required?: string[]
  additionalProperties?: Node | boolean
  items?: Node
}

export const optionsOf = (schema: z.ZodType): Option[] => below(z.toJSONSchema(schema, { io: 'input' }) as Node, '')

function below({ properties = {}, required = [], additionalProperties, items }: Node, path: string): Option[] {
  const own = Object.entries(properties).flatMap(([name, node]) => {
    const here = path === '' ? name : `${path}.${name}`
    return [rowOf(node, here, required.includes(name)), ...below(node, here)]
  })
  const named = typeof additionalProperties === 'object' ? below(additionalProperties, `${path}.<name>`) : []
  return [...own, ...named, ...(items ? below(items, `${path}[]`) : [])]
}

const rowOf = (node: Node, path: string, required: boolean): Option => ({
  path,
  type: typeOf(node),
  required,
  fallback: node.default === undefined || node.properties ? null : JSON.stringify(node.default),
  description: node.description ?? '',
})

function typeOf(node: Node): string {
  if (node.anyOf) return node.anyOf.map(typeOf).join(' or ')
  if (node.const !== undefined) return `\`${node.const}\``
  if (node.enum) return node.enum.map((one) => `\`${one}\``).join(', ')
  if (node.secret) return 'reference to a secret'
  if (node.format === 'uri') return 'URL'
  if (node.type === 'array') return `list${node.items?.properties ? '' : ` of ${typeOf(node.items ?? {})}`}`
  if (node.type === 'object') return 'group'
  if (node.type === 'integer') return `whole number${boundsOf(node)}`
  return node.type === 'boolean' ? '`true`, `false`' : 'text'
}

function boundsOf({ minimum, maximum = Number.MAX_SAFE_INTEGER }: Node): string {
  if (maximum < Number.MAX_SAFE_INTEGER) return `, ${minimum ?? 0} to ${maximum}`
  return minimum === undefined ? '' : `, ${minimum} or more`
}
