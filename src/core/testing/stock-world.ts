/**
 * An honest outside for one SKU in one pool: channels that sell whenever they have something, an ERP that reserves and
 * answers late, and between them and the real deciders a network that delays, reorders and loses. It knows the truth
 * (what each shelf shows, what was sold, what exists) so that the ledger is judged by it and not by its own books.
 */
import { must } from '#canon/assert.ts'
import type { Order } from '#canon/order.ts'
import { channel as channels, type ChannelCommand, type ChannelState } from '../channel/channel.ts'
import type { Context, Note } from '../decider.ts'
import type { Done, Intent } from '../intents.ts'
import { order as orders, type OrderCommand } from '../order/order.ts'
import type { OrderState } from '../order/state.ts'
import type { Policy } from '../policy.ts'
import type { Ledger } from '../stock/ledger.ts'
import { stock, type StockCommand, type StockEvent } from '../stock/stock.ts'
import type { Lots } from './lots.ts'
import { anOrder, channelPolicy, orderLine, second } from './sample.ts'

const SKU = 'MUG'
const STREAM = `stock/WH/${SKU}`

export interface Shelf {
  name: string
  available: number
  kind: Kind
  /** Numbers it has accepted and not worked off. */
  queue: number[]
  /** Up to when the pass of its orders feed that is under way has read. */
  pass: number | null
}

export type Kind = 'compare' | 'plain' | 'later'

export interface Sale {
  ref: string
  channel: string
  id: string
  ordered: number
  wanted: number
  restocked: number
  cancelled: boolean
  edited: boolean
  /** How often the channel changed it; its clock. */
  tick: number
  /** Pieces off the shelf for good or for now, as of the newest news that was delivered. */
  heard: { tick: number; net: number }
  news: { tick: number; net: number; order: Order; clock: number }[]
  placed: number
}

interface Owed {
  key: string
  stream: string
  version: number
  intent: Intent
  /** Set once the work was done; delivered later, or lost and asked for again. */
  answer: unknown
}

export class StockWorld {
  readonly policy: Policy
  readonly shelves: Shelf[]
  readonly sales: Sale[] = []
  onHand: number
  readonly reserved = new Map<string, number>()
  ledger: Ledger = stock.initial
  readonly coming: Lots | undefined
  readonly states = new Map<string, OrderState>()
  owed: Owed[] = []
  seen: { channel: string; available: number; at: string }[] = []
  nudges: number[] = []
  /** Every event of the stock stream, with the state after it. */
  readonly history: { event: StockEvent; state: Ledger }[] = []
  private readonly answered = new Map<string, unknown>()
  private clock = 0
  private readonly feeds = new Map<string, ChannelState>()

  constructor(setup: {
    onHand: number
    shelves: readonly number[]
    weights: readonly number[]
    safetyStock: number
    kinds?: readonly Kind[]
    coming?: Lots
    policy?: Partial<Policy>
  }) {
    this.onHand = setup.onHand
    this.shelves = setup.shelves.map((available, index) => {
      return { name: `c${index}`, available, kind: setup.kinds?.[index] ?? 'compare', queue: [], pass: null }
    })
    const channels = this.shelves.map(({ name }, index) => [name, { ...channelPolicy, weight: setup.weights[index]! }])
    const { safetyStock, policy } = setup
    this.coming = setup.coming
    this.policy = { version: 'test', channels: Object.fromEntries(channels), safetyStock, ...policy }
    for (const { name, kind: writes } of this.shelves) {
      this.tell({ type: 'stock.bind', channel: name, place: { inventoryItemId: `i-${name}`, locationId: 'L', writes } })
    }
    while (this.advance());
    this.tell({ type: 'stock.know', stocked: true })
  }

  get free(): number {
    return this.onHand - [...this.reserved.values()].reduce((all, pieces) => all + pieces, 0)
  }

  // What happens outside.

