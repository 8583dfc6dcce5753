/**
 * Where one order is served from. The order's own pool holds its goods from the first moment; this asks the pools that
 * are preferred, one after the other, and only what one of them has set aside is let go at home, by the order itself.
 * So every piece is held somewhere at any time, and at rest in one place only: whole from one pool before split over
 * several, and from home when nobody else has it.
 */
import { type Decider, type Decision, type Note, note } from '../decider.ts'
import type { Demand } from '../order/demand.ts'
import type { Policy } from '../policy.ts'
import type { Candidate } from '../routing.ts'
import type { ClaimAnswer, ClaimCommand, Patience } from '../stock/claims.ts'
import { parseOrderRef, streams } from '../streams.ts'

/** Pieces of one SKU in one pool away from home. */
export interface Placement {
  sku: string
  pool: string
  granted: number
  /** Asked for beyond that; its answer carries `request`. */
  asked: number
  request: string
  patience: Patience
  /** In which it came to be. */
  plan: number
}

export interface RouteState {
  version: number
  orderRef: string
  /** Which plan of the order this is; it counts up with each change of what is wanted. */
  plan: number
  /** The last one that was answered: the order may have let go at home what that one found elsewhere. */
  settled: number
  home: string
  candidates: readonly Candidate[]
  split: boolean
  demand: readonly Demand[]
  /** SKUs the home pool has not enough of. */
  short: readonly string[]
  placements: readonly Placement[]
  /** SKUs that stay at home. */
  atHome: readonly string[]
  /** Candidates that were asked and could not, as `<way> <pool>`. */
  tried: readonly string[]
  way: 'whole' | 'split' | 'wait'
  done: boolean
  stopped: boolean
  /** Where a person wants goods to come from. They are asked for first, all or none. */
  pins?: readonly Part[]
}

export interface PlanRoute {
  type: 'route.plan'
  orderRef: string
  plan: number
  home: string
  candidates: readonly Candidate[]
  split: boolean
  demand: readonly Demand[]
  short: readonly string[]
  pins?: readonly Part[]
}

export type RouteCommand =
  | PlanRoute
  | ClaimAnswer
  /** The order was cancelled: nothing is wanted from anywhere. */
  | { type: 'route.stop' }

export interface Part {
  sku: string
  pool: string
}

export type RouteEvent =
  | (Omit<PlanRoute, 'type'> & { type: 'route.planned' })
  /** `quantity`: more than what is granted there already. */
  | { type: 'route.asked'; pool: string; sku: string; quantity: number; request: string; patience: Patience }
  | { type: 'route.granted'; pool: string; sku: string; quantity: number }
  | { type: 'route.refused'; pool: string; sku: string }
  /** `quantity`: fewer; null: all of it. */
  | { type: 'route.givenBack'; pool: string; sku: string; quantity: number | null }
  | { type: 'route.keptAtHome'; skus: readonly string[] }
  | { type: 'route.passedOver'; pool: string; way: RouteState['way'] }
  | { type: 'route.wayChanged'; way: RouteState['way'] }
  /** What a person wanted from there is not to be had: the rules decide again. */
  | { type: 'route.unpinned'; pool: string; skus: readonly string[]; reason: 'short' | 'unknown_sku' }
  | { type: 'route.settled'; plan: number; parts: readonly Part[] }
  /** No pool may send them together. A person has to see it. */
  | { type: 'route.unservable'; skus: readonly string[] }
  | { type: 'route.stopped' }

const initial: RouteState = {
  version: 0, orderRef: '', plan: 0, settled: 0, home: '', candidates: [], split: false, demand: [], short: [],
  placements: [], atHome: [], tried: [], way: 'whole', done: false, stopped: false,
} // prettier-ignore

function decide(state: RouteState, command: RouteCommand): Decision<RouteEvent> {
  const events = respond(state, command)
  let now = events.reduce(evolve, state)
  // Each step is small and ends: pools and ways are passed over once per plan.
  for (let next = step(now); next.length > 0; next = step(now)) {
    events.push(...next)
    now = next.reduce(evolve, now)
  }
  return events
}

