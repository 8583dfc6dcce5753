/**
 * An honest outside for goods sold alone and in kits: channels that sell whatever they show, an ERP that takes a kit
 * apart and reserves its parts, and a network that delays and loses. Any stream of the hub may be heard at any time;
 * only what one stream tells another keeps its order. It knows the truth, so the ledgers are judged by it.
 */
import { must } from '#canon/assert.ts'
import type { Order } from '#canon/order.ts'
import type { Note } from '../decider.ts'
import type { Done, Intent } from '../intents.ts'
import type { KitState } from '../kit/kit.ts'
import { recipeOf } from '../kit/recipe.ts'
import type { KitPolicy, Policy } from '../policy.ts'
import { deciders } from '../registry.ts'
import type { Ledger } from '../stock/ledger.ts'
import { kindOf, streams } from '../streams.ts'
import { anOrder, channelPolicy, orderLine, second } from './sample.ts'

interface Sale {
  channel: string
  id: string
  lines: readonly { sku: string; quantity: number }[]
  cancelled: boolean
  restocked: boolean
  news: Order[]
}

interface Owed {
  key: string
  stream: string
  version: number
  intent: Intent
  answer: unknown
}

export interface KitSetup {
  /** Pieces there are of what is no kit. */
  onHand: Readonly<Record<string, number>>
  kits: Readonly<Record<string, KitPolicy>>
  /** What each channel shows of each SKU at first. */
  channels: readonly (readonly string[])[]
}

const HEARD = new Set(['stock', 'kit', 'order'])

export class KitWorld {
  policy: Policy
  readonly onHand: Map<string, number>
  readonly shelves = new Map<string, number>()
  readonly sales: Sale[] = []
  /** Pieces the ERP reserves, by order and SKU. */
  readonly reserved = new Map<string, Map<string, number>>()
  private readonly states = new Map<string, { version: number }>()
  private owed: Owed[] = []
  private notes: { from: string; note: Note }[] = []
  private nudges: string[] = []
  private readonly answered = new Map<string, unknown>()
  private clock = 0

  constructor({ onHand, kits, channels }: KitSetup) {
    this.onHand = new Map(Object.entries(onHand))
    const names = channels.map((_, index) => `c${index}`)
    const rules = names.map((name) => [name, channelPolicy] as const)
    this.policy = { version: 'test', channels: Object.fromEntries(rules), safetyStock: 0, kits }
    for (const [index, skus] of channels.entries()) {
      for (const sku of skus) {
        this.shelves.set(`c${index} ${sku}`, 0)
        const place = { inventoryItemId: `c${index} ${sku}`, locationId: 'L' }
        this.tell(streams.stock('WH', sku), { type: 'stock.bind', channel: `c${index}`, place })
      }
    }
    for (const sku of this.skus) this.tell(streams.stock('WH', sku), { type: 'stock.know', stocked: true })
  }

  get skus(): string[] {
    return [...this.onHand.keys(), ...Object.keys(this.policy.kits ?? {})]
  }

  ledger = (sku: string): Ledger => must(this.states.get(streams.stock('WH', sku)), sku) as unknown as Ledger

  kit = (sku: string): KitState => must(this.states.get(streams.kit('WH', sku)), sku) as unknown as KitState

  shown = (sku: string): number =>
    [...this.shelves].reduce((all, [name, pieces]) => all + (name.split(' ')[1] === sku ? pieces : 0), 0)

  free = (sku: string): number =>
    [...this.reserved.values()].reduce((left, pieces) => left - (pieces.get(sku) ?? 0), this.onHand.get(sku) ?? 0)

  /** Pieces of what is no kit in so many of a SKU. */
  partsOf(sku: string, quantity: number): { sku: string; quantity: number }[] {
    const parts = recipeOf(this.kitsAtFirst, sku)?.parts ?? [{ sku, quantity: 1 }]
    return parts.map((part) => ({ sku: part.sku, quantity: part.quantity * quantity }))
  }

  /** The ERP goes on taking kits apart, whatever our rules say. */
  private get kitsAtFirst(): Pick<Policy, 'kits'> {
    return (this.first ??= { kits: this.policy.kits })
  }
  private ruled = false
  private first: Pick<Policy, 'kits'> | undefined

