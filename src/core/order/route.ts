/**
 * An order and the pools it is served from. Its own pool holds the goods from the first moment; when the rules prefer
 * another, its route asks there, and the order lets go at home what another pool has set aside.
 */
import { type Note, note } from '../decider.ts'
import type { Policy } from '../policy.ts'
import type { Part } from '../route/route.ts'
import { type Candidate, candidatesFor } from '../routing.ts'
import { streams } from '../streams.ts'
import type { Demand } from './demand.ts'
import { homeOfSku, isScattered } from './seats.ts'
import type { Hold, OrderState } from './state.ts'

/** How far the search for pools has come. */
export interface OrderRoute {
  plan: number
  /** What the plan is for; null once something else is wanted. */
  demand: readonly Demand[] | null
  /** Pools away from home, by SKU; what is not named is at home. */
  parts: readonly Part[]
  /** Answered for this very demand. */
  settled: boolean
  /** Where a person has goods leave from, whatever the rules say. */
  pins?: readonly Part[]
}

export type OrderRouteEvent =
  | {
      type: 'order.routeAsked'
      plan: number
      candidates: readonly Candidate[]
      split: boolean
      demand: readonly Demand[]
      short: readonly string[]
      pins?: readonly Part[]
    }
  | { type: 'order.routed'; plan: number; parts: readonly Part[] }

const wanted = (holds: readonly Hold[]): Demand[] =>
  holds.filter(({ quantity }) => quantity > 0).map(({ sku, quantity }) => ({ sku, quantity }))

/** Set when a pool has to be looked for. Not before home has answered: then it is known what is short there. */
export function routeWanted(state: OrderState, policy: Policy, at: string): OrderRouteEvent | null {
  const { order, holds, route, pool } = state
  const routing = order && policy.channels[order.channel]?.routing
  const pins = route?.pins ?? []
  if (!order || (!routing && pins.length === 0)) return null
  // The channel has divided it among its own places: they serve it.
  if (!route && isScattered(state)) return null
  const demand = wanted(holds)
  if ((demand.length === 0 && !route) || holds.some(({ outcome, quantity }) => outcome === 'asked' && quantity > 0))
    return null
  if (route && JSON.stringify(route.demand) === JSON.stringify(demand)) return null
  const found = routing ? candidatesFor(order, demand.map(({ sku }) => sku), routing, at) : [] // prettier-ignore
  const candidates = found.length > 0 || pins.length === 0 ? found : [{ pool, never: [] }]
  if (candidates.length === 0 && !route) return null
  const short = holds.filter(({ outcome, quantity }) => outcome === 'short' && quantity > 0).map(({ sku }) => sku)
  const [first] = candidates
  // Home is where it should go from, and has it all: nobody has to be asked.
  if (!route && first?.pool === pool && first.never.length === 0 && short.length === 0) return null
  const split = routing?.split === 'when_short'
  const plan = (route?.plan ?? 0) + 1
  return { type: 'order.routeAsked', plan, candidates, split, demand, short, ...(pins.length > 0 ? { pins } : {}) }
}

export function noteRoute(state: OrderState, plan: number, parts: readonly Part[]): OrderRouteEvent[] {
  const { route, stage, cancel } = state
  // An answer to what is not wanted any more: the next plan has been asked for, and knows what this one found.
  if (!route || route.plan !== plan || route.demand === null || route.settled || stage !== 'placed' || cancel) return []
  return [{ type: 'order.routed', plan, parts: parts.filter(({ pool }) => pool !== state.pool) }]
}

export function evolveRoute(state: OrderState, event: OrderRouteEvent): OrderState {
  if (event.type === 'order.routeAsked') {
    const { plan, demand } = event
    return { ...state, route: { parts: [], ...state.route, plan, demand, settled: false } }
  }
  const { parts } = event
  const away = new Set(parts.map(({ sku }) => sku))
  const holds = state.holds.map((hold): Hold => (away.has(hold.sku) ? { ...hold, outcome: 'reserved' } : hold))
  const exceptions = state.exceptions.filter(({ code }) => code !== 'no_pool')
  return { ...state, holds, exceptions, route: { ...state.route!, parts, settled: true } }
}

/** Something else is wanted than was asked for: its answer will not do. */
export const unsettled = (state: OrderState): OrderState =>
  state.route ? { ...state, route: { ...state.route, demand: null, settled: false } } : state

export const isSearching = ({ route }: OrderState): boolean => route !== undefined && !route.settled

/** The pool that serves the SKU. */
export const poolOf = (state: OrderState, sku: string): string =>
  state.route?.parts.find((part) => part.sku === sku)?.pool ?? homeOfSku(state, sku)

/** The pool that serves most of the order; the first by name among equals. */
export function headPool(state: OrderState): string {
  const pieces = new Map<string, number>()
  for (const { sku, quantity } of wanted(state.holds)) {
    const pool = poolOf(state, sku)
    pieces.set(pool, (pieces.get(pool) ?? 0) + quantity)
  }
  const [first] = [...pieces].sort(([a, many], [b, others]) => others - many || (a < b ? -1 : 1))
  return first?.[0] ?? state.pool
}

/** What comes from other pools than that one. */
export const sourcesBeside = (state: OrderState, head: string): Part[] =>
  wanted(state.holds).flatMap(({ sku }) => (poolOf(state, sku) === head ? [] : [{ sku, pool: poolOf(state, sku) }]))

export function routeNotes(event: OrderRouteEvent, state: OrderState): Note[] {
  const { channel, externalId } = state.order!
  const orderRef = `${channel}:${externalId}`
  if (event.type === 'order.routeAsked') {
    const { type: _, ...plan } = event
    const command = { type: 'route.plan', orderRef, home: state.pool, ...plan }
    return [note(streams.route(channel, externalId), command)]
  }
  return event.parts.map(({ sku }) => note(streams.stock(state.pool, sku), { type: 'stock.release', orderRef } as { type: string })) // prettier-ignore
}

export const stopRoute = ({ order, route }: OrderState): Note[] =>
  order && route ? [note(streams.route(order.channel, order.externalId), { type: 'route.stop' })] : []
