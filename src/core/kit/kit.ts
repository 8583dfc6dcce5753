/**
 * A kit in one pool: how many of it are backed, that is, for how many of it all parts are set aside. It stands where
 * the ERP stands for other goods: the ledger of the kit's own SKU shares out what is backed here, so every piece is
 * promised in one ledger only, its own. Why it is right: docs/decisions/0018-kits.md
 *
 * - Parts are claimed one SKU after the other, in a fixed order, so that kits never wait for each other; what one part
 *   lacks is let go at the others.
 * - What is backed is said to the ledger (`said`). To give back, less is said first; parts are let go once the ledger
 *   agrees that it promises no more than that.
 * - What the ERP has confirmed is taken out of both at once: pieces in the ledgers of the parts pass to the ERP.
 */
import { type Context, type Decider, type Decision, type Note, note } from '../decider.ts'
import type { Policy } from '../policy.ts'
import type { ClaimAnswer, ClaimCommand } from '../stock/claims.ts'
import type { BackedCommand } from '../stock/kits.ts'
import type { WatchCommand } from '../stock/watches.ts'
import { streams } from '../streams.ts'
import { type Part, recipeOf, sameParts } from './recipe.ts'

export interface KitState {
  version: number
  /** By which the pieces that stand here were claimed. */
  parts: readonly Part[]
  /** Kits whose parts are all granted. */
  backed: number
  /** Kits the ERP took over in all, whether they were backed or not. */
  taken: number
  /** What the ledger may promise, and which saying it was. */
  said: { free: number; turn: number }
  /** The ledger promises no more than what was said then. */
  agreed: number
  /** Kits that orders and others hold in the ledger. */
  held: number
  /** By how many more is promised there than was said. */
  over: number
  /** Kits on their way: granted for all parts before `at`. `limit`: the part that made it fewer. */
  build: { kits: number; at: number; request: string; share: number | null; limit: string | null } | null
  /** Waits for more of this part; null share: for what was sold already. */
  watch: { sku: string; share: number | null } | null
}

export type KitCommand =
  /** From the ledger of the kit's SKU, whenever either changed. */
  | { type: 'kit.hear'; held: number; over: number; agreed: number }
  /** From there: the ERP has confirmed an order with so many. */
  | { type: 'kit.take'; orderRef: string; quantity: number }
  /** From there: say again what is backed. */
  | { type: 'kit.tell' }
  | ClaimAnswer
  /** From the ledger of a part: there is more of it. */
  | { type: 'watch.met'; sku: string }

export type KitEvent =
  | { type: 'kit.recipeAdopted'; parts: readonly Part[] }
  | { type: 'kit.heard'; held: number; over: number; agreed: number }
  /** `kits`: those of them that were backed. */
  | { type: 'kit.taken'; orderRef: string; quantity: number; kits: number }
  | { type: 'kit.building'; kits: number; share: number | null }
  | { type: 'kit.partGranted'; sku: string }
  /** Only `kits` can be had: `fewer`, whose other parts are let go. */
  | { type: 'kit.partShort'; sku: string; kits: number; fewer: number }
  | { type: 'kit.built'; kits: number }
  | { type: 'kit.said'; free: number }
  | { type: 'kit.gaveBack'; kits: number }
  | { type: 'kit.watching'; sku: string; pieces: number; share: number | null }
  | { type: 'kit.watchMet'; sku: string }

const initial: KitState = {
  version: 0, parts: [], backed: 0, taken: 0, said: { free: 0, turn: 0 }, agreed: 0,
  held: 0, over: 0, build: null, watch: null,
} // prettier-ignore

function decide(state: KitState, command: KitCommand, policy: Policy, { stream }: Context): Decision<KitEvent> {
  const events = respond(state, command)
  let now = events.reduce(evolve, state)
  const recipe = recipeOf(policy, placeOf(stream).sku)
  for (let next = step(now, recipe); next; next = step(now, recipe)) {
    events.push(next)
    now = evolve(now, next)
  }
  const tell = command.type === 'kit.tell' && !events.some(({ type }) => type === 'kit.said')
  return tell ? [...events, { type: 'kit.said', free: now.said.free }] : events
}

/** `kit/<pool>/<sku>` */
function placeOf(stream: string): { pool: string; sku: string } {
  const [, pool = '', ...rest] = stream.split('/')
  return { pool, sku: rest.join('/') }
}

function respond(state: KitState, command: KitCommand): KitEvent[] {
  const { build, parts } = state
  switch (command.type) {
    case 'kit.hear': {
      const { held, over, agreed } = command
      const same = held === state.held && over === state.over && agreed === state.agreed
      return same ? [] : [{ type: 'kit.heard', held, over, agreed }]
    }
    case 'kit.take': {
      const { orderRef, quantity } = command
      return [{ type: 'kit.taken', orderRef, quantity, kits: Math.min(quantity, state.backed) }]
    }
    case 'kit.tell':
      return []
    case 'claim.granted': {
      const { sku, request } = command
      return build?.request === request ? [{ type: 'kit.partGranted', sku }] : []
    }
    case 'claim.refused': {
      const { sku, request, available } = command
      if (build?.request !== request) return []
      const kits = Math.min(build.kits - 1, Math.floor(available / parts[build.at]!.quantity))
      return [{ type: 'kit.partShort', sku, kits, fewer: build.kits - kits }]
    }
    case 'watch.met':
      return state.watch?.sku === command.sku ? [{ type: 'kit.watchMet', sku: command.sku }] : []
  }
}