  /** Pieces of a part that are on a shelf or sold, by themselves and in kits. */
  promised(leaf: string): number {
    const count = (sku: string, quantity: number) =>
      this.partsOf(sku, quantity).reduce((all, part) => all + (part.sku === leaf ? part.quantity : 0), 0)
    const shelved = [...this.shelves].reduce((all, [name, pieces]) => all + count(name.split(' ')[1]!, pieces), 0)
    const open = this.sales.filter(({ cancelled }) => !cancelled)
    return shelved + open.flatMap(({ lines }) => lines).reduce((all, line) => all + count(line.sku, line.quantity), 0)
  }

  // What happens outside.

  /** One or two lines of what the channel shows. */
  sell(index: number, pieces: number, both: boolean): void {
    const names = [...this.shelves.keys()]
    const name = names[index % names.length]!
    const [channel, sku] = name.split(' ') as [string, string]
    const other = names.find((one) => both && one.startsWith(`${channel} `) && one !== name && this.at(one) > 0)
    if (this.at(name) < pieces) return
    const lines = [{ sku, quantity: pieces }, ...(other ? [{ sku: other.split(' ')[1]!, quantity: 1 }] : [])]
    for (const line of lines) this.shelve(`${channel} ${line.sku}`, -line.quantity)
    const id = String(this.sales.length + 1)
    const sale: Sale = { channel, id, lines, cancelled: false, restocked: false, news: [] }
    this.sales.push(sale)
    this.report(sale)
  }

  cancel(index: number, restock: boolean): void {
    const open = this.sales.filter(({ cancelled }) => !cancelled)
    const sale = open[index % open.length]
    if (!sale) return
    Object.assign(sale, { cancelled: true, restocked: restock })
    if (restock) for (const { sku, quantity } of sale.lines) this.shelve(`${sale.channel} ${sku}`, quantity)
    this.report(sale)
  }

  receive(index: number, pieces: number): void {
    const leaf = [...this.onHand.keys()][index % this.onHand.size]!
    this.onHand.set(leaf, this.onHand.get(leaf)! + pieces)
    this.nudges.push(leaf)
  }

  /** People change the rules; everybody hears of it with the next news. */
  rule(kits: Readonly<Record<string, KitPolicy>>): void {
    void this.kitsAtFirst
    this.ruled = true
    this.policy = { ...this.policy, kits }
  }

  // What the network does.

  deliverNews(index: number): void {
    const waiting = this.sales.filter(({ news }) => news.length > 0)
    const sale = waiting[index % waiting.length]
    if (!sale) return
    const [order] = sale.news.splice(index % sale.news.length, 1)
    this.tell(streams.order(sale.channel, sale.id), { type: 'order.observe', order })
  }

  deliverNudge(): void {
    const sku = this.nudges.shift()
    if (sku !== undefined) this.tell(streams.stock('WH', sku), { type: 'stock.nudge', free: this.free(sku) })
  }

  deliverNote(index: number): void {
    const first = this.notes.filter(
      (one, at) =>
        !this.notes.slice(0, at).some(({ from, note }) => from === one.from && note.stream === one.note.stream),
    )
    const one = first[index % first.length]
    if (!one) return
    this.notes = this.notes.filter((other) => other !== one)
    this.tell(one.note.stream, { ...one.note.command })
  }

  execute(index: number): void {
    const first = this.owed.filter(
      (one, at) =>
        one.answer === undefined &&
        !this.owed.slice(0, at).some(({ stream, intent }) => stream === one.stream && intent.to === one.intent.to),
    )
    const one = first[index % first.length]
    if (one) one.answer = this.perform(one)
  }

  deliverAnswer(index: number, lost: boolean): void {
    const ready = this.owed.filter(({ answer }) => answer !== undefined)
    const one = ready[index % ready.length]
    if (!one) return
    if (lost) return void (one.answer = undefined)
    this.owed = this.owed.filter((other) => other !== one)
    const { type, ask } = one.intent
    this.tell(one.stream, { type: 'done', intent: type, ask, answer: one.answer, version: one.version } as Done)
  }