function respond(state: RouteState, command: RouteCommand): RouteEvent[] {
  switch (command.type) {
    case 'route.plan': {
      if (state.stopped || command.plan <= state.plan) return []
      const { type: _, ...plan } = command
      const back = state.placements.filter((one) => one.plan > state.settled)
      return [...back.map(({ pool, sku }) => givenBack(pool, sku)), { type: 'route.planned', ...plan }]
    }
    case 'route.stop': {
      if (state.stopped) return []
      const back = state.placements.map(({ pool, sku }) => givenBack(pool, sku))
      return [...back, { type: 'route.stopped' }]
    }
    case 'claim.granted':
    case 'claim.refused': {
      const { pool, sku, request } = command
      const mine = state.placements.find((one) => one.pool === pool && one.sku === sku && one.request === request)
      // Given back meanwhile: the pool has heard of that, or will.
      if (!mine || mine.asked === 0) return []
      if (command.type === 'claim.granted') return [{ type: 'route.granted', pool, sku, quantity: mine.asked }]
      return refusedAt(state, pool, sku, command.reason)
    }
  }
}

/** Whole or nothing: with one SKU refused, the others asked for in the same breath are of no use there. */
function refusedAt(state: RouteState, pool: string, sku: string, reason: 'short' | 'unknown_sku'): RouteEvent[] {
  const events: RouteEvent[] = [{ type: 'route.refused', pool, sku }]
  if (isPinned(state, sku, pool)) return [...events, ...unpin(state, pool, sku, reason)]
  // No pool can know a SKU the ERP does not know; the order hears of it at home.
  if (reason === 'unknown_sku') return [...events, { type: 'route.keptAtHome', skus: [sku] }]
  if (state.way !== 'whole') return events
  const others = state.placements.filter((one) => one.pool === pool && one.sku !== sku && one.plan === state.plan)
  return [...events, ...others.map((one) => givenBack(pool, one.sku))]
}

const isPinned = ({ pins = [] }: RouteState, sku: string, pool: string): boolean =>
  pins.some((one) => one.sku === sku && one.pool === pool)

/** What one person asked for at once comes together or not at all; what was found there before stays. */
function unpin(state: RouteState, pool: string, sku: string, reason: 'short' | 'unknown_sku'): RouteEvent[] {
  const mine = state.placements.filter((one) => one.plan === state.plan && isPinned(state, one.sku, one.pool))
  const skus = mine.filter((one) => one.pool === pool).map((one) => one.sku)
  const back = mine.filter((one) => one.pool === pool && one.sku !== sku).map((one) => givenBack(pool, one.sku))
  return [...back, { type: 'route.unpinned', pool, skus, reason }]
}

/** What a person wants elsewhere is asked for there; once it is set aside, it is let go where it was. */
function pinStep(state: RouteState): RouteEvent[] {
  const { pins = [], demand, placements } = state
  const wanted = pins.flatMap((pin) => demand.filter(({ sku }) => sku === pin.sku).map((one) => ({ ...one, ...pin })))
  const at = (pin: Part) => placements.find((one) => one.sku === pin.sku && one.pool === pin.pool)
  const asked = wanted.filter((pin) => !at(pin)).map((pin) => ask(state, pin.pool, pin.sku, pin.quantity, 'withdraw'))
  if (asked.length > 0) return asked
  if (wanted.some((pin) => at(pin)!.asked > 0)) return []
  return placements
    .filter(({ sku, pool }) => wanted.some((pin) => pin.sku === sku && pin.pool !== pool))
    .map(({ pool, sku }) => givenBack(pool, sku))
}

const givenBack = (pool: string, sku: string, quantity: number | null = null): RouteEvent => ({
  type: 'route.givenBack', pool, sku, quantity,
}) // prettier-ignore

/** The next thing that can be done without an answer of somebody's; nothing when all waits or all is done. */
function step(state: RouteState): RouteEvent[] {
  if (state.done || state.stopped || state.plan === 0) return []
  const misfit = misfits(state)
  if (misfit.length > 0) return misfit
  const pinned = pinStep(state)
  if (pinned.length > 0) return pinned
  if (state.placements.some(({ asked }) => asked > 0)) return []
  const open = state.demand.filter(({ sku }) => !isPlaced(state, sku))
  if (open.length === 0) {
    const parts = state.demand.map(({ sku }) => ({
      sku,
      pool: state.placements.find((one) => one.sku === sku)?.pool ?? state.home,
    }))
    return [{ type: 'route.settled', plan: state.plan, parts }]
  }
  if (state.way === 'wait') return waitThere(state, open)
  const pool = choices(state).find((one) => !state.tried.includes(`${state.way} ${one.pool}`))
  return pool ? tryPool(state, pool, open) : nextWay(state, open)
}

