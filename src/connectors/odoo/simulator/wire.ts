/**
 * The two protocols over HTTP: `/jsonrpc`, where errors are answers with status 200, and `/json/2`, where they are not.
 */
import { accessDenied, accessError, missing, OdooException } from './failure.ts'
import { LoadRefused } from './load.ts'
import { type Given, methodOf, modelOf } from './methods.ts'
import type { World } from './world.ts'

export interface User {
  uid: number
  login: string
  key: string
  /** Models the user may not touch. */
  denied: readonly string[]
}

export interface Server {
  world: World
  database: string
  users: readonly User[]
  /** Called before each call; may throw, and counts. */
  before(model: string, method: string, writes: boolean): OdooException | 'load' | null
  refuseLoad(): unknown
}

/** One call of a method, in its own transaction. */
function execute(
  { world, before, refuseLoad }: Server,
  user: User,
  name: string,
  methodName: string,
  bind: (
    params: readonly string[],
    required: number,
    on: 'records' | 'model',
  ) => { ids: number[]; given: Record<string, unknown> },
): unknown {
  if (methodName.startsWith('_')) {
    throw accessError(`Private methods (such as '${name}.${methodName}') cannot be called remotely.`)
  }
  const model = modelOf(world, name)
  const method = methodOf(model, methodName)
  if (!method) {
    const message = `The method '${name}.${methodName}' does not exist`
    throw world.version >= 19
      ? new OdooException('werkzeug.exceptions.NotFound', message, 404)
      : new OdooException('builtins.AttributeError', message, 500)
  }
  const { ids, given } = bind(method.params, method.required, method.on)
  const denied = user.denied.includes(name)
  if (denied && methodName === 'has_access') return false
  if (denied) {
    throw accessError(
      `You are not allowed to access '${model.label}' (${name}) records.\n\nNo group currently allows this operation.\n\nContact your administrator to request access if necessary.`,
    )
  }
  const trouble = before(name, methodName, method.writes)
  if (trouble === 'load') return refuseLoad()
  if (trouble) throw trouble
  const { context, ...rest } = given
  world.context = (context ?? {}) as Record<string, unknown>
  world.uid = user.uid
  try {
    return world.db.transaction(world.io.now(), () => method.run(world, model, ids, rest as unknown as Given))
  } catch (error) {
    if (error instanceof LoadRefused) return error.answer
    throw error
  }
}

interface RpcBody {
  id?: unknown
  params?: { service?: string; method?: string; args?: unknown[] }
}

export function jsonRpc(server: Server, text: string): Response {
  let body: RpcBody
  try {
    body = JSON.parse(text) as RpcBody
  } catch {
    return page(server, 400, 'Invalid JSON data')
  }
  if (Array.isArray(body)) return page(server, 400, 'Invalid JSON-RPC data')
  const { service, method, args = [] } = body.params ?? {}
  const id = body.id ?? null
  try {
    const result = service === 'common' ? common(server, method, args) : object(server, service, args)
    return json(server, 200, { jsonrpc: '2.0', id, ...(result === null || result === undefined ? {} : { result }) })
  } catch (error) {
    const data = describe(error)
    return json(server, 200, { jsonrpc: '2.0', id, error: { code: 200, message: 'Odoo Server Error', data } })
  }
}

function common({ world, database, users }: Server, method: string | undefined, args: readonly unknown[]): unknown {
  if (method === 'version') {
    return {
      server_version: `${world.version}.0-20250702`,
      server_version_info: [world.version, 0, 0, 'final', 0, ''],
      server_serie: `${world.version}.0`,
      protocol_version: 1,
    }
  }
  checkDatabase(database, args[0])
  return users.find(({ login, key }) => login === args[1] && key === args[2])?.uid ?? false
}

function checkDatabase(database: string, asked: unknown): void {
  if (asked === database) return
  throw new OdooException(
    'psycopg2.OperationalError',
    `connection to server failed: FATAL:  database "${String(asked)}" does not exist\n`,
    500,
  )
}

