/**
 * What kind of trouble a dead letter is: a closed vocabulary, each word with its meaning and the next best action, and
 * the pure function that finds the word for a fault.
 */

export const DEAD_CLASSES = {
  value: {
    means: 'A value is not one the other side can take.',
    next: 'Correct the value where it comes from, or edit the message here, then retry.',
  },
  missing: {
    means: 'Something it refers to does not exist there.',
    next: 'Create what the message names (product, tax, warehouse, …), then retry.',
  },
  connection: {
    means: 'The other system could not be reached for a day.',
    next: 'Bring the line back; when calls to it work again, retry.',
  },
  intermittent: {
    means: 'The other system kept answering with passing errors.',
    next: 'Look at its own log. When it is well again, retry.',
  },
  rate_limit: {
    means: 'The other system asked us to slow down for longer than a day.',
    next: 'Look who else uses the same account and its limits, then retry.',
  },
  too_large: {
    means: 'It is larger than the other side, or the database, takes.',
    next: 'Shorten or split it where it comes from, or edit the message here, then retry.',
  },
  parse: {
    means: 'It does not have the shape it must have.',
    next: 'Compare it with the version of the API; edit the message here, or wait for a release that reads it, then retry.',
  },
  duplicate: {
    means: 'The other side has such a thing already, or more than one.',
    next: 'Look at both in the other system and keep one, then retry.',
  },
  conflict: {
    means: 'Somebody else had changed or locked it.',
    next: 'Look at the record in the other system, then retry on the latest version.',
  },
  permission: {
    means: 'Credentials were refused, or lack a permission.',
    next: 'Renew the credentials or grant the permission; crossdock doctor says which. Then retry.',
  },
  bug: {
    means: 'The hub itself failed over it.',
    next: 'Keep the log and report it; after the release that mends it, retry.',
  },
  unknown: {
    means: 'Nobody has classified this fault.',
    next: 'Read the reason, mend the cause, then retry.',
  },
} as const satisfies Record<string, { means: string; next: string }>

export type DeadClass = keyof typeof DEAD_CLASSES
export const DEAD_CLASS_NAMES = Object.keys(DEAD_CLASSES) as [DeadClass, ...DeadClass[]]

/** Where on its way it failed. `receive` is what could not be stored as it arrived. */
export const DEAD_STEPS = ['receive', 'translate', 'decide', 'call'] as const
export type DeadStep = (typeof DEAD_STEPS)[number]

/** Codes say more than kinds. The vendor's prefix is left out; the first that fits counts. */
const BY_CODE: readonly (readonly [RegExp, DeadClass])[] = [
  [/(^|_)(duplicate|ambiguous|exists)(_|$)/, 'duplicate'],
  [/too_(large|long|many)|max_cost|^54/, 'too_large'],
  [/access_denied|access_error|unauthorised|permission/, 'permission'],
  [/_unknown$|_missing$|^missing$|not_found/, 'missing'],
  [/serialization|locked|concurrent|stale|delivery_left|sale_cancelled|not_cancelled/, 'conflict'],
  [/throttled|rate_limit/, 'rate_limit'],
  [/malformed|unexpected_answer|not_json|missing_header|bad_call/, 'parse'],
  [/unreachable|no_answer|timeout/, 'connection'],
  [/server_error|unavailable|^database$/, 'intermittent'],
]

const BY_KIND: Readonly<Record<string, DeadClass>> = {
  unavailable: 'connection',
  throttled: 'rate_limit',
  conflict: 'conflict',
  unauthorised: 'permission',
  malformed: 'parse',
  forged: 'permission',
  rejected: 'value',
  bug: 'bug',
}

/** Kinds that say everything, whatever the code. */
const DECISIVE: readonly string[] = ['throttled', 'unauthorised', 'forged', 'bug']

/**
 * @param kind of the fault, or `bug`. @param code of the fault: `odoo.tax_unknown`, `database.22021`. @param step where
 *   it failed: an answer of ours that cannot be decided is our own bug, not a value of somebody else's.
 */
export function classify(kind: string, code: string, step: DeadStep): DeadClass {
  if (DECISIVE.includes(kind)) return BY_KIND[kind]!
  const bare = code.slice(code.indexOf('.') + 1)
  if (kind === 'unavailable' && bare === 'unavailable' && code === bare) return 'connection'
  const named = BY_CODE.find(([pattern]) => pattern.test(bare))?.[1]
  if (named) return named
  if (kind === 'rejected' && step === 'decide' && code === 'rejected') return 'unknown'
  return BY_KIND[kind] ?? 'unknown'
}