  sell(index: number, pieces: number): void {
    const shelf = this.shelves[index % this.shelves.length]!
    if (shelf.available < pieces) return
    const id = String(this.sales.length + 1)
    const sale: Sale = {
      ref: `${shelf.name}:${id}`, channel: shelf.name, id, ordered: pieces, wanted: pieces, restocked: 0,
      cancelled: false, edited: false, tick: 0, heard: { tick: 0, net: 0 }, news: [], placed: this.clock + 1,
    } // prettier-ignore
    this.sales.push(sale)
    this.shelve(shelf, -pieces)
    this.report(sale)
  }

  cancel(index: number, restock: boolean): void {
    const sale = this.pick(this.sales.filter(({ cancelled }) => !cancelled), index) // prettier-ignore
    if (!sale) return
    sale.cancelled = true
    this.remove(sale, sale.wanted, restock)
  }

  /** One piece more or fewer; each order is edited once at most. */
  edit(index: number, more: boolean, restock: boolean): void {
    const open = this.sales.filter(({ cancelled, edited }) => !cancelled && !edited)
    const sale = this.pick(open, index)
    if (!sale) return
    const shelf = this.shelfOf(sale.channel)
    if (more ? shelf.available === 0 : sale.wanted < 2) return
    sale.edited = true
    if (!more) return this.remove(sale, 1, restock)
    sale.ordered += 1
    sale.wanted += 1
    this.shelve(shelf, -1)
    this.report(sale)
  }

  receive(pieces: number): void {
    this.onHand += pieces
    this.nudges.push(this.free)
  }

  // What the network does.

  /** News overtakes each other, of different orders and of the same. */
  deliverNews(index: number): void {
    const waiting = this.sales.flatMap((sale) => sale.news.map((news) => ({ sale, news })))
    const next = this.pick(waiting, index)
    if (!next) return
    const { sale, news } = next
    this.handIn(sale, news)
  }

  private handIn(sale: Sale, news: Sale['news'][number]): void {
    sale.news = sale.news.filter((one) => one !== news)
    this.tellOrder(sale, { type: 'order.observe', order: news.order })
    if (news.tick > sale.heard.tick) sale.heard = news
  }

  deliverSeen(index: number, lost: boolean): void {
    const one = this.pick(this.seen, index)
    if (!one) return
    this.seen = this.seen.filter((other) => other !== one)
    if (!lost) this.tell({ type: 'stock.seen', ...one })
  }

  deliverNudge(): void {
    const free = this.nudges.shift()
    if (free !== undefined) this.tell({ type: 'stock.nudge', free })
  }

  /** The work is done at the other end; the hub does not know yet. */
  execute(index: number): void {
    const first = this.owed.filter(
      (one, at) =>
        one.answer === undefined &&
        !this.owed.slice(0, at).some(({ stream, intent }) => stream === one.stream && intent.to === one.intent.to),
    )
    const one = this.pick(first, index)
    if (one) one.answer = this.perform(one)
  }

  /** The answer arrives, or is lost and asked for again under the same key. */
  deliverAnswer(index: number, lost: boolean): void {
    const one = this.pick(this.owed.filter(({ answer }) => answer !== undefined), index) // prettier-ignore
    if (!one) return
    if (lost) return void (one.answer = undefined)
    this.owed = this.owed.filter((other) => other !== one)
    const { type, ask } = one.intent
    const done = { type: 'done', intent: type, ask, answer: one.answer, version: one.version } as Done
    if (one.stream === STREAM) this.tell(done)
    else
      this.tellOrder(
        must(
          this.sales.find(({ ref }) => `order/${ref.replace(':', '/')}` === one.stream),
          'a sale',
        ),
        done,
      )
  }

  /** A channel works off a number it has accepted. */
  workOff(index: number): void {
    const shelf = this.pick(this.shelves.filter(({ queue }) => queue.length > 0), index) // prettier-ignore
    if (shelf) this.shelve(shelf, shelf.queue.shift()! - shelf.available)
  }

