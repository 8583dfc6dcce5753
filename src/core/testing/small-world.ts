/**
 * One SKU in one pool with everything that can happen to it, small enough that all of it can be tried: channels of each
 * kind that sell and cancel, an ERP that reserves, feeds and webhooks that are late, and answers that are lost. The
 * deciders of stock and channels are the real ones; orders are a thin model that says to stock what the real ones say
 * (held against them in small-world.test.ts). Ledgers and sales are never changed in place.
 */
import { must } from '#canon/assert.ts'
import { channel as channelDecider, type ChannelCommand, type ChannelState } from '../channel/channel.ts'
import type { Context, Decider, Note } from '../decider.ts'
import type { Done, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import type { Ledger } from '../stock/ledger.ts'
import { stock, type StockCommand, type StockEvent } from '../stock/stock.ts'
import { channelPolicy } from './sample.ts'
import { beginsWith, type Coming, type OnItsWay, ruleFor } from './small-presale.ts'

export type Kind = 'compare' | 'plain' | 'later'

export interface Setup {
  channels: readonly { kind: Kind; shows: number }[]
  onHand: number
  /** How many sales may be cancelled, answers lost, pieces received, and pieces of news of shelves be under way. */
  cancels?: number
  lost?: number
  receipts?: number
  seen?: number
  /** Sales in all; no bound unless said. */
  sales?: number
  /** The channel's clock is coarse: an order may carry the very moment of a write or a reading before or after it. */
  ties?: boolean
  /** The channels sell before the hub has read them, and nobody tells it in time. */
  early?: boolean
  /** Pieces that may be sold before they are here. */
  ahead?: Coming
  /** Planted: a connector that does a put a second time when its answer was lost. */
  repeats?: boolean
}

export interface Shelf {
  shows: number
  /** Numbers it has accepted and not worked off. */
  queue: readonly number[]
}

/** One piece, sold. `heard`: which picture of it stock was told of: none, placed, cancelled. */
export interface Sale {
  id: number
  channel: number
  placed: number
  changed: number
  cancelled: 'no' | 'kept' | 'restocked'
  heard: 0 | 1 | 2
  assured: boolean
  erp: 'none' | 'reserved' | 'confirmed' | 'undone' | 'gone'
}

export interface Owed {
  version: number
  intent: Intent
  answer?: unknown
}

export interface World {
  ledger: Ledger
  channels: Readonly<Record<string, ChannelState>>
  shelves: readonly Shelf[]
  sales: readonly Sale[]
  owed: readonly Owed[]
  /** Up to when the pass now under way has read, per channel. */
  passes: readonly (number | null)[]
  seen: readonly { channel: number; shows: number; at: number }[]
  onHand: number
  reserved: number
  coming?: OnItsWay
  clock: number
  left: { cancels: number; lost: number; receipts: number; seen: number; sales: number }
}

type StockDecider = Decider<Ledger, StockCommand, StockEvent, Policy>

export const SKU = 'MUG'
export const STREAM = `stock/WH/${SKU}`
export const nameOf = (index: number): string => `c${index}`
export const indexOf = (name: string): number => Number(name.slice(1))
/** Longer than pieces may take back onto their shelf. */
const TICK_MS = 90_000
const BEGAN_MS = Date.parse('2026-11-21T00:00:00.000Z')
/** A moment as connectors tell it. */
export const moment = (tick: number): string => new Date(BEGAN_MS + tick * TICK_MS).toISOString()
/** Its place among the others: before them all when nobody said when, behind them when it is not known. */
export const tickOf = (at: string): number =>
  at === '' ? -1 : at === '~' ? 1e9 : (Date.parse(at) - BEGAN_MS) / TICK_MS

/** @param planted replaces the decider, to see whether its error is found. */
export class Rules {
  readonly setup: Setup
  readonly policy: Policy
  private readonly decider: StockDecider

  constructor(setup: Setup, planted: { decider?: StockDecider; policy?: Partial<Policy> } = {}) {
    this.setup = setup
    this.decider = planted.decider ?? stock
    const channels = Object.fromEntries(setup.channels.map((_, index) => [nameOf(index), channelPolicy]))
    const shared = { mode: 'exclusive', scarceBelow: 0, flashSale: [], buffers: {}, safety: [], looks: 2 } as const
    const presale = setup.ahead ? { presale: [ruleFor(setup.ahead.channels.map(nameOf))] } : {}
    this.policy = { version: 'test', channels, safetyStock: 0, stock: shared, ...presale, ...planted.policy }
  }

  /** Every channel is listed; the hub has heard neither of what they show nor of what the ERP has. */
  begin(): World {
    const { channels, onHand, cancels = 0, lost = 0, receipts = 0, seen = 0, sales = 99 } = this.setup
    let world: World = {
      ledger: stock.initial,
      channels: {},
      shelves: channels.map(({ shows }) => ({ shows, queue: [] })),
      sales: [],
      owed: [],
      passes: channels.map(() => null),
      seen: [],
      onHand,
      reserved: 0,
      ...(this.setup.ahead && { coming: beginsWith(this.setup.ahead) }),
      clock: 1,
      left: { cancels, lost, receipts, seen, sales },
    }
    for (const [index, { kind }] of channels.entries()) {
      const place = { inventoryItemId: `i-${index}`, locationId: 'L', writes: kind }
      world = this.tell(world, { type: 'stock.bind', channel: nameOf(index), place })
    }
    return world
  }

  know(world: World): World {
    return this.tell(world, { type: 'stock.know', stocked: true })
  }

  // The hub.

  tell(before: World, command: StockCommand): World {
    const decision = this.decider.decide(before.ledger, command, this.policy, contextOf(STREAM))
    if ('refused' in decision) throw new Error(decision.reason)
    let world = before
    for (const event of decision) {
      const ledger = this.decider.evolve(world.ledger, event)
      world = this.owe({ ...world, ledger }, ledger.version, this.decider.react(event, ledger, STREAM))
    }
    return world
  }

  tellChannel(before: World, stream: string, command: ChannelCommand): World {
    let state = before.channels[stream] ?? channelDecider.initial
    const decision = channelDecider.decide(state, command, this.policy, contextOf(stream))
    if ('refused' in decision) return before
    let world = before
    for (const event of decision) {
      state = channelDecider.evolve(state, event)
      world = { ...world, channels: { ...world.channels, [stream]: state } }
      world = this.owe(world, 0, channelDecider.react(event, state, stream))
    }
    return world
  }

  /** Notes are heard at once: between streams nothing is lost, and what they pass on depends on nothing else. */
  private owe(before: World, version: number, all: readonly (Intent | Note)[]): World {
    let world = before
    for (const one of all) {
      if (!('note' in one)) world = { ...world, owed: [...world.owed, { version, intent: one }] }
      // Clocks do not tick here.
      else if (one.alarm) continue
      else if (one.stream === STREAM) world = this.tell(world, one.command as StockCommand)
      else if (one.stream.startsWith('channel/'))
        world = this.tellChannel(world, one.stream, one.command as ChannelCommand)
      else world = this.assure(world, one as Note<{ type: string; outcome: string }>)
    }
    return world
  }

  private assure(world: World, { stream, command }: Note<{ type: string; outcome: string }>): World {
    const id = Number(stream.slice(stream.lastIndexOf('/') + 1))
    return command.outcome === 'reserved' ? change(world, id, { assured: true }) : world
  }

  /** The answer is heard, and the call owed no more. */
  answer(world: World, owed: Owed): World {
    const { intent, answer, version } = owed
    const done = { type: 'done', intent: intent.type, ask: intent.ask, answer, version } as Done
    return this.tell({ ...world, owed: world.owed.filter((one) => one !== owed) }, done)
  }

  /** What an order says to stock once it has seen its newest picture, or an older one. */
  news(before: World, sale: Sale, heard: 1 | 2): World {
    const { id, channel } = sale
    const orderRef = `${nameOf(channel)}:${id}`
    const cancelled = heard === 2
    const placed = sale.heard === 0
    const atErp = sale.assured || sale.erp !== 'none'
    const command = {
      type: 'stock.hold',
      orderRef,
      channel: nameOf(channel),
      change: placed ? Number(!cancelled) : atErp ? 0 : -1,
      sold: Number(placed),
      restocked: Number(cancelled && sale.cancelled === 'restocked'),
      placedAt: moment(sale.placed),
      changedAt: moment(cancelled ? sale.changed : sale.placed),
    } as const
    const told = change(before, id, { heard })
    const moves = command.change !== 0 || command.sold > 0 || command.restocked > 0
    const world = moves ? this.tell(told, command) : told
    // What the ERP never had is over with the cancellation itself.
    if (!cancelled || atErp) return world
    const over = change(world, id, { erp: 'gone' })
    return placed ? over : this.tell(over, { type: 'stock.release', orderRef })
  }
}

const contextOf = (stream: string): Context => ({ stream, at: '', messageKey: 'm' })

export const change = (world: World, id: number, to: Partial<Sale>): World => ({
  ...world,
  sales: world.sales.map((sale) => (sale.id === id ? { ...sale, ...to } : sale)),
})

export const shelve = (world: World, index: number, to: Partial<Shelf>): World => ({
  ...world,
  shelves: world.shelves.map((shelf, at) => (at === index ? { ...shelf, ...to } : shelf)),
})

export const saleOf = ({ sales }: World, id: number): Sale => must(sales.find((one) => one.id === id), 'a sale') // prettier-ignore