/** The next thing that can be done without somebody's answer. */
function step(
  state: KitState,
  recipe: { parts: readonly Part[]; upTo: number; share: number } | null,
): KitEvent | null {
  const { parts, backed, build, said, agreed, held, over, watch } = state
  const wanted = recipe?.parts ?? []
  const changed = !sameParts(parts, wanted)
  if (changed && backed === 0 && !build) return { type: 'kit.recipeAdopted', parts: wanted }
  if (build && build.at === parts.length) return { type: 'kit.built', kits: build.kits }
  // What was sold has its parts in any case, and beside it some more are on offer.
  const target = changed || !recipe ? 0 : held + recipe.upTo
  const free = Math.min(backed, target)
  if (said.free !== free) return { type: 'kit.said', free }
  if (free < backed && agreed === said.turn) return { type: 'kit.gaveBack', kits: backed - free }
  if (build) return build.limit && build.kits === 0 ? watching(state, build.limit) : null
  // Sold, or put back on a shelf: it has to be covered, whatever its share is.
  const missing = over - (backed - free)
  const wants = missing > 0 ? missing : target - backed
  if (wants <= 0 || parts.length === 0 || (watch && (missing <= 0 || watch.share === null))) return null
  return { type: 'kit.building', kits: wants, share: missing > 0 || !recipe ? null : recipe.share }
}

const watching = ({ parts, build }: KitState, sku: string): KitEvent => {
  const pieces = parts.find((part) => part.sku === sku)!.quantity
  return { type: 'kit.watching', sku, pieces, share: build?.share ?? null }
}

function evolve(before: KitState, event: KitEvent): KitState {
  const state = { ...before, version: before.version + 1 }
  const { backed, said, build } = state
  switch (event.type) {
    case 'kit.recipeAdopted':
      return { ...state, parts: event.parts, watch: null }
    case 'kit.heard':
      return { ...state, held: event.held, over: event.over, agreed: event.agreed }
    case 'kit.taken': {
      const { quantity, kits } = event
      const free = Math.max(0, said.free - quantity)
      // The hold ended with it: until the ledger says how many are left, it is not asked for twice.
      const held = Math.max(0, state.held - quantity)
      return { ...state, held, backed: backed - kits, taken: state.taken + quantity, said: { ...said, free } }
    }
    case 'kit.building': {
      const { kits, share } = event
      return { ...state, watch: null, build: { kits, at: 0, request: requestOf(state), share, limit: null } }
    }
    case 'kit.partGranted':
      return { ...state, build: build && { ...build, at: build.at + 1, request: requestOf(state) } }
    case 'kit.partShort':
      return { ...state, build: build && { ...build, kits: event.kits, limit: event.sku, request: requestOf(state) } }
    case 'kit.built': {
      const built = { ...state, backed: backed + event.kits }
      // Fewer than were wanted: it is looked at again when there is more of what was short.
      return build?.limit ? { ...built, build: { ...build, kits: 0, at: 0 } } : { ...built, build: null }
    }
    case 'kit.said':
      return { ...state, said: { free: event.free, turn: state.version } }
    case 'kit.gaveBack':
      return { ...state, backed: backed - event.kits }
    case 'kit.watching':
      return { ...state, build: null, watch: { sku: event.sku, share: event.share } }
    case 'kit.watchMet':
      return { ...state, watch: null }
  }
}

const requestOf = ({ version }: KitState): string => String(version)

function react(event: KitEvent, state: KitState, stream: string): Note[] {
  const { pool, sku } = placeOf(stream)
  const { parts, build, said, taken } = state
  const ref = `kit:${sku}`
  const toPart = (part: string, command: ClaimCommand | WatchCommand): Note => note(streams.stock(pool, part), command)
  const claim = (): Note[] => {
    const part = build && build.kits > 0 ? parts[build.at] : undefined
    if (!build || !part) return []
    const { request, share } = build
    const quantity = build.kits * part.quantity
    return [
      toPart(part.sku, {
        type: 'stock.claim', ref, owner: stream, request, quantity, patience: 'withdraw', ...(share !== null && { share }),
      }), // prettier-ignore
    ]
  }
  const letGo = (all: readonly Part[], kits: number): Note[] =>
    all.map((part) => toPart(part.sku, { type: 'stock.unclaim', ref, quantity: kits * part.quantity }))
  switch (event.type) {
    case 'kit.building':
    case 'kit.partGranted':
      return claim()
    case 'kit.partShort':
      return [...letGo(parts.slice(0, build!.at), event.fewer), ...claim()]
    case 'kit.gaveBack':
      return letGo(parts, event.kits)
    case 'kit.taken':
      return event.kits === 0
        ? []
        : parts.map((part) => {
            const quantity = event.kits * part.quantity
            return toPart(part.sku, { type: 'stock.takeClaim', ref, orderRef: event.orderRef, quantity })
          })
    case 'kit.said': {
      const command: BackedCommand = { type: 'stock.back', free: said.free, turn: said.turn, taken }
      return [note(streams.stock(pool, sku), command as { type: string })]
    }
    case 'kit.watching': {
      const { sku: part, pieces, share } = event
      return [toPart(part, { type: 'stock.watch', owner: stream, ref, pieces, ...(share !== null && { share }) })]
    }
    default:
      return []
  }
}

export const kit: Decider<KitState, KitCommand, KitEvent, Policy> = { initial, decide, evolve, react }