  /** A pass of an orders feed begins, or ends once everything up to then was handed in. */
  read(index: number): void {
    const shelf = this.shelves[index % this.shelves.length]!
    if (shelf.pass === null) return void (shelf.pass = this.clock++)
    const until = shelf.pass
    const mine = this.sales.filter(({ channel }) => channel === shelf.name)
    for (const sale of mine) {
      const due = sale.news.filter((one) => one.clock <= until && one.tick > sale.heard.tick)
      for (const news of due.slice(-1)) this.handIn(sale, news)
    }
    shelf.pass = null
    this.tellFeed(`channel/${shelf.name}`, { type: 'channel.caughtUp', until: second(until) })
  }

  /** The next thing that is under way arrives. @returns false when nothing is. */
  advance(): boolean {
    if (this.owed.some(({ answer }) => answer !== undefined)) this.deliverAnswer(0, false)
    else if (this.owed.length > 0) this.execute(0)
    else if (this.sales.some(({ news }) => news.length > 0)) this.deliverNews(0)
    else if (this.seen.length > 0) this.deliverSeen(0, false)
    else if (this.nudges.length > 0) this.deliverNudge()
    else return this.readOn()
    return true
  }

  private readOn(): boolean {
    if (this.shelves.some(({ queue }) => queue.length > 0)) {
      this.workOff(0)
      return true
    }
    const index = this.shelves.findIndex(({ name, pass }) => pass !== null || this.isAwaited(name))
    if (index >= 0) this.read(index)
    else if (this.ledger.channels.some(({ trouble }) => trouble !== null)) this.tell({ type: 'stock.resume' })
    else return false
    return true
  }

  private readonly isAwaited = (name: string): boolean =>
    Object.keys(this.feeds.get(`channel/${name}`)?.waiting ?? {}).length > 0

  // The hub.

  protected tell(command: StockCommand): void {
    const context: Context = { stream: STREAM, at: second(this.clock), messageKey: 'm' }
    const decision = stock.decide(this.ledger, command, this.policy, context)
    if ('refused' in decision) throw new Error(decision.reason)
    for (const event of decision) {
      this.ledger = stock.evolve(this.ledger, event)
      this.history.push({ event, state: this.ledger })
      this.owe(STREAM, this.ledger.version, stock.react(event, this.ledger, STREAM))
    }
  }

  private tellOrder(sale: Sale, command: OrderCommand): void {
    const stream = `order/${sale.channel}/${sale.id}`
    let state = this.states.get(sale.ref) ?? orders.initial
    const decision = orders.decide(state, command, this.policy, { stream, at: second(this.clock), messageKey: 'm' })
    if ('refused' in decision) throw new Error(decision.reason)
    const owed = decision.map((event) => {
      state = orders.evolve(state, event)
      return { version: state.version, all: orders.react(event, state, stream) }
    })
    this.states.set(sale.ref, state)
    for (const { version, all } of owed) this.owe(stream, version, all)
  }

  private owe(stream: string, version: number, all: readonly (Intent | Note)[]): void {
    for (const [n, one] of all.entries()) {
      if (!('note' in one))
        this.owed.push({ key: `${stream}/${version}/${n}`, stream, version, intent: one, answer: undefined })
      else if (one.alarm) continue
      else if (one.stream === STREAM) this.tell(one.command as StockCommand)
      else if (one.stream.startsWith('channel/')) this.tellFeed(one.stream, one.command as ChannelCommand)
      else if (one.stream.startsWith('order/')) {
        const sale = must(
          this.sales.find(({ channel, id }) => one.stream === `order/${channel}/${id}`),
          'a sale',
        )
        this.tellOrder(sale, one.command as OrderCommand)
      } else this.hear(one)
    }
  }

