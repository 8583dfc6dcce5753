/** One person or company as a channel knows them, and the partner that stands for them in the ERP. */
import type { Party } from '#canon/order.ts'
import type { Decider, Decision, Note } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'

export interface CustomerState {
  version: number
  key: string
  channel: string
  party: Party | null
  /** When the channel last said so; older news never overwrites newer. */
  updatedAt: string
  partnerId: string | null
  /** Why the ERP does not have the customer's present data. */
  trouble: string | null
}

export type CustomerCommand =
  | { type: 'customer.record'; channel: string; party: Party; at: string }
  | { type: 'customer.retry' }
  | Done
  | Failed

export type CustomerEvent =
  | { type: 'customer.recorded'; channel: string; party: Party; at: string }
  | { type: 'customer.bound'; partnerId: string }
  | { type: 'customer.bindFailed'; code: string; message: string }
  | { type: 'customer.bindRetried' }

const initial: CustomerState = {
  version: 0, key: '', channel: '', party: null, updatedAt: '', partnerId: null, trouble: null,
} // prettier-ignore

function decide(state: CustomerState, command: CustomerCommand): Decision<CustomerEvent> {
  switch (command.type) {
    case 'customer.record': {
      const { channel, party, at } = command
      if (at < state.updatedAt || sameParty(party, state.party)) return []
      return [{ type: 'customer.recorded', channel, party: { ...state.party, ...party }, at }]
    }
    case 'customer.retry':
      return state.trouble === null ? [] : [{ type: 'customer.bindRetried' }]
    case 'done': {
      if (command.intent !== 'customer.ensure') return []
      const { partnerId } = command.answer
      return partnerId === state.partnerId && state.trouble === null ? [] : [{ type: 'customer.bound', partnerId }]
    }
    case 'failed':
      return [{ type: 'customer.bindFailed', code: command.fault.code, message: command.fault.message }]
  }
}

function sameParty(news: Party, known: Party | null): boolean {
  if (!known) return false
  const fields = ['name', 'email', 'phone', 'externalId', 'marketingConsent'] as const
  return fields.every((name) => news[name] === undefined || news[name] === known[name])
}

function evolve(before: CustomerState, event: CustomerEvent): CustomerState {
  const state = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'customer.recorded':
      return { ...state, key: event.party.key, channel: event.channel, party: event.party, updatedAt: event.at }
    case 'customer.bound':
      return { ...state, partnerId: event.partnerId, trouble: null }
    case 'customer.bindFailed':
      return { ...state, trouble: event.message }
    case 'customer.bindRetried':
      return { ...state, trouble: null }
  }
}

function react(event: CustomerEvent, { party, key, channel }: CustomerState): (Intent | Note)[] {
  if (!party || (event.type !== 'customer.recorded' && event.type !== 'customer.bindRetried')) return []
  const { name, email, phone, externalId } = party
  const ask = {
    key,
    name: name ?? email ?? 'Guest',
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    externalRef: externalId ? `${channel}:${externalId}` : key,
  }
  return [{ type: 'customer.ensure', to: 'erp', ask }]
}

export const customer: Decider<CustomerState, CustomerCommand, CustomerEvent, Policy> = {
  initial,
  decide,
  evolve,
  react,
}
