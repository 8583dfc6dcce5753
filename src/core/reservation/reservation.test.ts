/** Reservations as sentences, and against real ledgers: all or none, each piece once, and nothing left behind. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Note } from '../decider.ts'
import { given } from '../testing/given.ts'
import { policyWith, second } from '../testing/sample.ts'
import { type Ledger, initialLedger } from '../stock/ledger.ts'
import { stock, type StockEvent } from '../stock/stock.ts'
import { reservation, type OpenReservation, type ReservationCommand, type ReservationState } from './reservation.ts'

const STREAM = 'reservation/b-1'
const open: OpenReservation = {
  type: 'reservation.open',
  pool: 'WH',
  items: [
    { sku: 'CUP', quantity: 1 },
    { sku: 'MUG', quantity: 2 },
  ],
  expiresAt: second(900),
  waits: true,
  reference: 'basket 1',
  digest: 'd1',
}
const granted = (sku: string): ReservationCommand => ({
  type: 'claim.granted', pool: 'WH', sku, request: 'reservation:b-1', quantity: 1,
}) // prettier-ignore
const short: ReservationCommand = {
  type: 'claim.refused', pool: 'WH', sku: 'MUG', request: 'reservation:b-1', reason: 'short', available: 1,
} // prettier-ignore
const { type: _, ...request } = open
const opened = { type: 'reservation.opened' as const, ...request, at: second(0) }
const answered = (sku: string) => ({ type: 'reservation.answered' as const, sku, outcome: 'granted' as const })
const held = [opened, answered('CUP'), answered('MUG'), { type: 'reservation.held' as const }]
const about = (...history: readonly object[]) => given(reservation, ...(history as never[])).on(STREAM)

describe('a reservation', () => {
  it('asks the stock of each SKU', () => {
    about()
      .when(open)
      .owes(
        { note: true, stream: 'stock/WH/CUP', command: { type: 'stock.claim', quantity: 1, patience: 'withdraw' } },
        { note: true, stream: 'stock/WH/MUG', command: { type: 'stock.claim', quantity: 2, patience: 'withdraw' } },
      )
  })

  it('is held once every SKU is set aside, and not before', () => {
    about(opened).when(granted('CUP')).then(answered('CUP'))
    about(opened)
      .when(granted('CUP'), granted('MUG'))
      .then(answered('CUP'), answered('MUG'), { type: 'reservation.held' })
  })

  it('gives back what it has when one SKU is short', () => {
    about(opened, answered('CUP'))
      .when(short)
      .then({ type: 'reservation.refused', sku: 'MUG', available: 1 })
      .owes(
        { note: true, stream: 'stock/WH/CUP', command: { type: 'stock.unclaim', quantity: null } },
        { note: true, stream: 'stock/WH/MUG', command: { type: 'stock.unclaim', quantity: null } },
      )
  })

  it('opens once; another one under its name is refused', () => {
    about(opened).when(open).thenNothing()
    about(opened)
      .when({ ...open, digest: 'd2' })
      .refused('reservation_differs')
  })

  it('ends by the clock, and not before its time', () => {
    // `given` decides an hour after nine.
    about(...held)
      .when({ type: 'reservation.expire' })
      .then({ type: 'reservation.expired' })
    about({ ...opened, expiresAt: second(7_200) })
      .when({ type: 'reservation.expire' })
      .thenNothing()
  })

  it('makes room for the order, and lets go of the rest when its time is over', () => {
    const convert: ReservationCommand = { type: 'reservation.convert', orderRef: 'shop:1' }
    about(...held)
      .when(convert, { type: 'reservation.expire' })
      .then({ type: 'reservation.converted', orderRef: 'shop:1' }, { type: 'reservation.closed' })
      .owes(
        { note: true, command: { type: 'stock.settleClaim', orderRef: 'shop:1' } },
        { note: true, command: { type: 'stock.settleClaim', orderRef: 'shop:1' } },
        { note: true, command: { type: 'stock.unclaim' } },
        { note: true, command: { type: 'stock.unclaim' } },
      )
    about(...held, { type: 'reservation.released' })
      .when(convert)
      .refused('reservation_over')
  })
})

interface Saying {
  type: string
  [member: string]: unknown
}

/** Reservations and ledgers, with notes in the order they were sent but any stream's turn at any time. */
class World {
  readonly ledgers = new Map<string, Ledger>()
  readonly reservations = new Map<string, ReservationState>()
  private readonly notes = new Map<string, Note[]>()
  private at = 0

  constructor(free: number) {
    for (const sku of ['CUP', 'MUG']) {
      const history: StockEvent[] = [
        { type: 'stock.known', stocked: true },
        { type: 'stock.read', free, onHand: free, basis: 1 },
      ]
      this.ledgers.set(`stock/WH/${sku}`, history.reduce(stock.evolve, initialLedger))
    }
  }

