/**
 * Odoo's exceptions as faults. Both protocols name the exception class in the same way, so one table serves both.
 * Odoo's `debug` member is a traceback of its source and never leaves this file.
 */
import { Fault, type FaultKind } from '../../fault.ts'

/** The `data` of a JSON-RPC error, or the body of a JSON-2 one. */
export interface OdooError {
  name: string
  message: string
}

interface Rule {
  name: RegExp
  message?: RegExp
  kind: FaultKind
  code: string
}

/** First match wins. */
const RULES: readonly Rule[] = [
  { name: /^psycopg2\.errors\.SerializationFailure$/, kind: 'conflict', code: 'odoo.serialization' },
  { name: /^psycopg2\.errors\.(LockNotAvailable|DeadlockDetected)$/, kind: 'conflict', code: 'odoo.locked' },
  { name: /^odoo\.exceptions\.(LockError|ConcurrencyError)$/, kind: 'conflict', code: 'odoo.locked' },
  { name: /^psycopg2\.OperationalError$/, message: /database ".*" does not exist/, kind: 'rejected', code: 'odoo.database_unknown' },
  { name: /^psycopg2\./, kind: 'unavailable', code: 'odoo.database' },
  { name: /^odoo\.exceptions\.AccessDenied$/, kind: 'unauthorised', code: 'odoo.access_denied' },
  { name: /^werkzeug\.exceptions\.Unauthorized$/, kind: 'unauthorised', code: 'odoo.access_denied' },
  { name: /SessionExpired/, kind: 'unauthorised', code: 'odoo.access_denied' },
  { name: /^odoo\.exceptions\.AccessError$/, kind: 'unauthorised', code: 'odoo.access_error' },
  { name: /^odoo\.exceptions\.ValidationError$/, message: /ir_model_data_module_name_uniq_index/, kind: 'conflict', code: 'odoo.serialization' },
  { name: /^odoo\.exceptions\.ValidationError$/, message: /duplicate key|already (assigned|exists)/, kind: 'rejected', code: 'odoo.duplicate' },
  { name: /^odoo\.exceptions\.ValidationError$/, kind: 'rejected', code: 'odoo.validation' },
  { name: /^odoo\.exceptions\.MissingError$/, kind: 'rejected', code: 'odoo.missing' },
  { name: /^odoo\.exceptions\.UserError$/, message: /^Object .* doesn't exist/, kind: 'rejected', code: 'odoo.model_unknown' },
  { name: /^odoo\.exceptions\.(UserError|RedirectWarning)$/, kind: 'rejected', code: 'odoo.user_error' },
  { name: /NotFound$/, message: /model '.*' does not exist/, kind: 'rejected', code: 'odoo.model_unknown' },
  { name: /NotFound$|^builtins\.AttributeError$/, kind: 'rejected', code: 'odoo.method_unknown' },
  { name: /UnprocessableEntity$|BadRequest$|^builtins\.TypeError$/, kind: 'rejected', code: 'odoo.bad_call' },
  { name: /^builtins\.ValueError$/, message: /^External ID not found/, kind: 'rejected', code: 'odoo.external_id_unknown' },
  { name: /^builtins\.ValueError$/, message: /Invalid field/, kind: 'rejected', code: 'odoo.field_unknown' },
  { name: /^builtins\.ValueError$/, kind: 'rejected', code: 'odoo.bad_value' },
] // prettier-ignore

/** @param what the call that failed, as `model.method`. */
export function odooFault({ name, message }: OdooError, what: string): Fault {
  const rule = RULES.find((each) => each.name.test(name) && (each.message?.test(message) ?? true))
  const { kind, code } = rule ?? { kind: 'rejected' as const, code: 'odoo.server_error' }
  return new Fault(kind, `Odoo did not do ${what}: ${clean(message)}`, { code })
}

/** Messages inside a `load` answer have no exception class; concurrency shows in the text alone. */
export function loadFault(message: string, what: string): Fault {
  if (/could not serialize|ir_model_data_module_name_uniq_index|deadlock detected/.test(message)) {
    return new Fault('conflict', `Odoo did not do ${what}: concurrent work on the same record.`, {
      code: 'odoo.serialization',
    })
  }
  return new Fault('rejected', `Odoo refused ${what}: ${clean(message)}`, { code: 'odoo.load_refused' })
}

/** For people, without the values of the row: database details and e-mail addresses are left out. */
function clean(message: string): string {
  const [text = ''] = message.split(/\n?DETAIL:/)
  return text
    .replace(/[^\s@"'(<]+@[^\s@"')>]+/g, '…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
}
