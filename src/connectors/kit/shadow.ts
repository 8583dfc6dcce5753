/**
 * A connection in shadow: everything is decided, nothing is sent. What is asked of it is looked for instead, as the
 * work of whoever does it today. This is the one place that keeps the hub's hands off: what `shadowed` gives holds no
 * way to call a `send` that writes, nor upkeep that does.
 */
import type { Answer, IntentType } from '#core/intents.ts'
import { Fault, toFault } from '../../fault.ts'
import type { Connection, Outbound, Outcome, Sent, Upkeep } from './connector.ts'

/** Values to compare, by name: `total`, `MUG quantity`. Never personal data: they are stored and shown. */
export type Fields = Readonly<Record<string, string>>

/** What somebody else did for an intent of ours. */
export interface Observed<T extends IntentType = IntentType> {
  /** As if we had done it. */
  answer: Answer<T>
  /** As we would have done it. */
  ours: Fields
  theirs: Fields
  /**
   * What differs may only be what we wanted a moment ago: it counts as a difference when the next look finds the same.
   */
  unsettled?: true
}

export interface ShadowPace {
  /** How often it is looked whether the other one has done it. */
  everyMs: number
  /** After this time it counts as missing; it is still looked for. */
  missingMs: number
}

export const SHADOW_PACE: ShadowPace = { everyMs: 30_000, missingMs: 15 * 60_000 }

/** Nobody has done it yet, and there is time; nobody did it in time. Neither is a failure of a call. */
const WAITING = 'shadow.waiting'
const MISSING = 'shadow.missing'

/** @returns whether the fault says that the other one has not done it; `missing` when it should have. */
export function shadowWait({ code }: Fault): 'waiting' | 'missing' | null {
  return code === WAITING ? 'waiting' : code === MISSING ? 'missing' : null
}

/** The connection with everything that writes taken away. */
export function shadowed(connection: Connection, pace: ShadowPace = SHADOW_PACE): Connection {
  const outbound: Record<string, unknown> = {}
  for (const [type, one] of Object.entries(connection.outbound) as [IntentType, Outbound<IntentType>][])
    outbound[type] = one.reads ? one : watching(one.observe?.bind(one), pace)
  const reading = Object.entries(connection.upkeep).filter(([, { reads }]: [string, Upkeep]) => reads === true)
  return { ...connection, shadow: true, outbound, upkeep: Object.fromEntries(reading) }
}

function watching(observe: Outbound<IntentType>['observe'], pace: ShadowPace): Outbound<IntentType> {
  return {
    async send(intents) {
      const outcomes: Outcome<IntentType>[] = []
      for (const intent of intents) outcomes.push(await look(observe, intent, pace))
      return outcomes
    },
  }
}

async function look(
  observe: Outbound<IntentType>['observe'],
  intent: Sent<IntentType>,
  { everyMs, missingMs }: ShadowPace,
): Promise<Outcome<IntentType>> {
  // One look at most every so often: the number of looks tells how long it has been.
  const overdue = (intent.attempt - 1) * everyMs >= missingMs
  try {
    const observed = (await observe?.(intent, { overdue })) ?? null
    if (observed) return { answer: observed.answer, observed }
  } catch (error) {
    const fault = toFault(error)
    // What it would refuse is the other one's business: it is looked for again, and missing in the end.
    if (fault.kind !== 'rejected' && fault.kind !== 'malformed') return { fault }
  }
  const said = overdue ? 'has not done this in time' : 'has not done this yet'
  const message = `In shadow: the integration that works today ${said}. The hub looks for it again and sends nothing.`
  // What is late is looked for less often: there may be much of it.
  const [code, retryAfterMs] = overdue ? [MISSING, Math.max(everyMs, missingMs)] : [WAITING, everyMs]
  return { fault: new Fault('conflict', message, { code, retryAfterMs }) }
}