  tell(stream: string, command: Saying): void {
    const context = { stream, at: second(this.at), messageKey: 'm' }
    if (stream.startsWith('order/')) return
    const ledger = this.ledgers.get(stream)
    const decider = (ledger ? stock : reservation) as unknown as typeof reservation
    let state = (ledger ?? this.reservations.get(stream) ?? reservation.initial) as ReservationState
    const decision = decider.decide(state, command as unknown as ReservationCommand, policyWith(), context)
    if ('refused' in decision) return
    for (const event of decision) {
      state = decider.evolve(state, event)
      for (const owed of decider.react(event, state, stream)) {
        if ('note' in owed) this.notes.set(stream, [...(this.notes.get(stream) ?? []), owed])
      }
    }
    if (ledger) this.ledgers.set(stream, state as unknown as Ledger)
    else this.reservations.set(stream, state)
  }

  /** One note of some stream is heard; each stream's own in their order. */
  hear(which: number): boolean {
    const senders = [...this.notes].filter(([, all]) => all.length > 0)
    const next = senders[which % Math.max(1, senders.length)]
    if (!next) return false
    const [first, ...rest] = next[1]
    this.notes.set(next[0], rest)
    this.tell(first!.stream, first!.command as Saying)
    return true
  }

  pass(seconds: number): void {
    this.at += seconds
  }

  holdsOf = (sku: string) => this.ledgers.get(`stock/WH/${sku}`)!.holds
}

const total = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0)

describe('reservations and orders on the same pieces', () => {
  it('hold every piece once, and are answered, whatever is heard first', () => {
    const step = fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 20 }), fc.nat({ max: 3 }))
    fc.assert(
      fc.property(fc.nat({ max: 4 }), fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), (free, steps) => {
        const world = new World(free)
        const bought = new Map<string, number>()
        let count = 0
        const granted = (sku: string) =>
          total([...world.reservations.values()].flatMap(({ stage, items }) =>
            stage === 'held' ? items.filter((item) => item.sku === sku).map(({ quantity }) => quantity) : [])) // prettier-ignore
        const check = () => {
          for (const sku of ['CUP', 'MUG'])
            if (granted(sku) > free) throw new Error(`${granted(sku)} of ${free} ${sku}`)
        }
        for (const [what, which, how] of steps) {
          const id = `reservation/${1 + (which % Math.max(1, count))}`
          if (what < 2) {
            count += 1
            const items = [
              { sku: 'CUP', quantity: 1 + (how % 2) },
              { sku: 'MUG', quantity: 1 + (which % 2) },
            ].slice(0, how < 3 ? 2 : 1)
            world.tell(`reservation/${count}`, { ...open, items, digest: String(count), expiresAt: second(50) })
          } else if (what < 3) world.tell(id, { type: 'reservation.release' })
          else if (what < 4) world.pass(how * 10)
          else if (what < 5) world.tell(id, { type: 'reservation.expire' })
          else if (what < 6 && world.reservations.get(id)?.stage === 'held' && !bought.has(id)) {
            bought.set(id, bought.size + 1)
            const orderRef = `shop:${bought.get(id)}`
            const { items } = world.reservations.get(id)!
            const heard = items.map((item): [string, Saying] => [
              `stock/WH/${item.sku}`,
              { type: 'stock.hold', orderRef, channel: 'shop', change: item.quantity, sold: 0, restocked: 0 },
            ])
            const convert = () => world.tell(id, { type: 'reservation.convert', orderRef })
            if (how % 2 === 0) convert()
            for (const [stream, command] of heard) world.tell(stream, command)
            if (how % 2 === 1) convert()
          } else world.hear(which)
          check()
        }
        while (world.hear(0)) check()
        world.pass(100)
        for (const id of world.reservations.keys()) world.tell(id, { type: 'reservation.expire' })
        while (world.hear(0)) check()
        for (const { stage } of world.reservations.values())
          expect(['pending', 'held', 'converted']).not.toContain(stage)
        // What is left are the orders, and nothing of any reservation.
        for (const sku of ['CUP', 'MUG']) {
          expect(world.holdsOf(sku).filter(({ claim }) => claim)).toEqual([])
          const orders = [...world.reservations].filter(([id]) => bought.has(id))
          const items = orders.flatMap(([, one]) => one.items).filter((one) => one.sku === sku)
          const wanted = total(items.map(({ quantity }) => quantity))
          expect(total(world.holdsOf(sku).map(({ quantity }) => quantity))).toBe(wanted)
        }
      }),
      { numRuns: 2_000, seed: 21 },
    )
  })

  it('never make an order short that came for its reservation', () => {
    const world = new World(2)
    world.tell('reservation/1', { ...open, items: [{ sku: 'MUG', quantity: 2 }] })
    while (world.hear(0));
    world.tell('reservation/1', { type: 'reservation.convert', orderRef: 'shop:1' })
    while (world.hear(0));
    const hold = { type: 'stock.hold', orderRef: 'shop:1', channel: 'shop', change: 2, sold: 0, restocked: 0 }
    world.tell('stock/WH/MUG', hold)
    expect(world.holdsOf('MUG')).toMatchObject([{ orderRef: 'shop:1', quantity: 2, told: 'reserved' }])
  })
})