/** Where too many pieces are placed they are given back; where too few, the rest is asked for there. */
function misfits(state: RouteState): RouteEvent[] {
  return state.placements.flatMap(({ pool, sku, granted, asked }): RouteEvent[] => {
    const wanted = state.demand.find((one) => one.sku === sku)?.quantity ?? 0
    if (wanted === 0) return [givenBack(pool, sku)]
    if (granted > wanted) return [givenBack(pool, sku, granted - wanted)]
    if (granted === 0 || asked > 0 || granted === wanted) return []
    return [ask(state, pool, sku, wanted - granted, 'stock')]
  })
}

const isPlaced = ({ placements, atHome }: RouteState, sku: string): boolean =>
  atHome.includes(sku) || placements.some((one) => one.sku === sku)

/** What was placed before stays where it is: the rest joins it, first or only. */
function choices(state: RouteState): Candidate[] {
  const { candidates, placements, atHome, home, split } = state
  const found = placements.filter(({ sku, pool }) => !isPinned(state, sku, pool))
  const used = [...found.map(({ pool }) => pool), ...(atHome.length > 0 ? [home] : [])]
  if (used.length === 0) return [...candidates]
  const first = used.map((pool) => candidates.find((one) => one.pool === pool) ?? { pool, never: [] })
  return split ? [...first, ...candidates] : first.slice(0, 1)
}

function tryPool(state: RouteState, { pool, never }: Candidate, open: readonly Demand[]): RouteEvent[] {
  const can = open.filter(({ sku }) => !never.includes(sku) && (pool !== state.home || !state.short.includes(sku)))
  const whole = state.way === 'whole'
  const over: RouteEvent = { type: 'route.passedOver', pool, way: state.way }
  if (can.length === 0 || (whole && can.length < open.length)) return [over]
  if (pool === state.home) return [{ type: 'route.keptAtHome', skus: can.map(({ sku }) => sku) }, over]
  return [...can.map(({ sku, quantity }) => ask(state, pool, sku, quantity, 'withdraw')), over]
}

/** Nobody has it all: from several, if that is allowed; and when even that fails, wait at home or where it must be. */
function nextWay(state: RouteState, open: readonly Demand[]): RouteEvent[] {
  if (state.way === 'whole' && state.split && state.demand.length > 1)
    return [{ type: 'route.wayChanged', way: 'split' }]
  const back = state.way === 'split' ? undoSplit(state) : []
  if (!choices(state).some(({ pool }) => pool === state.home))
    return [...back, { type: 'route.wayChanged', way: 'wait' }]
  const rest = [...open.map(({ sku }) => sku), ...back.flatMap((one) => ('sku' in one ? [one.sku] : []))]
  return [...back, { type: 'route.keptAtHome', skus: rest }]
}

/** Half an order from elsewhere helps nobody. What an earlier plan settled has been let go at home, and stays. */
const undoSplit = (state: RouteState): RouteEvent[] =>
  state.placements
    .filter((one) => one.plan === state.plan && !isPinned(state, one.sku, one.pool))
    .map(({ pool, sku }) => givenBack(pool, sku))

function waitThere(state: RouteState, open: readonly Demand[]): RouteEvent[] {
  const pool = choices(state).find(({ never }) => !open.some(({ sku }) => never.includes(sku)))?.pool
  if (pool === undefined) return [{ type: 'route.unservable', skus: open.map(({ sku }) => sku) }]
  return open.map(({ sku, quantity }) => ask(state, pool, sku, quantity, 'stock'))
}

const ask = (
  { version }: RouteState,
  pool: string,
  sku: string,
  quantity: number,
  patience: Patience,
): RouteEvent => ({ type: 'route.asked', pool, sku, quantity, request: `${version}`, patience }) // prettier-ignore

