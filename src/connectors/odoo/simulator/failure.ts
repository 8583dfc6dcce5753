/** Odoo's exceptions, with the class name and text that go over the wire. */

export class OdooException extends Error {
  /** The Python class, as `error.data.name` says it. */
  readonly type: string
  /** Status in JSON-2; JSON-RPC answers 200 whatever happened. */
  readonly status: number

  constructor(type: string, message: string, status: number) {
    super(message)
    this.type = type
    this.status = status
  }
}

export const userError = (message: string) => new OdooException('odoo.exceptions.UserError', message, 422)
export const validationError = (message: string) => new OdooException('odoo.exceptions.ValidationError', message, 422)
export const valueError = (message: string) => new OdooException('builtins.ValueError', message, 500)
export const accessError = (message: string) => new OdooException('odoo.exceptions.AccessError', message, 403)
export const accessDenied = () => new OdooException('odoo.exceptions.AccessDenied', 'Access Denied', 403)
export const serializationFailure = () => new OdooException('psycopg2.errors.SerializationFailure', SERIALIZATION, 500)

export const missing = (model: string, ids: readonly number[], uid: number) =>
  new OdooException(
    'odoo.exceptions.MissingError',
    `Record does not exist or has been deleted.\n(Record: ${model}(${ids.join(', ')},), User: ${uid})`,
    404,
  )

export const SERIALIZATION = 'could not serialize access due to concurrent update\n'
