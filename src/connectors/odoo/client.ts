/**
 * One way to call Odoo, whichever protocol it speaks. Every call is one transaction over there, committed before the
 * answer is sent, and carries its language, time zone and company so that answers do not depend on the user's
 * settings.
 */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { OdooConfig } from './config.ts'
import { wire } from './http.ts'
import { json2, json2Version } from './json2.ts'
import { rpc, rpcVersion } from './rpc.ts'

export interface Call {
  /** The records the method works on; absent for methods of the model itself. */
  ids?: readonly number[]
  args?: readonly unknown[]
  kwargs?: Readonly<Record<string, unknown>>
  context?: Readonly<Record<string, unknown>>
}

export type FullCall = Required<Omit<Call, 'ids'>> & Pick<Call, 'ids'>
export type Transport = (model: string, method: string, call: FullCall) => Promise<unknown>

/** A search term such as `['state', '=', 'sale']`, or one of the operators `|`, `&`, `!`. */
export type Domain = readonly (readonly [string, string, unknown] | '|' | '&' | '!')[]

export interface Client {
  call(model: string, method: string, call?: Call): Promise<unknown>
  /** The fields of `row`, checked; order by id unless said. */
  search<T>(model: string, row: z.ZodType<T>, domain: Domain, options?: SearchOptions): Promise<T[]>
  read<T>(model: string, row: z.ZodType<T>, ids: readonly number[]): Promise<T[]>
  /** Creates one record. JSON-2 takes and gives lists where JSON-RPC does as it is told, so a list it is. */
  create(model: string, values: Record<string, unknown>, context?: Call['context']): Promise<number>
  /** Major version of the server. */
  version(): Promise<number>
  protocol(): Promise<'json-rpc' | 'json-2'>
  /** The server's clock, in milliseconds. */
  serverNow(): Promise<number>
}

export interface SearchOptions {
  order?: string
  limit?: number
  context?: Call['context']
}

export function openClient(config: OdooConfig, io: Io): Client {
  const http = wire(config, io)
  const key = () => io.secret(config.apiKey)
  const base = { lang: config.lang, tz: 'UTC', allowed_company_ids: [config.company] }
  let known: Promise<{ version: number; protocol: 'json-rpc' | 'json-2'; transport: Transport }> | null = null

  async function learn() {
    const version = (config.protocol === 'json-2' ? null : await rpcVersion(http)) ?? (await json2Version(http))
    if (version === null) {
      throw new Fault('unavailable', 'The server does not answer like Odoo; check `url`.', { code: 'odoo.unavailable' })
    }
    const protocol = config.protocol !== 'auto' ? config.protocol : version >= 19 ? 'json-2' : 'json-rpc'
    const access = { database: config.database, user: config.user, key }
    return { version, protocol, transport: protocol === 'json-2' ? json2(http, access) : rpc(http, access) } as const
  }

  /** Learnt once; a failure is forgotten, so that the next call asks again. */
  function server() {
    known ??= learn().catch((error: unknown) => {
      known = null
      throw error
    })
    return known
  }

  const client: Client = {
    async call(model, method, { ids, args = [], kwargs = {}, context = {} } = {}) {
      const { transport } = await server()
      return transport(model, method, { ...(ids ? { ids } : {}), args, kwargs, context: { ...base, ...context } })
    },
    async search(model, row, domain, { order = 'id', limit, context = {} } = {}) {
      const kwargs = { fields: fieldsOf(row), order, ...(limit === undefined ? {} : { limit }) }
      return checked(model, row, await client.call(model, 'search_read', { args: [domain], kwargs, context }))
    },
    async read(model, row, ids) {
      if (ids.length === 0) return []
      return checked(model, row, await client.call(model, 'read', { ids, kwargs: { fields: fieldsOf(row) } }))
    },
    async create(model, values, context = {}) {
      const [id] = z.array(z.number()).parse(await client.call(model, 'create', { args: [[values]], context }))
      return id!
    },
    version: async () => (await server()).version,
    protocol: async () => (await server()).protocol,
    async serverNow() {
      await server()
      return io.now() + (http.skewMs() ?? 0)
    },
  }
  return client
}

const fieldsOf = (row: z.ZodType): string[] => Object.keys((row as unknown as z.ZodObject).shape)

function checked<T>(model: string, row: z.ZodType<T>, value: unknown): T[] {
  const result = z.array(row).safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Fault(
    'malformed',
    `Odoo's answer about ${model} is not as expected: ${issue?.path.join('.')} ${issue?.message}`,
    {
      code: 'odoo.malformed',
    },
  )
}
