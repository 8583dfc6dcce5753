/**
 * One article of a supplier at one quantity: what its lists say of it, and what the ERP is to have. Only a difference
 * leads to a call. What is no product of ours, or moves too far in price, is held by itself; other rows go on.
 */
import { canonicalJson } from '#canon/json.ts'
import { alarm, type Context, type Decider, type Decision, type Note, refused } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { parseSupply } from '../streams.ts'
import type { SupplyOffer, SupplyRules, SupplyState, SupplyTerms, SupplyTrouble, SupplyTroubleCode } from './state.ts'
import { initial } from './state.ts'

export type SupplyCommand =
  /** From a list: it is offered so. `at`: when the list was taken; what an older one says is no news. */
  | { type: 'supply.observe'; offer: SupplyOffer; at: string; rules: SupplyRules }
  /** From a list: it is offered no more. */
  | { type: 'supply.end'; why: 'vanished' | 'discontinued'; at: string }
  /** By a person: the price is right, far as it is from the last. */
  | { type: 'supply.accept' }
  /** By a person: ask the ERP again, by today's mapping tables. */
  | { type: 'supply.retry' }
  /** By the clock: the product may be there by now. */
  | { type: 'supply.lookAgain' }
  | Done
  | Failed

export type SupplyEvent =
  | { type: 'supply.offered'; offer: SupplyOffer; at: string; rules: SupplyRules }
  | { type: 'supply.stocked'; stock: number | null; at: string }
  | { type: 'supply.ended'; why: 'vanished' | 'discontinued'; at: string }
  | { type: 'supply.asked'; terms: SupplyTerms }
  | { type: 'supply.settled' }
  /** `lookAt`: when it is asked again by itself. */
  | ({ type: 'supply.held'; lookAt: string | null } & SupplyTrouble)
  /** What held it is over, and the ERP has what it should. */
  | { type: 'supply.cleared' }

/** Refusals in order of precedence. */
export type SupplyRefusal = 'supply_unknown' | 'nothing_to_accept' | 'nothing_to_retry'
const refuse = (code: SupplyRefusal, reason: string) => refused(code, reason)

const DAY_MS = 24 * 3_600_000

function decide(state: SupplyState, command: SupplyCommand, policy: Policy, context: Context): Decision<SupplyEvent> {
  switch (command.type) {
    case 'supply.observe':
      return observe(state, command, policy, context)
    case 'supply.end': {
      if (!state.offer || state.ended || command.at < state.at) return []
      const { why, at } = command
      return followed(state, [{ type: 'supply.ended', why, at }], policy, context)
    }
    case 'supply.accept':
      if (!state.offer) return refuse('supply_unknown', 'No list of the supplier names this article.')
      if (!isPriceInDoubt(state.trouble)) return refuse('nothing_to_accept', 'No price waits for a person here.')
      return ask(state, policy, context)
    case 'supply.retry':
      if (!state.offer) return refuse('supply_unknown', 'No list of the supplier names this article.')
      if (!state.trouble || isDoubt(state.trouble.code)) return refuse('nothing_to_retry', 'Nothing has failed here.')
      return followed(state, [], policy, context)
    case 'supply.lookAgain':
      return state.trouble?.code === 'sku_unknown' && !state.ended ? followed(state, [], policy, context) : []
    case 'done':
      return command.intent === 'supply.ensure' ? answered(state, command, context) : []
    case 'failed':
      return command.version === state.asked?.version ? [held(state, 'failed', command.fault.message)] : []
  }
}

function observe(
  state: SupplyState,
  { offer, at, rules }: Extract<SupplyCommand, { type: 'supply.observe' }>,
  policy: Policy,
  context: Context,
): Decision<SupplyEvent> {
  if (at < state.at) return []
  const { stock, ...terms } = offer
  const { stock: before, ...known } = state.offer ?? {}
  const same = state.ended === null && canonicalJson(terms) === canonicalJson(known)
  const isLetThrough = rules.jumpPercent === null && isPriceInDoubt(state.trouble)
  if (same && !isLetThrough) return stock === before ? [] : [{ type: 'supply.stocked', stock: stock ?? null, at }]
  return followed(state, [{ type: 'supply.offered', offer, at, rules }], policy, context)
}

/** What the ERP is to be asked after these events: nothing where it has that, or where a person looks first. */
function followed(before: SupplyState, events: SupplyEvent[], policy: Policy, context: Context): SupplyEvent[] {
  const state = events.reduce(evolve, before)
  const trouble = state.ended ? null : doubtOf(state, policy, context)
  return trouble ? [...events, trouble] : [...events, ...ask(state, policy, context)]
}

function ask(state: SupplyState, policy: Policy, context: Context): SupplyEvent[] {
  const terms = termsOf(state, policy, context)
  const latest = state.asked?.terms ?? state.told
  // What was never there need not end.
  const isOver = terms.until !== null && (latest === null || latest.until !== null)
  if (isOver || canonicalJson(terms) === canonicalJson(latest)) return state.trouble ? [{ type: 'supply.cleared' }] : []
  return [{ type: 'supply.asked', terms }]
}

