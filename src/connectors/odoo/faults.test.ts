/** Odoo's exceptions, one by one, and what comes instead of Odoo. */
import { describe, expect, test } from 'vitest'
import { loadFault, odooFault } from './faults.ts'
import { answer, fault, send } from '../kit/testing.ts'
import { API_KEY, estate, orderOf, saleAsk } from './testing.ts'

const TABLE = [
  ['odoo.exceptions.AccessDenied', 'Access Denied', 'unauthorised', 'odoo.access_denied'],
  ['werkzeug.exceptions.Unauthorized', 'Invalid apikey', 'unauthorised', 'odoo.access_denied'],
  ['odoo.http.SessionExpiredException', 'Odoo Session Expired', 'unauthorised', 'odoo.access_denied'],
  ['odoo.exceptions.AccessError', "You are not allowed to access 'Sales Order'", 'unauthorised', 'odoo.access_error'],
  ['odoo.exceptions.UserError', "Object no.model doesn't exist", 'rejected', 'odoo.model_unknown'],
  [
    'odoo.exceptions.UserError',
    'Some orders are not in a state requiring confirmation.',
    'rejected',
    'odoo.user_error',
  ],
  ['odoo.exceptions.MissingError', 'Record does not exist or has been deleted.', 'rejected', 'odoo.missing'],
  [
    'odoo.exceptions.ValidationError',
    'The operation cannot be completed:\n- Create/update',
    'rejected',
    'odoo.validation',
  ],
  ['odoo.exceptions.ValidationError', 'Barcode(s) already assigned:', 'rejected', 'odoo.duplicate'],
  [
    'odoo.exceptions.ValidationError',
    'duplicate key value violates unique constraint "ir_model_data_module_name_uniq_index"',
    'conflict',
    'odoo.serialization',
  ],
  ['odoo.exceptions.LockError', 'locked', 'conflict', 'odoo.locked'],
  ['builtins.AttributeError', "The method 'res.partner.frobnicate' does not exist", 'rejected', 'odoo.method_unknown'],
  ['werkzeug.exceptions.NotFound', "the model 'no.model' does not exist", 'rejected', 'odoo.model_unknown'],
  ['werkzeug.exceptions.NotFound', "The method 'res.partner.frob' does not exist", 'rejected', 'odoo.method_unknown'],
  ['werkzeug.exceptions.UnprocessableEntity', "missing a required argument: 'domain'", 'rejected', 'odoo.bad_call'],
  ['builtins.TypeError', 'unexpected keyword argument', 'rejected', 'odoo.bad_call'],
  ['builtins.ValueError', "Invalid field 'x' on model 'res.partner'", 'rejected', 'odoo.field_unknown'],
  ['builtins.ValueError', 'External ID not found in the system: a.b', 'rejected', 'odoo.external_id_unknown'],
  ['builtins.ValueError', "Wrong value for res.partner.type: 'bogus'", 'rejected', 'odoo.bad_value'],
  [
    'psycopg2.errors.SerializationFailure',
    'could not serialize access due to concurrent update\n',
    'conflict',
    'odoo.serialization',
  ],
  ['psycopg2.errors.LockNotAvailable', 'x', 'conflict', 'odoo.locked'],
  ['psycopg2.errors.DeadlockDetected', 'x', 'conflict', 'odoo.locked'],
  ['psycopg2.OperationalError', 'FATAL:  database "nodb" does not exist\n', 'rejected', 'odoo.database_unknown'],
  ['psycopg2.OperationalError', 'server closed the connection unexpectedly', 'unavailable', 'odoo.database'],
  ['psycopg2.pool.PoolError', 'The Connection Pool Is Full', 'unavailable', 'odoo.database'],
  ['builtins.KeyError', 'nosuch', 'rejected', 'odoo.server_error'],
] as const

test.for(TABLE)('%s: %s', ([name, message, kind, code]) => {
  expect(odooFault({ name, message }, 'sale.order.load')).toMatchObject({ kind, code })
})

test('messages carry no row and no address', () => {
  const message = 'violates check constraint "x"\nDETAIL:  Failing row contains (Grace Hopper, grace@example.com).'
  expect(odooFault({ name: 'odoo.exceptions.ValidationError', message }, 'res.partner.load').message).not.toContain(
    'Grace',
  )
  const about = odooFault({ name: 'odoo.exceptions.UserError', message: 'No mail to grace@example.com.' }, 'x')
  expect(about.message).not.toContain('example.com')
})

test('a load that lost a race is a conflict, any other refusal is final', () => {
  expect(loadFault('could not serialize access due to concurrent update\n', 'x').kind).toBe('conflict')
  expect(loadFault('No matching record found', 'x').kind).toBe('rejected')
})

describe('over the wire', () => {
  const ask = saleAsk(orderOf('1', [{ sku: 'MUG' }]))

  test('concurrent work is a conflict, and done once afterwards', async () => {
    const { sim, connection } = estate()
    sim.conflict(1)
    expect(await fault(connection, 'sale.ensure', ask)).toMatchObject({ kind: 'conflict', code: 'odoo.serialization' })
    sim.conflict(0.4)
    const kinds = new Set<string>()
    for (let tries = 0; tries < 200; tries++) {
      const outcome = await send(connection, 'sale.ensure', ask)
      if ('answer' in outcome) break
      kinds.add(outcome.fault.kind)
    }
    expect([...kinds]).toEqual(['conflict'])
    sim.conflict(0)
    await answer(connection, 'sale.ensure', ask)
    expect(sim.beliefs().sales).toMatchObject([{ state: 'sale', locked: true }])
  })

  test('nobody there, then there again', async () => {
    const { sim, connection } = estate()
    sim.down(true)
    expect(await fault(connection, 'sale.ensure', ask)).toMatchObject({ kind: 'unavailable', code: 'odoo.unreachable' })
    sim.down(false)
    await answer(connection, 'sale.ensure', ask)
  })

  test.for([18, 19] as const)('a wrong key, a missing right, a wrong database in %i', async (version) => {
    const denied = { login: 'hub@example.com', key: API_KEY, denied: ['sale.order'] }
    const cases = [
      [{ users: [{ login: 'hub@example.com', key: 'another' }] }, 'odoo.access_denied', 'unauthorised'],
      [{ users: [denied] }, 'odoo.access_error', 'unauthorised'],
      [{ database: 'elsewhere' }, 'odoo.database_unknown', 'rejected'],
    ] as const
    for (const [options, code, kind] of cases) {
      const { connection } = estate({ version, ...options })
      expect(await fault(connection, 'sale.ensure', ask)).toMatchObject({ kind, code })
    }
  })

  test.for([
    [() => new Response('<html>Bad gateway</html>', { status: 502 }), 'unavailable'],
    [() => new Response('<html>Log in</html>', { headers: { 'content-type': 'text/html' } }), 'unavailable'],
    [() => new Response('{"jsonrpc":', { headers: { 'content-type': 'application/json' } }), 'unavailable'],
    [() => new Response('', { status: 429, headers: { 'retry-after': '7' } }), 'throttled'],
  ] as const)('what a proxy says: %#', async ([response, kind]) => {
    const at = estate()
    await answer(at.connection, 'stock.read', { sku: 'MUG', warehouse: 'WH' })
    at.network.through = async () => response()
    const refused = await fault(at.connection, 'stock.read', { sku: 'MUG', warehouse: 'WH' })
    expect(refused.kind).toBe(kind)
    if (kind === 'throttled') expect(refused.retryAfterMs).toBe(7_000)
  })
})
