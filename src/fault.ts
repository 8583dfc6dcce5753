/**
 * A fault is what goes wrong outside the hub: classified where it happens (in a connector), handled in one place (the
 * engine). Refusals are return values and bugs are assertions; neither is ever a Fault.
 */

/** What the engine does about each kind is in `engine/retry.ts`. */
export const FAULT_KINDS = {
  unavailable:
    'The other system did not answer, or answered with a passing error. The work may or may not have been done.',
  throttled: 'The other system asked us to slow down. The work was not done.',
  conflict: 'The other system could not do it now because of concurrent work. The work was not done.',
  unauthorised: 'The credentials were refused, or lack a permission. A person has to act.',
  malformed: 'What arrived does not have the shape it must have.',
  forged: 'The signature does not fit the bytes. Nothing was stored.',
  rejected: 'The other system understood and refused for good. Sending it again changes nothing.',
} as const

export type FaultKind = keyof typeof FAULT_KINDS

export interface FaultDetails {
  /** Stable, lower-case, e.g. `odoo.missing_tax`; documented in docs/reference/errors.md. */
  code?: string
  /** How long the other system asked us to wait, in milliseconds. */
  retryAfterMs?: number
  /** We wait by ourselves and know for how long: no call was made. */
  own?: boolean
  cause?: unknown
}

export class Fault extends Error {
  readonly kind: FaultKind
  readonly code: string
  readonly retryAfterMs: number | undefined
  readonly own: boolean

  /** @param message what happened and what to do, without secrets or personal data: it is shown and logged. */
  constructor(kind: FaultKind, message: string, { code, retryAfterMs, own = false, cause }: FaultDetails = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Fault'
    this.kind = kind
    this.code = code ?? kind
    this.retryAfterMs = retryAfterMs
    this.own = own
  }
}

/** Any thrown thing as a Fault: what is not one already counts as `unavailable`, since the work may have been done. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  const message = error instanceof Error ? error.message : String(error)
  return new Fault('unavailable', message, { cause: error })
}
