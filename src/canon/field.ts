/**
 * What the hub knows about a field besides its type stands next to the field: who owns it, whether it is personal data,
 * how long it is kept. Masking, ownership checks, retention and the published JSON Schemas are derived from here.
 */
import type { z } from 'zod'

/** The system of record: only it may change the field; everybody else is told. */
export type Owner = 'channel' | 'erp' | 'hub'

/** Why a field is personal data; the class decides the mask. */
export type Pii = 'name' | 'email' | 'phone' | 'address' | 'identifier' | 'free_text'

/**
 * How long the field is kept: with the order's books (years), as operational data (months), as long as the record
 * lives.
 */
export type Retention = 'books' | 'operations' | 'record'

export interface FieldFacts {
  owner: Owner
  retention: Retention
  pii?: Pii
  description?: string
}

/** Attaches the facts to a schema; they appear as `x-crossdock` members in the published JSON Schema. */
export function field<T extends z.ZodType>(schema: T, facts: FieldFacts): T {
  const { description, ...rest } = facts
  return schema.meta({ ...(description ? { description } : {}), 'x-crossdock': rest }) as T
}

/** The facts of one field, if it has any. Looks through optional, nullable and default wrappers. */
export function factsOf(schema: z.ZodType): FieldFacts | undefined {
  const own = schema.meta()?.['x-crossdock'] as FieldFacts | undefined
  if (own) return own
  const inner = (schema as unknown as { def: { innerType?: z.ZodType } }).def.innerType
  return inner ? factsOf(inner) : undefined
}

/**
 * Names the version of a canonical thing in its metadata. Raised, with an upcast for what is stored, when the meaning
 * of its data changes.
 */
export function versioned<T extends z.ZodType>(schema: T, version: number): T {
  return schema.meta({ 'x-crossdock-version': version }) as T
}
