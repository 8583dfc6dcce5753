/**
 * The index that finds records which may be one person: a stream per e-mail address, telephone number and place, named
 * by a digest of it. It holds keys of records and nothing personal, and has those meet that share it.
 */
import { type Decider, type Decision, type Note, note } from '../decider.ts'
import type { Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import { isBelow } from './state.ts'

/** Shared by more than that it says nothing about anybody: an office, a test address, a parcel shop. */
const CROWD = 25

export interface IdentityState {
  version: number
  /** `print` changes with whatever else the record could be recognised by. */
  members: readonly { key: string; print: string }[]
  crowded: boolean
}

export type IdentityCommand =
  | { type: 'identity.claim'; customer: string; print: string }
  | { type: 'identity.drop'; customer: string }

export type IdentityEvent =
  | { type: 'identity.claimed'; customer: string; print: string }
  | { type: 'identity.dropped'; customer: string }
  | { type: 'identity.crowded' }

export const identity: Decider<IdentityState, IdentityCommand, IdentityEvent, Policy> = {
  initial: { version: 0, members: [], crowded: false },
  decide({ members, crowded }, command): Decision<IdentityEvent> {
    const { customer } = command
    const known = members.find(({ key }) => key === customer)
    if (command.type === 'identity.drop') return known ? [{ type: 'identity.dropped', customer }] : []
    if (known?.print === command.print) return []
    if (!known && members.length >= CROWD) return crowded ? [] : [{ type: 'identity.crowded' }]
    return [{ type: 'identity.claimed', customer, print: command.print }]
  },
  evolve(before, event) {
    const state = { ...before, version: before.version + 1 }
    if (event.type === 'identity.crowded') return { ...state, crowded: true }
    const others = before.members.filter(({ key }) => key !== event.customer)
    if (event.type === 'identity.dropped') return { ...state, members: others, crowded: false }
    return { ...state, members: [...others, { key: event.customer, print: event.print }] }
  },
  react(event, { members }): Note[] {
    if (event.type !== 'identity.claimed') return []
    const { customer } = event
    return members
      .filter(({ key }) => key !== customer)
      .map(({ key }) => {
        const [low, high] = isBelow(key, customer) ? [key, customer] : [customer, key]
        return note(streams.customer(low), { type: 'customer.meet', other: high })
      })
  },
}
