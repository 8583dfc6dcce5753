/** JSON-RPC, `object.execute_kw`: the protocol of Odoo up to 18, still there in 19. Errors come with status 200. */
import { Fault } from '../../fault.ts'
import type { Transport } from './client.ts'
import { type OdooError, odooFault } from './faults.ts'
import type { Wire } from './http.ts'

export interface RpcAccess {
  database: string
  user: string
  /** Asked for every call, so that a new key is used at once. */
  key(): string
}

interface Envelope {
  /** Absent when the method returned nothing. */
  result?: unknown
  error?: { message?: string; data?: Partial<OdooError> }
}

export function rpc(wire: Wire, { database, user, key }: RpcAccess): Transport {
  let id = 0
  let signedIn: { key: string; uid: number } | null = null

  async function request(service: string, method: string, args: readonly unknown[], what: string): Promise<unknown> {
    const body = { jsonrpc: '2.0', method: 'call', id: ++id, params: { service, method, args } }
    const envelope = ((await wire.send('/jsonrpc', body)).body ?? {}) as Envelope
    if (!envelope.error) return envelope.result ?? null
    const { data, message } = envelope.error
    throw odooFault({ name: data?.name ?? '', message: data?.message ?? message ?? 'no reason given' }, what)
  }

  async function uidFor(secret: string): Promise<number> {
    if (signedIn?.key === secret) return signedIn.uid
    const uid = await request('common', 'authenticate', [database, user, secret, {}], 'common.authenticate')
    if (typeof uid !== 'number') {
      throw new Fault(
        'unauthorised',
        'Odoo refused the login; check `user` and `apiKey`, and whether the key expired.',
        {
          code: 'odoo.access_denied',
        },
      )
    }
    signedIn = { key: secret, uid }
    return uid
  }

  return async (model, method, { ids, args, kwargs, context }) => {
    const secret = key()
    const uid = await uidFor(secret)
    const positional = ids ? [ids, ...args] : args
    const call = [database, uid, secret, model, method, positional, { ...kwargs, context }]
    return request('object', 'execute_kw', call, `${model}.${method}`)
  }
}

/** The server's major version, by JSON-RPC; null when it does not speak it. */
export async function rpcVersion(wire: Wire): Promise<number | null> {
  const params = { service: 'common', method: 'version', args: [] }
  try {
    const { body } = await wire.send('/jsonrpc', { jsonrpc: '2.0', method: 'call', id: 0, params })
    const info = (body as { result?: { server_version_info?: unknown[] } } | null)?.result?.server_version_info
    return typeof info?.[0] === 'number' ? info[0] : null
  } catch (error) {
    if (error instanceof Fault && error.kind === 'rejected') return null
    throw error
  }
}