function evolve(before: RouteState, event: RouteEvent): RouteState {
  const state = { ...before, version: before.version + 1 }
  const { placements } = state
  switch (event.type) {
    case 'route.planned': {
      const { type: _, ...plan } = event
      const atHome = state.atHome.filter((sku) => !plan.short.includes(sku))
      const { pins: _p, ...unpinned } = state
      return { ...unpinned, ...plan, atHome, tried: [], way: 'whole', done: false }
    }
    case 'route.asked': {
      const { pool, sku, quantity: asked, request, patience } = event
      const known = placements.find((one) => one.pool === pool && one.sku === sku)
      const next: Placement = {
        pool,
        sku,
        granted: known?.granted ?? 0,
        asked,
        request,
        patience,
        plan: known?.plan ?? state.plan,
      }
      return { ...state, placements: [...placements.filter((one) => one !== known), next] }
    }
    case 'route.granted':
      return mapPlacement(state, event, (one) => ({ ...one, granted: one.granted + event.quantity, asked: 0 }))
    case 'route.refused': {
      // What was granted before stays; only the pieces more are not to be had.
      const others = placements.filter((one) => one.pool !== event.pool || one.sku !== event.sku || one.granted > 0)
      return mapPlacement({ ...state, placements: others }, event, (one) => ({ ...one, asked: 0 }))
    }
    case 'route.givenBack': {
      const less = (one: Placement) => ({ ...one, granted: one.granted - (event.quantity ?? one.granted) })
      if (event.quantity !== null) return mapPlacement(state, event, less)
      return { ...state, placements: placements.filter((one) => one.pool !== event.pool || one.sku !== event.sku) }
    }
    case 'route.keptAtHome':
      return { ...state, atHome: [...new Set([...state.atHome, ...event.skus])] }
    case 'route.passedOver':
      return { ...state, tried: [...state.tried, `${event.way} ${event.pool}`] }
    case 'route.wayChanged':
      return { ...state, way: event.way }
    case 'route.unpinned':
      return {
        ...state,
        pins: state.pins?.filter((one) => one.pool !== event.pool || !event.skus.includes(one.sku)) ?? [],
      }
    case 'route.settled':
      return { ...state, done: true, settled: event.plan }
    case 'route.unservable':
      return { ...state, done: true }
    case 'route.stopped':
      return { ...state, stopped: true, placements: [] }
  }
}

const mapPlacement = (
  state: RouteState,
  { pool, sku }: { pool: string; sku: string },
  change: (one: Placement) => Placement,
): RouteState => ({
  ...state,
  placements: state.placements.map((one) => (one.pool === pool && one.sku === sku ? change(one) : one)),
})

function react(event: RouteEvent, state: RouteState, stream: string): Note[] {
  const { orderRef: ref } = state
  const toStock = (pool: string, sku: string, command: ClaimCommand) => note(streams.stock(pool, sku), command)
  switch (event.type) {
    case 'route.asked': {
      const { pool, sku, quantity, request, patience } = event
      return [toStock(pool, sku, { type: 'stock.claim', ref, owner: stream, request, quantity, patience })]
    }
    case 'route.givenBack':
      return [toStock(event.pool, event.sku, { type: 'stock.unclaim', ref, quantity: event.quantity })]
    case 'route.settled': {
      const order = parseOrderRef(ref)
      const command = { type: 'order.noteRoute', plan: event.plan, parts: event.parts }
      return order ? [note(streams.order(order.channel, order.externalId), command)] : []
    }
    case 'route.unpinned': {
      const order = parseOrderRef(ref)
      const command = { type: 'order.noteMove', to: event.pool, skus: event.skus, reason: event.reason }
      return order ? [note(streams.order(order.channel, order.externalId), command)] : []
    }
    case 'route.unservable': {
      const order = parseOrderRef(ref)
      const detail = `No warehouse that may serve the order may send ${event.skus.join(', ')}.`
      const command = { type: 'order.noteException', code: 'no_pool', detail }
      return order ? [note(streams.order(order.channel, order.externalId), command)] : []
    }
    default:
      return []
  }
}

export const route: Decider<RouteState, RouteCommand, RouteEvent, Policy> = { initial, decide, evolve, react }
