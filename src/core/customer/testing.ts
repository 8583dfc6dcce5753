/** Records and their indexes in one place, for tests: every note is heard, in the order it was sent. */
import { type Decider, type Note } from '../decider.ts'
import type { CustomersPolicy, Policy } from '../policy.ts'
import { policyWith } from '../testing/sample.ts'
import { customer, type CustomerCommand } from './customer.ts'
import { type Golden, goldenOf } from './golden.ts'
import { identity } from './identity.ts'
import type { CustomerState } from './state.ts'
import { allTellings } from './telling.ts'

export const RULES: CustomersPolicy = {
  match: 'review', sameFrom: 90, reviewFrom: 60, trust: {}, anonymous: [], relayDomains: [], country: 'DE',
} // prettier-ignore

type Any = Decider<{ version: number }, { type: string }, { type: string }, Policy>

export function people(change: Partial<CustomersPolicy> = {}) {
  const customers = { ...RULES, ...change }
  const policy: Policy = { ...policyWith(), customers }
  const states = new Map<string, { version: number }>()
  const asks: { [member: string]: unknown }[] = []
  const refusals: string[] = []
  const queue: { stream: string; command: { type: string } }[] = []
  let count = 0

  function hear({ stream, command }: (typeof queue)[number]): void {
    const decider = (stream.startsWith('identity/') ? identity : customer) as unknown as Any
    let state = states.get(stream) ?? decider.initial
    count += 1
    const at = new Date(Date.UTC(2026, 10, 21) + count).toISOString()
    const decision = decider.decide(state, command, policy, { stream, at, messageKey: `m-${count}` })
    if ('refused' in decision) {
      refusals.push(decision.refused)
      return
    }
    for (const event of decision) {
      state = decider.evolve(state, event)
      for (const owed of decider.react(event, state, stream)) {
        if ('note' in owed) queue.push(owed as Note)
        else asks.push(owed.ask as unknown as (typeof asks)[number])
      }
    }
    states.set(stream, state)
  }
  const stateOf = (key: string) => states.get(`customer/${key}`) as CustomerState | undefined

  const world = {
    customers,
    asks,
    refusals,
    states,
    stateOf,
    /** Said, and heard after so many of the notes that wait. */
    say(key: string, command: CustomerCommand, notesBefore = Infinity) {
      for (let left = notesBefore; left > 0 && queue.length > 0; left -= 1) hear(queue.shift()!)
      hear({ stream: `customer/${key}`, command })
      return world
    },
    settle() {
      while (queue.length > 0) hear(queue.shift()!)
      return world
    },
    record(key: string, channel: string, party: object, at: string, addresses: object[] = []) {
      const command = { type: 'customer.record', channel, party: { key, ...party }, addresses, at }
      return world.say(key, command as CustomerCommand).settle()
    },
    headOf(key: string): string {
      const into = stateOf(key)?.into
      return into ? world.headOf(into.key) : key
    },
    golden: (key: string): Golden => goldenOf(allTellings(stateOf(world.headOf(key))!), customers),
    join: (one: string, other: string, by = 'Kim') => {
      return world.say(one, { type: 'customer.join', with: other, by, note: '' }).settle()
    },
    part: (key: string) => world.say(key, { type: 'customer.part', by: 'Kim', note: '' }).settle(),
  }
  return world
}
