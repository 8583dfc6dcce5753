/**
 * The ledger of a SKU that is a kit. Its owner is not the ERP but the stream of the kit, which says how many are backed
 * by parts set aside (`stock.back`). The ERP's own number of a kit is what its parts would allow: those are on sale by
 * themselves, so it is never read. What the ERP confirms leaves the hold and what is backed in one step; `taken` counts
 * it on both sides, so that a number said before the other side heard of it is not read as if it had.
 */
import { type Note, note } from '../decider.ts'
import { ruleOf } from '../kit/recipe.ts'
import type { Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import { isWaiting } from './claims.ts'
import type { Ledger, LedgerHold } from './ledger.ts'
import type { Place } from './mode.ts'
import type { StockEvent } from './stock.ts'

/** What a ledger keeps of being a kit. */
export interface Kit {
  /** The rules of the kit when they were looked at last; nothing when there are none any more. */
  rule: string
  /** Kits the ERP took over in all. */
  taken: number
  /** Which saying the reading is. */
  turn: number
  /** What the kit's stream was told last. */
  told: { held: number; over: number; agreed: number }
  /** The rules no longer say so, and nothing is backed any more. */
  ended?: boolean
}

/** Null unless it is a kit now. */
export const kitOf = ({ kit }: Ledger): Kit | null => (kit && !kit.ended ? kit : null)

/** From the kit's stream: so many may be promised. */
export interface BackedCommand {
  type: 'stock.back'
  free: number
  /** Names the saying; it is agreed to by this name. */
  turn: number
  /** Kits the ERP took over, as far as the kit's stream has heard. */
  taken: number
}

export type KitLedgerEvent =
  /** The rules say that it is a kit, or something else of it; with no rule, that it is none. */
  | { type: 'stock.kitRuled'; rule: string }
  | { type: 'stock.backed'; free: number; turn: number }
  | { type: 'stock.kitTold'; held: number; over: number; agreed: number }
  /** Nothing is promised or backed any more: the ERP counts it from now on. */
  | { type: 'stock.kitEnded' }

const KIT_EVENTS = new Set(['stock.kitRuled', 'stock.backed', 'stock.kitTold', 'stock.kitEnded'])

export const isKitEvent = (event: { type: string }): event is KitLedgerEvent => KIT_EVENTS.has(event.type)

/** Whether the rules of this SKU have changed since it was heard of. */
export function kitRuled({ kit }: Ledger, policy: Policy, { sku }: Place): StockEvent[] {
  if (!kit && !policy.kits) return []
  const rule = ruleOf(policy, sku)
  return rule === (kit?.rule ?? '') ? [] : [{ type: 'stock.kitRuled', rule }]
}

export function hearBacked(state: Ledger, { free, turn, taken }: BackedCommand): StockEvent[] {
  const kit = kitOf(state)
  if (!kit) return []
  return [{ type: 'stock.backed', free: Math.max(0, free - (kit.taken - taken)), turn }]
}

const held = ({ holds }: Ledger): number => holds.reduce((all, { quantity }) => all + quantity, 0)

/** What the kit's stream has to hear: how many are held, and by how much more is promised than it said. */
export function kitNews(state: Ledger): StockEvent[] {
  const { reading } = state
  const kit = kitOf(state)
  if (!kit) return []
  const promised = state.holds.filter((hold) => !isWaiting(hold)).reduce((all, { quantity }) => all + quantity, 0)
  const shared = state.channels.reduce((all, { bound }) => all + (bound ?? 0), 0)
  const unread = state.channels.some(({ bound }) => bound === null)
  const over = reading === null ? 0 : Math.max(0, promised + shared - reading.free)
  const fits = reading !== null && !unread && over === 0
  const news = { held: held(state), over, agreed: fits ? kit.turn : kit.told.agreed }
  const { told } = kit
  const same = news.held === told.held && news.over === told.over && news.agreed === told.agreed
  const events: StockEvent[] = same ? [] : [{ type: 'stock.kitTold', ...news }]
  const ends = kit.rule === '' && reading?.free === 0 && fits && news.held === 0
  return ends ? [...events, { type: 'stock.kitEnded' }] : events
}

export function evolveKit(state: Ledger, event: KitLedgerEvent): Ledger {
  const { kit } = state
  switch (event.type) {
    case 'stock.kitRuled': {
      const { rule } = event
      if (kit && !kit.ended) return { ...state, kit: { ...kit, rule }, asked: state.version }
      const fresh: Kit = { rule, taken: kit?.taken ?? 0, turn: 0, told: { held: 0, over: 0, agreed: 0 } }
      // What the ERP has confirmed by now it takes out of the parts, and never out of what will be backed.
      const holds = state.holds.map(withoutConfirmed).filter(({ quantity }) => quantity > 0)
      const stocked = state.stocked === null ? null : true
      return { ...state, kit: fresh, stocked, holds, reading: null, asked: state.version, stale: false }
    }
    case 'stock.backed': {
      const { free, turn } = event
      const reading = { free, onHand: free }
      return { ...state, reading, asked: null, stale: false, ...(kit && { kit: { ...kit, turn } }) }
    }
    case 'stock.kitTold': {
      const { type: _, ...told } = event
      return { ...state, ...(kit && { kit: { ...kit, told } }) }
    }
    case 'stock.kitEnded': {
      const ended = kit && { kit: { ...kit, ended: true } }
      return { ...state, ...ended, reading: null, asked: state.version, stale: false }
    }
  }
}

const withoutConfirmed = (hold: LedgerHold): LedgerHold => ({
  ...hold,
  quantity: hold.quantity - (hold.confirmed?.quantity ?? 0),
  confirmed: null,
})

/** The ERP has the sale: its pieces are the ERP's, here and in the ledgers of the parts. */
export function takeKits(state: Ledger, kit: Kit, orderRef: string, quantity: number): Ledger {
  const holds = state.holds
    .map((hold) =>
      hold.orderRef === orderRef && !isWaiting(hold) ? { ...hold, quantity: hold.quantity - quantity } : hold,
    )
    .filter((hold) => hold.quantity > 0 || isWaiting(hold))
  const left = Math.max(0, (state.reading?.free ?? 0) - quantity)
  const reading = state.reading && { free: left, onHand: left }
  return { ...state, holds, reading, kit: { ...kit, taken: kit.taken + quantity } }
}

/** What an event owes to the kit's stream, in the order it has to be heard there. */
export function kitNotes(event: StockEvent, state: Ledger, { pool, sku }: Place): Note[] {
  const to = (command: { type: string } & Record<string, unknown>) => note(streams.kit(pool, sku), command)
  const notes: Note[] = []
  if (event.type === 'stock.holdConfirmed') {
    notes.push(to({ type: 'kit.take', orderRef: event.orderRef, quantity: event.quantity }))
  }
  if (event.type === 'stock.kitTold') {
    const { held: pieces, over, agreed } = event
    notes.push(to({ type: 'kit.hear', held: pieces, over, agreed }))
  }
  if (state.asked === state.version) notes.push(to({ type: 'kit.tell' }))
  return notes
}