  private tellFeed(stream: string, command: ChannelCommand): void {
    let state = this.feeds.get(stream) ?? channels.initial
    const decision = channels.decide(state, command, this.policy, { stream, at: second(this.clock), messageKey: 'm' })
    if ('refused' in decision) return
    for (const event of decision) {
      state = channels.evolve(state, event)
      this.feeds.set(stream, state)
      this.owe(stream, state.version, channels.react(event, state, stream))
    }
  }
  /** A note to somebody who is not part of this world. */
  protected hear(_note: Note): void {}

  // The other end of every intent.

  private perform({ key, intent }: Owed): unknown {
    switch (intent.type) {
      case 'stock.read':
        return { free: this.free, onHand: this.onHand, ...(this.coming && { ahead: this.coming.ahead }) }
      case 'inventory.read':
        this.clock += 1
        return { available: this.shelfOf(intent.to).available, at: second(this.clock) }
      case 'inventory.put':
        return this.put(key, this.shelfOf(intent.to), intent.ask.to)
      case 'inventory.set':
        return this.once(key, () => this.swap(this.shelfOf(intent.to), intent.ask))
      case 'sale.ensure':
      case 'sale.change':
        return this.once(key, () => {
          const { order, orderRef } = intent.ask
          this.reserve(orderRef, order.lines[0]!.quantity)
          return { outcome: 'changed', saleId: '1', saleName: 'S1', total: order.total, lines: [] }
        })
      case 'sale.cancel':
        return this.once(key, () => {
          const outcome = this.reserved.has(intent.ask.orderRef) ? 'cancelled' : 'absent'
          this.reserve(intent.ask.orderRef, 0)
          return { outcome }
        })
      default:
        throw new Error(`nobody does ${intent.type} here`)
    }
  }

  /** What is asked for again is done again only when it is nothing. */
  private put(key: string, shelf: Shelf, to: number): unknown {
    if (to > 0 && this.answered.has(key)) return { outcome: 'unknown' }
    this.answered.set(key, to)
    if (shelf.kind === 'later') shelf.queue.push(to)
    else this.shelve(shelf, to - shelf.available)
    this.clock += 1
    return { outcome: shelf.kind === 'later' ? 'accepted' : 'set', at: second(this.clock) }
  }

  private swap(shelf: Shelf, { from, to }: { from: number; to: number }): unknown {
    if (shelf.available !== from) return { outcome: 'stale', available: shelf.available }
    this.shelve(shelf, to - from)
    return { outcome: 'set' }
  }

  private once(key: string, work: () => unknown): unknown {
    if (!this.answered.has(key)) this.answered.set(key, work())
    return this.answered.get(key)
  }

  private reserve(ref: string, pieces: number): void {
    if (pieces === 0) this.reserved.delete(ref)
    else this.reserved.set(ref, pieces)
    this.nudges.push(this.free)
  }

  private shelve(shelf: Shelf, change: number): void {
    shelf.available += change
    this.clock += 1
    this.seen.push({ channel: shelf.name, available: shelf.available, at: second(this.clock) })
  }

  private remove(sale: Sale, pieces: number, restock: boolean): void {
    sale.wanted -= pieces
    if (restock) {
      sale.restocked += pieces
      this.shelve(this.shelfOf(sale.channel), pieces)
    } else this.clock += 1
    this.report(sale)
  }

  private report(sale: Sale): void {
    sale.tick += 1
    const { channel, id, wanted, restocked, cancelled, tick } = sale
    const order = anOrder({
      channel, externalId: id, name: `#${id}`, customer: { key: 'p' },
      placedAt: second(sale.placed), updatedAt: second(this.clock),
      cancelledAt: cancelled ? second(tick) : null,
      lines: [orderLine({ sku: SKU, quantity: wanted, ordered: sale.ordered, restocked })],
    }) // prettier-ignore
    sale.news = [...sale.news, { tick, net: sale.ordered - restocked, order, clock: this.clock }]
  }

  private readonly shelfOf = (name: string): Shelf =>
    must(
      this.shelves.find((one) => one.name === name),
      'a shelf',
    )
  private readonly pick = <T>(all: readonly T[], index: number): T | undefined => all[index % all.length]
}
