/**
 * JSON-2: the protocol from Odoo 19 on. Arguments have names, the answer is the bare value, errors have real statuses.
 */
import { assert } from '#canon/assert.ts'
import { Fault } from '../../fault.ts'
import type { Transport } from './client.ts'
import { odooFault, type OdooError } from './faults.ts'
import type { Wire } from './http.ts'

/** How Odoo names the positional arguments of each method we use; one that is not listed takes none. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  search: ['domain', 'offset', 'limit', 'order'],
  search_read: ['domain', 'fields', 'offset', 'limit', 'order'],
  search_count: ['domain', 'limit'],
  read: ['fields', 'load'],
  create: ['vals_list'],
  write: ['vals'],
  load: ['fields', 'data'],
  fields_get: ['allfields', 'attributes'],
  has_access: ['operation'],
  has_group: ['group_ext_id'],
  set_opening_control: ['cashbox_value', 'notes'],
  sync_from_ui: ['orders'],
  try_cash_in_out: ['_type', 'amount', 'reason', 'extras'],
  post_closing_cash_details: ['counted_cash'],
  update_closing_control_state_session: ['notes'],
  close_session_from_ui: ['bank_payment_method_diff_pairs'],
  js_assign_outstanding_line: ['line_id'],
  check_object_reference: ['module', 'xml_id', 'raise_on_access_error'],
}

/** @param key asked for every call, so that a new key is used at once. */
export function json2(wire: Wire, { database, key }: { database: string; key(): string }): Transport {
  return async (model, method, { ids, args, kwargs, context }) => {
    const names = PARAMETERS[method] ?? []
    assert(args.length <= names.length, `json2.ts does not know the argument names of ${method}`)
    const named = Object.fromEntries(args.map((value, index) => [names[index], value]))
    const headers = { 'authorization': `bearer ${key()}`, 'x-odoo-database': database }
    const body = { ...(ids ? { ids } : {}), ...named, ...kwargs, context }
    const answer = await wire.send(`/json/2/${model}/${method}`, body, headers)
    if (answer.status < 400) return answer.body
    const error = (answer.body ?? {}) as Partial<OdooError>
    throw odooFault(
      { name: error.name ?? '', message: error.message ?? `status ${answer.status}` },
      `${model}.${method}`,
    )
  }
}

/** The server's major version, which it tells without a login; null when it does not know the address. */
export async function json2Version(wire: Wire): Promise<number | null> {
  try {
    const { body } = await wire.get('/web/version')
    const info = (body as { version_info?: unknown[] } | null)?.version_info
    return typeof info?.[0] === 'number' ? info[0] : null
  } catch (error) {
    if (error instanceof Fault && error.kind === 'rejected') return null
    throw error
  }
}
