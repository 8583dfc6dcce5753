/**
 * A simulated Odoo, 18 or 19: the same calls, shapes, errors and quirks over the same two protocols, in memory and
 * without a clock or chance of its own. `options.ts` says what it can be made of and what can be done to it.
 */
import type { SimulatorIo } from '../../kit/simulator.ts'
import { beliefs } from './beliefs.ts'
import { boms } from './boms.ts'
import { control } from './control.ts'
import { openDatabase, type Row, type Stored } from './database.ts'
import { serializationFailure } from './failure.ts'
import { invoices } from './invoices.ts'
import { serializationRefusal } from './load.ts'
import type { OdooOptions, OdooSimulator } from './options.ts'
import { pickings } from './pickings.ts'
import { pointOfSale } from './pos.ts'
import { products } from './quants.ts'
import { buildSchema } from './schema.ts'
import { seed } from './seed.ts'
import { returns } from './returns.ts'
import { sales } from './sales.ts'
import { suppliers } from './suppliers.ts'
import { json, json2, jsonRpc, page, type Server } from './wire.ts'
import type { Behaviour, World } from './world.ts'

const partners: Record<string, Behaviour> = {
  'res.partner': {
    defaults(_, values) {
      values['type'] ||= 'contact'
      values['active'] ??= true
    },
    created: lendAddress,
    computed: { email_normalized: (_, row) => (row['email'] ? String(row['email']).toLowerCase() : false) },
    display: (world, row) => {
      const parent = world.db.row('res.partner', row['parent_id'] as number)
      return parent ? `${String(parent['name'])}, ${String(row['name'])}` : String(row['name'])
    },
  },
}

const ADDRESS = ['street', 'street2', 'zip', 'city', 'state_id', 'country_id'] as const

/** Whoever has no address takes that of the first contact below: Odoo thinks it was meant for both. */
function lendAddress({ db }: World, row: Row): void {
  const parent = db.row('res.partner', row['parent_id'] as number)
  if (!parent || (parent['parent_id'] && !parent['is_company'])) return
  const siblings = db.where('res.partner', 'parent_id', parent.id).filter((id) => db.row('res.partner', id)!['active'])
  const has = (partner: Row) => ADDRESS.some((field) => partner[field])
  if (siblings.length !== 1 || !has(row) || has(parent)) return
  db.update('res.partner', parent, Object.fromEntries(ADDRESS.map((field) => [field, row[field] ?? false])))
}

const UID_FIRST = 6

interface Snapshot {
  stored: Stored
  sequences: World['sequences']
  /** Of the last call: what users do in Odoo itself happens in it too. */
  context: World['context']
  uid: number
  calls: Map<string, number>
  weather: { latencyMs: number; conflictShare: number; isDown: boolean }
}

/** @param snapshot of an earlier Odoo with the same options: the new one goes on where that one stood. */
export function createOdoo(options: OdooOptions, io: SimulatorIo, snapshot?: unknown): OdooSimulator {
  const before = structuredClone(snapshot) as Snapshot | undefined
  const version = options.version ?? 18
  const schema = buildSchema(version, options.customFields, options.manufacturing)
  const db = openDatabase(schema, options.firstIds, before?.stored)
  const behaviours = {
    ...partners,
    ...products,
    ...pickings,
    ...sales,
    ...invoices,
    ...returns,
    ...pointOfSale,
    ...suppliers,
    ...boms,
  }
  const { context, uid, sequences } = before ?? { context: {}, uid: UID_FIRST, sequences: new Map<string, number>() }
  const world: World = { version, io, schema, db, context, uid, sequences, behaviours }
  const logins = options.users ?? [{ login: 'hub@example.com', key: 'odoo-key' }]
  const calls = before?.calls ?? new Map<string, number>()
  let { latencyMs, conflictShare, isDown } = before?.weather ?? { latencyMs: 0, conflictShare: 0, isDown: false }

  const run = <T>(work: () => T): T => db.transaction(io.now(), work)
  const found = () => {
    seed(world, options)
    db.tables.get('res.users')!.nextId = UID_FIRST
    for (const { login, email = login } of logins) {
      db.insert('res.users', { login, name: login, email: email ?? false, tz: 'UTC', active: true })
    }
  }
  if (!before) run(found)

  const server: Server = {
    world,
    database: options.database ?? 'retail',
    users: logins.map(({ login, key, denied = [] }, index) => ({ uid: UID_FIRST + index, login, key, denied })),
    before(model, method, writes) {
      const name = `${model}.${method}`
      calls.set(name, (calls.get(name) ?? 0) + 1)
      if (!writes || conflictShare === 0 || io.random() >= conflictShare) return null
      return method === 'load' ? 'load' : serializationFailure()
    },
    refuseLoad: serializationRefusal,
  }

  async function fetch(request: Request): Promise<Response> {
    if (isDown) throw new TypeError('fetch failed')
    const { pathname } = new URL(request.url)
    if (pathname === '/jsonrpc') {
      if (!/^application\/json/.test(request.headers.get('content-type') ?? '')) return page(server, 400, 'Bad Request')
      return jsonRpc(server, await request.text())
    }
    if (pathname === '/web/version' && version >= 19) {
      return json(server, 200, { version_info: [version, 0, 0, 'final', 0, ''], version: `${version}.0-20251227` })
    }
    if (pathname === '/json/2' || pathname.startsWith('/json/2/'))
      return json2(server, request, pathname, await request.text())
    return page(server, 404, 'Not Found')
  }

  return {
    fetch,
    due: () => [],
    get latencyMs() {
      return latencyMs
    },
    ...control(world, run),
    slow: (ms) => (latencyMs = ms) && undefined,
    conflict: (share) => void (conflictShare = share),
    down: (is) => void (isDown = is),
    beliefs: () => beliefs(world, calls),
    snapshot(): Snapshot {
      const weather = { latencyMs, conflictShare, isDown }
      return structuredClone({ stored: db.stored(), sequences, context: world.context, uid: world.uid, calls, weather })
    },
  }
}
