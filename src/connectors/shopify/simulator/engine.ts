/** Executes GraphQL documents against the shop: validated against the schema, priced, guarded by scopes. */
import {
  buildSchema,
  execute,
  getDirectiveValues,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  validate,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql'
import { QUERY_COST_MAX } from '../limits.ts'
import { actualCost, requestedCost, type Bucket } from './cost.ts'
import { KEYED } from './idempotency.ts'
import { mutations, queries, type Parts, type RootField } from './root.ts'
import { SDL } from './schema.ts'

export interface Engine {
  run(request: { query: string; variables: Record<string, unknown> }): Record<string, unknown>
}

type Prepared = { document: DocumentNode; mutation: boolean; errors: readonly GraphQLError[] }

const TYPE = '__typename'

/** Building the official schema takes a quarter of a second; a test opens many shops with the same one. */
const schemas = new Map<string, { schema: GraphQLSchema; prepared: Map<string, Prepared> }>()

function schemaOf(sdl: string) {
  const known = schemas.get(sdl)
  if (known) return known
  const fresh = { schema: buildSchema(sdl, { assumeValid: true }), prepared: new Map<string, Prepared>() }
  schemas.set(sdl, fresh)
  return fresh
}

export function openEngine(parts: Parts, bucket: Bucket): Engine {
  const { schema, prepared } = schemaOf(parts.shop.options.schemaSdl ?? SDL)
  const idempotent = schema.getDirective('idempotent')
  const guarded = { ...queries(parts), ...mutations(parts) }

  const resolveRoot: GraphQLFieldResolver<unknown, unknown> = (_, args, __, info) => {
    const field = guarded[info.fieldName]
    if (!field) throw new GraphQLError(`Not simulated: ${info.fieldName}.`)
    if (field.scope.length > 0 && !field.scope.some((scope) => allows(parts.scopes(), scope))) {
      throw coded(
        'ACCESS_DENIED',
        `Access denied for ${info.fieldName} field. Required access: \`${field.scope[0]}\` access scope.`,
      )
    }
    const values = idempotent ? getDirectiveValues(idempotent, info.fieldNodes[0]!, info.variableValues) : undefined
    const key = (values?.['key'] as string | undefined) ?? null
    if (key === null && KEYED.has(info.fieldName)) {
      throw coded('BAD_REQUEST', `The @idempotent directive is required for ${info.fieldName} but was not provided.`)
    }
    return (field.resolve as (args: unknown, key: string | null) => ReturnType<RootField>)(args, key)
  }

  const roots = new Set([schema.getQueryType(), schema.getMutationType()])
  const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
    if (roots.has(info.parentType)) return resolveRoot(source, args, context, info)
    const value = (source as Record<string, unknown>)[info.fieldName]
    // A silent null would let a connector believe something the shop never said.
    if (value === undefined) throw new GraphQLError(`Not simulated: ${info.parentType.name}.${info.fieldName}.`)
    return typeof value === 'function' ? (value as (args: unknown) => unknown)(args) : value
  }

  function prepare(query: string): Prepared {
    const known = prepared.get(query)
    if (known) return known
    const fresh = parsed(schema, query)
    prepared.set(query, fresh)
    return fresh
  }

  return {
    run({ query, variables }) {
      const { document, mutation, errors } = prepare(query)
      if (errors.length > 0) return { errors: errors.map(plain) }
      const requested = requestedCost(schema, document, variables)
      const cost = (actual: number | null) => ({
        extensions: {
          cost: { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus: bucket.status() },
        },
      })
      if (requested > QUERY_COST_MAX) {
        const message = `Query cost is ${requested}, which exceeds the single query max cost limit (${QUERY_COST_MAX}).`
        return {
          errors: [{ message, extensions: { code: 'MAX_COST_EXCEEDED', cost: requested, maxCost: QUERY_COST_MAX } }],
        }
      }
      if (!bucket.take(requested))
        return { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], ...cost(null) }
      const result = execute({
        schema,
        document,
        variableValues: variables,
        fieldResolver,
        typeResolver: (value) => (value as Record<string, string>)[TYPE],
      })
      if (result instanceof Promise) throw new Error('Bug: a resolver is asynchronous')
      const actual = Math.min(requested, actualCost(result.data, mutation))
      bucket.giveBack(requested - actual)
      const data = result.data === undefined ? {} : { data: result.data }
      return { ...data, ...(result.errors ? { errors: result.errors.map(plain) } : {}), ...cost(actual) }
    },
  }
}

function parsed(schema: GraphQLSchema, query: string): Prepared {
  try {
    const document = parse(query)
    const mutation = document.definitions.some(
      (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.MUTATION,
    )
    return { document, mutation, errors: validate(schema, document) }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return { document: { kind: 'Document', definitions: [] } as never, mutation: false, errors: [error] }
  }
}

/** Writing includes reading. */
const allows = (granted: readonly string[], scope: string): boolean =>
  granted.includes(scope) || granted.includes(scope.replace(/^read_/, 'write_'))

const coded = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } })

const plain = (error: GraphQLError) => {
  const { message, locations, path, extensions } = error
  return {
    message,
    ...(locations ? { locations } : {}),
    ...(path ? { path } : {}),
    ...(extensions ? { extensions } : {}),
  }
}