function object(server: Server, service: string | undefined, args: readonly unknown[]): unknown {
  if (service !== 'object') throw new OdooException('builtins.KeyError', String(service), 500)
  const [database, uid, key, name, method, positional = [], keywords = {}] = args as [
    string, number, string, string, string, unknown[]?, Record<string, unknown>?,
  ] // prettier-ignore
  checkDatabase(server.database, database)
  const user = server.users.find((each) => each.uid === uid)
  if (!user) throw missing('res.users', [uid], uid)
  if (user.key !== key) throw accessDenied()
  const result = execute(server, user, name, method, (params, required, on) => {
    const [first, ...rest] = positional
    const values = on === 'records' ? rest : positional
    const given: Record<string, unknown> = { ...keywords }
    values.forEach((value, index) => (given[params[index] ?? `argument ${index}`] = value))
    const unknown = Object.keys(given).find((key) => key !== 'context' && !params.includes(key))
    if (unknown)
      throw new OdooException(
        'builtins.TypeError',
        `BaseModel.${method}() got an unexpected keyword argument '${unknown}'`,
        500,
      )
    const lacking = params.slice(0, required).find((param) => !(param in given))
    if (lacking)
      throw new OdooException(
        'builtins.TypeError',
        `BaseModel.${method}() missing 1 required positional argument: '${lacking}'`,
        500,
      )
    return { ids: on === 'records' ? idsOf(first) : [], given }
  })
  // 18 answers a single create with a single id; a list with a list.
  return result
}

const idsOf = (value: unknown): number[] =>
  Array.isArray(value) ? (value as number[]) : typeof value === 'number' ? [value] : []

export function json2(server: Server, request: Request, path: string, text: string): Response {
  const { world } = server
  if (world.version < 19) return page(server, 404, 'Not Found')
  const database = request.headers.get('x-odoo-database')
  if (database !== null && database !== server.database) return page(server, 404, 'No database is selected')
  if (!/^application\/json/.test(request.headers.get('content-type') ?? ''))
    return page(server, 415, 'Unsupported Media Type')
  try {
    return json(server, 200, answerJson2(server, request, path, text) ?? null)
  } catch (error) {
    return json(server, error instanceof OdooException ? error.status : 500, describe(error))
  }
}

function answerJson2(server: Server, request: Request, path: string, text: string): unknown {
  const [, , name, method, ...more] = path.slice(1).split('/')
  if (request.method !== 'POST' || !name || !method || more.length > 0) {
    throw http('NotFound', 404, 'Did you mean POST /json/2/<model>/<method>?')
  }
  const user = bearer(server, request.headers.get('authorization'))
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw http(
      'BadRequest',
      400,
      'could not parse the body as json: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)',
    )
  }
  const body = (Array.isArray(parsed) ? {} : parsed) as Record<string, unknown>
  const result = execute(server, user, name, method, (params, required, on) => {
    const { ids, ...given } = body
    if (on === 'model' && ids !== undefined)
      throw http('UnprocessableEntity', 422, `cannot call ${name}.${method} with ids`)
    const lacking = params.slice(0, required).find((param) => !(param in given))
    if (lacking) throw http('UnprocessableEntity', 422, `missing a required argument: '${lacking}'`)
    const unknown = Object.keys(given).find((key) => key !== 'context' && !params.includes(key))
    if (unknown) throw http('UnprocessableEntity', 422, `got an unexpected keyword argument '${unknown}'`)
    return { ids: idsOf(ids), given }
  })
  return method === 'create' && typeof result === 'number' ? [result] : result
}

function bearer({ users }: Server, header: string | null): User {
  if (header === null) {
    throw http('Unauthorized', 401, 'User not authenticated, use an API Key with a Bearer Authorization header.')
  }
  const user = users.find(({ key }) => header.toLowerCase().startsWith('bearer ') && header.slice(7) === key)
  if (user) return user
  throw http('Unauthorized', 401, 'Invalid apikey')
}

const http = (name: string, status: number, message: string) =>
  Object.assign(new OdooException(`werkzeug.exceptions.${name}`, message, status), { http: status })

/** What goes over the wire; `debug` stands for the traceback a client must not pass on. */
function describe(error: unknown) {
  if (!(error instanceof OdooException)) throw error
  const { type, message } = error
  const status = (error as { http?: number }).http
  return {
    name: type,
    debug: `Traceback (most recent call last):\n  File "odoo/http.py", line 1, in _serve_db\n${type}: ${message}`,
    message,
    arguments: status === undefined ? [message] : [message, status],
    context: {},
  }
}

const headersOf = ({ world }: Server, type: string) => ({
  'content-type': type,
  'date': new Date(world.io.now()).toUTCString(),
  'server': 'Werkzeug/2.2.2 Python/3.11.2',
  'connection': 'close',
})

export const json = (server: Server, status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: headersOf(server, 'application/json; charset=utf-8') })

export const page = (server: Server, status: number, title: string): Response =>
  new Response(`<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n`, {
    status,
    headers: headersOf(server, 'text/html; charset=utf-8'),
  })
