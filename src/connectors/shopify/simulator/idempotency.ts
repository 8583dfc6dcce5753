/** Keys of `@idempotent`: a repeat gives the stored answer, other parameters under the same key are an error. */
import { canonicalJson } from '#canon/json.ts'
import type { SimulatorIo } from '../../kit/simulator.ts'

/** Plain data, to be kept and taken up again. */
export interface IdempotencyState {
  known: Map<string, { at: number; input: string; answer: unknown; failed: boolean }>
  replays: number
  collide: boolean
}

export interface Idempotency {
  state: IdempotencyState
  once<T extends { userErrors: unknown[] }>(
    mutation: string,
    key: string | null,
    input: unknown,
    work: () => T,
  ): T | Refused
  /** How many calls were answered from memory. */
  replays(): number
  /** Lets the next call with a key find an earlier one still running. */
  collideNext(): void
}

type Refused = { userErrors: { code: string; field: string[]; message: string }[] } & Record<string, unknown>

/** Mutations that must be called with a key, as of 2026-04. */
export const KEYED: ReadonlySet<string> = new Set([
  'inventoryActivate',
  'inventoryAdjustQuantities',
  'inventoryMoveQuantities',
  'inventorySetOnHandQuantities',
  'inventorySetQuantities',
  'inventoryShipmentAddItems',
  'inventoryShipmentCreate',
  'inventoryShipmentCreateInTransit',
  'inventoryShipmentReceive',
  'inventoryTransferCreate',
  'inventoryTransferCreateAsReadyToShip',
  'inventoryTransferDuplicate',
  'inventoryTransferSetItems',
  'locationActivate',
  'locationDeactivate',
  'refundCreate',
])

const newState = (): IdempotencyState => ({ known: new Map(), replays: 0, collide: false })

/** @param state what was remembered earlier; it is taken over, not copied. */
export function openIdempotency(io: SimulatorIo, keyLifeMs: number, state = newState()): Idempotency {
  const { known } = state

  const refused = (code: string, message: string): Refused => ({
    inventoryAdjustmentGroup: null,
    userErrors: [{ code, field: ['input'], message }],
  })

  /** Insertion order is age: the oldest stand first. */
  function forget(): void {
    for (const [key, { at }] of known) {
      if (at + keyLifeMs > io.now()) return
      known.delete(key)
    }
  }

  return {
    state,
    replays: () => state.replays,
    collideNext: () => void (state.collide = true),
    once(mutation, key, input, work) {
      forget()
      const name = `${mutation} ${key}`
      const text = canonicalJson(input)
      const before = known.get(name)
      if (state.collide) {
        state.collide = false
        return refused('IDEMPOTENCY_CONCURRENT_REQUEST', 'This request is currently in progress, please try again.')
      }
      if (before) {
        if (before.input !== text) {
          return refused(
            'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
            'The same idempotency key cannot be used with different operation parameters.',
          )
        }
        state.replays += 1
        if (!before.failed) return before.answer as ReturnType<typeof work>
        return refused('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', 'A previous request with this idempotency key failed.')
      }
      const answer = work()
      known.set(name, { at: io.now(), input: text, answer, failed: answer.userErrors.length > 0 })
      return answer
    },
  }
}