  /** The next thing that is under way arrives. @returns false when nothing is. */
  advance(): boolean {
    if (this.notes.length > 0) this.deliverNote(0)
    else if (this.owed.some(({ answer }) => answer !== undefined)) this.deliverAnswer(0, false)
    else if (this.owed.length > 0) this.execute(0)
    else if (this.sales.some(({ news }) => news.length > 0)) this.deliverNews(0)
    else if (this.nudges.length > 0) this.deliverNudge()
    else return false
    return true
  }

  tell(stream: string, command: { type: string } & Record<string, unknown>): void {
    const decider = must(deciders[kindOf(stream)], stream)
    let state = this.states.get(stream) ?? decider.initial
    const context = { stream, at: second(this.clock), messageKey: 'm' }
    const decision = decider.decide(state, command, this.policy, context)
    if ('refused' in decision) throw new Error(decision.reason)
    for (const event of decision) {
      state = decider.evolve(state, event)
      for (const [n, one] of decider.react(event, state, stream).entries()) {
        if (!('note' in one)) {
          const { version } = state
          this.owed.push({ key: `${stream}/${version}/${n}`, stream, version, intent: one, answer: undefined })
        } else if (HEARD.has(kindOf(one.stream))) this.notes.push({ from: stream, note: one })
      }
    }
    this.states.set(stream, state)
  }

  private perform({ key, intent }: Owed): unknown {
    switch (intent.type) {
      case 'stock.read': {
        const { sku } = intent.ask
        // Where people change what is a kit, it may be none at the moment.
        if (!this.ruled && this.policy.kits && Object.hasOwn(this.policy.kits, sku))
          throw new Error(`the ERP was asked for the kit ${sku}`)
        return { free: this.free(sku), onHand: this.onHand.get(sku) ?? 0 }
      }
      case 'inventory.read':
        return { available: this.at(`${intent.to} ${intent.ask.sku}`) }
      case 'inventory.set':
        return this.once(key, () => {
          const { sku, from, to } = intent.ask
          const name = `${intent.to} ${sku}`
          if (this.at(name) !== from) return { outcome: 'stale', available: this.at(name) }
          this.shelve(name, to - from)
          return { outcome: 'set' }
        })
      case 'sale.ensure':
      case 'sale.change':
        return this.once(key, () => {
          const { order, orderRef } = intent.ask
          const pieces = order.lines.flatMap(({ sku, quantity }) => this.partsOf(sku!, quantity))
          const bySku = Map.groupBy(pieces, ({ sku }) => sku)
          const sums = [...bySku].map(([sku, all]) => [sku, all.reduce((sum, one) => sum + one.quantity, 0)] as const)
          this.reserved.set(orderRef, new Map(sums))
          this.nudges.push(...bySku.keys())
          return { outcome: 'changed', saleId: '1', saleName: 'S1', total: order.total, lines: [] }
        })
      case 'sale.cancel':
        return this.once(key, () => {
          const was = this.reserved.get(intent.ask.orderRef)
          this.reserved.delete(intent.ask.orderRef)
          this.nudges.push(...(was?.keys() ?? []))
          return { outcome: was ? 'cancelled' : 'absent' }
        })
      default:
        throw new Error(`nobody does ${intent.type} here`)
    }
  }

  private once(key: string, work: () => unknown): unknown {
    if (!this.answered.has(key)) this.answered.set(key, work())
    return this.answered.get(key)
  }

  private readonly at = (name: string): number => this.shelves.get(name) ?? 0

  private shelve(name: string, change: number): void {
    this.shelves.set(name, this.at(name) + change)
    this.clock += 1
  }

  private report(sale: Sale): void {
    this.clock += 1
    const { channel, id, cancelled, restocked } = sale
    const lines = sale.lines.map(({ sku, quantity }, at) =>
      orderLine({
        id: `L-${at}`, sku, quantity: cancelled ? 0 : quantity, ordered: quantity, restocked: restocked ? quantity : 0,
      }),
    ) // prettier-ignore
    const cancelledAt = cancelled ? second(this.clock) : null
    const times = { placedAt: second(0), updatedAt: second(this.clock), cancelledAt }
    sale.news.push(anOrder({ channel, externalId: id, name: `#${id}`, customer: { key: 'p' }, ...times, lines }))
  }
}