function termsOf({ offer, ended, told, at }: SupplyState, policy: Policy, { stream }: Context): SupplyTerms {
  const { connection, article } = parseSupply(stream)
  const table = policy.mappings?.[connection]?.skus ?? {}
  const mapped = Object.hasOwn(table, article) ? table[article]! : undefined
  const { sku, barcode, price, currency, leadDays } = offer!
  const ours = mapped || sku
  // A word of the table with nothing behind it: it is nothing of ours.
  const until = ended || mapped === '' ? dayBefore(at) : null
  const which = ours ? { sku: ours } : barcode ? { barcode } : {}
  // An end keeps what was agreed on last.
  return until !== null && told ? { ...told, until } : { ...which, price, currency, leadDays, until }
}

const dayBefore = (at: string): string => new Date(Date.parse(at) - DAY_MS).toISOString().slice(0, 10)

/** Why a person looks first. */
function doubtOf(state: SupplyState, policy: Policy, context: Context): SupplyEvent | null {
  const { offer, rules } = state
  const { price, currency } = offer!
  const { sku, barcode, until } = termsOf(state, policy, context)
  if (until !== null) return null
  if (!sku && !barcode)
    return unknown(state, 'Neither the list nor the mapping table says which product it is.', context)
  if (Number(price) === 0) return held(state, 'no_price', 'The list names no price.')
  const latest = state.asked?.terms ?? state.told
  if (!latest || !rules || rules.jumpPercent === null) return null
  if (currency !== latest.currency)
    return held(state, 'currency_changed', `The price was in ${latest.currency} and is in ${currency}.`)
  const moved = (Math.abs(Number(price) - Number(latest.price)) / Number(latest.price)) * 100
  if (moved <= rules.jumpPercent) return null
  const detail = `The price moved from ${latest.price} to ${price} ${currency}; more than ${rules.jumpPercent} % is looked at.`
  return held(state, 'price_jump', detail)
}

const isPriceInDoubt = (trouble: SupplyTrouble | null): boolean =>
  trouble?.code === 'price_jump' || trouble?.code === 'currency_changed'
/** Nobody was asked: it is the row itself that a person looks at. */
const isDoubt = (code: SupplyTroubleCode): boolean =>
  code === 'price_jump' || code === 'currency_changed' || code === 'no_price'

const unknown = (state: SupplyState, detail: string, { at }: Context) => {
  const lookMs = state.rules?.unknown === 'note' ? 7 * DAY_MS : DAY_MS
  return held(state, 'sku_unknown', detail, new Date(Date.parse(at) + lookMs).toISOString())
}

const held = ({ rules }: SupplyState, code: SupplyTroubleCode, detail: string, lookAt: string | null = null) =>
  ({ type: 'supply.held', code, detail, owner: rules?.owner ?? '', lookAt }) as const

type Answered = Extract<Done, { intent: 'supply.ensure' }>

function answered(state: SupplyState, { version, answer }: Answered, context: Context): SupplyEvent[] {
  if (version !== state.asked?.version) return []
  switch (answer.outcome) {
    case 'set':
    case 'absent':
      return [{ type: 'supply.settled' }]
    case 'unknown':
      return [unknown(state, answer.detail, context)]
    case 'ambiguous':
      return [held(state, 'sku_ambiguous', answer.detail)]
    case 'too_fine':
      return [held(state, 'price_too_fine', answer.detail)]
  }
}

function evolve(before: SupplyState, event: SupplyEvent): SupplyState {
  const state = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'supply.offered':
      return { ...state, offer: event.offer, rules: event.rules, at: event.at, ended: null }
    case 'supply.stocked': {
      const { stock: _, ...offer } = state.offer!
      return { ...state, at: event.at, offer: event.stock === null ? offer : { ...offer, stock: event.stock } }
    }
    case 'supply.ended':
      return { ...state, ended: event.why, at: event.at }
    case 'supply.asked':
      return { ...state, asked: { version: state.version, terms: event.terms }, trouble: null }
    case 'supply.settled':
      return {
        ...state,
        told: state.asked?.terms ?? state.told,
        asked: null,
        trouble: state.trouble && isDoubt(state.trouble.code) ? state.trouble : null,
      }
    case 'supply.held': {
      const { code, detail, owner } = event
      return { ...state, asked: isDoubt(code) ? state.asked : null, trouble: { code, detail, owner } }
    }
    case 'supply.cleared':
      return { ...state, trouble: null }
  }
}

function react(event: SupplyEvent, state: SupplyState, stream: string): (Intent | Note)[] {
  if (event.type === 'supply.held' && event.lookAt !== null)
    return [alarm(stream, 'look', event.lookAt, { type: 'supply.lookAgain' })]
  if (event.type !== 'supply.asked' || !state.rules) return []
  const { connection, article, minQuantity } = parseSupply(stream)
  const ask = { supplier: { key: connection, ...state.rules.supplier }, article, minQuantity, ...event.terms }
  return [{ type: 'supply.ensure', to: 'erp', ask }]
}

export const supply: Decider<SupplyState, SupplyCommand, SupplyEvent, Policy> = { initial, decide, evolve, react }
