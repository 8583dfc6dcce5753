/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const SHIPBOB_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'shipbob.cancelled_there': {
    cause: 'ShipBob has the order as cancelled. A reference is used once.',
    cure: 'Send the order from elsewhere, or enter it in ShipBob by hand and book its parcel in Odoo.',
  },
  'shipbob.malformed': {
    cause: 'A webhook or answer does not have the shape it must have.',
    cure: 'Report it with the path in the message: it may be a newer version of the API.',
  },
  'shipbob.missing_member': {
    cause: 'A signed webhook lacks its id or its topic.',
    cure: 'Check what stands in front of the hub: it must pass headers on as they are.',
  },
  'shipbob.no_answer': {
    cause: 'No answer, or one that broke off. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network.',
  },
  'shipbob.not_found': { cause: 'ShipBob knows no such thing.', cure: 'Check that the token is of the same account.' },
  'shipbob.refused': {
    cause: 'ShipBob refused the call.',
    cure: 'The message has its sentence. Report it when it is a field of ours.',
  },
  'shipbob.unprocessable': {
    cause: 'ShipBob understood and will not do it.',
    cure: 'The message names the field. Unknown SKUs and shipping methods are entered in ShipBob; then retry.',
  },
  'shipbob.server_error': { cause: 'ShipBob failed.', cure: 'It is tried again. When it stays, ask ShipBob.' },
  'shipbob.throttled': { cause: 'ShipBob was called too fast.', cure: 'Nothing to do: it waits.' },
  'shipbob.unauthorised': {
    cause: 'The token was refused, or lacks a scope.',
    cure: 'Check it; the scopes it needs are in the README of the connector.',
  },
  'shipbob.unexpected_answer': {
    cause: 'An answer is no JSON.',
    cure: 'It is tried again. When it stays, check what stands between the hub and ShipBob.',
  },
}
