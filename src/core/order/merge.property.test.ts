/**
 * Orders that people send together and take apart at any moment, among edits, cancellations, moves, scans and parcels
 * that leave, whatever is heard first: no order ever has two labels, all that leave together carry one number, and at
 * rest every delivery has a label and every paid label a delivery.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { LabelState } from '../parcel/label-state.ts'
import { POOLS, RoutingWorld, SKUS } from '../testing/routing-world.ts'
import type { OwedCall } from '../testing/small-hub.ts'
import type { OrderState } from './state.ts'

type Step = readonly [what: number, which: number, how: number]

const HERE = { name: 'Us', street: '2 Dock Rd', city: 'Dallas', postcode: '75201', country: 'US' }
const HOME = { name: 'Ada Example', street: '1 Main St', city: 'Austin', postcode: '78701', country: 'US' }
const LABELS = {
  by: 'post', from: HERE, parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: 'promised' as const, verify: true, returns: true,
} // prettier-ignore
const PATIENCE_S = 80 * 3_600

class ParcelWorld extends RoutingWorld {
  /** Of the carrier: labels that are paid, by reference; true: it has scanned the parcel. */
  readonly paid = new Map<string, boolean>()
  /** Of the ERP: the number on each order's delivery, and whether it has left. */
  readonly deliveries = new Map<string, { number: string | null; done: boolean }>()
  shared = 0

  constructor() {
    const locations = POOLS.map((pool) => ({ locationId: pool, pool }))
    super(undefined, [60], { locations }, { labels: { WH: LABELS } })
  }

  private isHere(id: string): boolean {
    return [...(this.reserved.get(`shop:${id}`) ?? [])].some(([place, n]) => place.startsWith('WH/') && n > 0)
  }

  delivery(id: string) {
    const known = this.deliveries.get(id) ?? { number: null, done: false }
    this.deliveries.set(id, known)
    return known
  }

  readonly answer = (call: OwedCall): unknown => {
    const { intent } = call
    switch (intent.type) {
      case 'label.ensure': {
        const { reference } = intent.ask
        if (!this.paid.has(reference)) this.paid.set(reference, false)
        const cost = { amount: 1, currency: 'USD' }
        return {
          labelId: reference, trackingNumber: reference, carrier: 'c', service: 's', cost, documentUrl: '', days: 1,
          inTime: true,
        } // prettier-ignore
      }
      case 'label.void': {
        if (this.paid.get(intent.ask.reference)) return { outcome: 'refused', reason: 'scanned' }
        this.paid.delete(intent.ask.reference)
        return { outcome: 'voided' }
      }
      case 'delivery.label': {
        const { deliveryId, trackingNumber, shown } = intent.ask
        const there = this.delivery(deliveryId)
        if (there.done || (shown && !this.isHere(deliveryId))) return { outcome: 'left' }
        if (!shown && there.number !== trackingNumber) return { outcome: 'left' }
        there.number = shown ? trackingNumber : null
        if (shown && !trackingNumber.startsWith(`shop:${deliveryId}:`)) this.shared += 1
        return { outcome: 'done' }
      }
      case 'sale.change':
      case 'sale.cancel':
        return this.delivery(intent.ask.orderRef.slice(5)).done ? { outcome: 'shipped' } : this.perform(call)
      default:
        return this.perform(call)
    }
  }

  say(which: number, command: object): void {
    const one = this.sold[which % Math.max(1, this.sold.length)]
    if (one) this.hub.tell(`order/shop/${one.id}`, command as { type: string })
  }

  /** What the ERP tells every minute. */
  read(): void {
    for (const { id } of this.sold) {
      const { number, done } = this.delivery(id)
      const stream = `label/shop/${id}`
      if (done) continue
      const ready = { type: 'label.ready', deliveryId: id, warehouse: 'WH', to: HOME, weightG: 100 }
      if (this.isHere(id)) this.hub.tell(stream, ready as { type: string })
      else if (number !== null) this.hub.tell(stream, { type: 'label.gone', deliveryId: id } as { type: string })
    }
  }

  ship(which: number): void {
    const one = this.sold[which % Math.max(1, this.sold.length)]
    if (!one || !this.isHere(one.id) || this.delivery(one.id).done) return
    this.delivery(one.id).done = true
    this.say(which, { type: 'order.noteShipped', complete: true, announced: true, date: '2026-11-21' })
  }

  settle(): void {
    for (let left = 5_000; this.hub.hear(left) || this.hub.answer(left, this.answer); left -= 1)
      if (left === 0) throw new Error('the hub never comes to rest')
  }

  wholeSettle(): void {
    for (let round = 0; round < 4; round += 1) {
      this.settle()
      this.read()
    }
    this.settle()
  }

  ring(): void {
    this.hub.pass(PATIENCE_S)
    for (const at of this.sold.keys()) this.say(at, { type: 'order.lookAtTogether' })
    this.wholeSettle()
  }

  order = (id: string) => this.hub.state<OrderState>(`order/shop/${id}`)!
  labels = (id: string) => this.hub.state<LabelState>(`label/shop/${id}`)
}

function apply(world: ParcelWorld, [what, which, how]: Step): void {
  if (what < 3) world.place(1 + (which % 2), how % 2, true)
  else if (what < 4) world.edit(which, SKUS[how % 2]!, how % 3)
  else if (what < 5) world.cancel(which)
  else if (what < 6) world.say(which, { type: 'order.reroute', to: POOLS[how % 2]!, by: 'Ada', note: '' })
  else if (what < 10) {
    const others = [which + 1, ...(how % 2 ? [which + 2] : [])].map(
      (at) => world.sold[at % Math.max(1, world.sold.length)],
    )
    const refs = others.flatMap((one) => (one ? [`shop:${one.id}`] : []))
    if (refs.length > 0) world.say(which, { type: 'order.merge', with: refs, by: 'Ada', note: '' })
  } else if (what < 11) world.say(which, { type: 'order.unmerge', by: 'Ada', note: '' })
  else if (what < 12) world.ship(which)
  else if (what < 14) world.read()
  else if (what < 15) {
    const reference = [...world.paid.keys()][which % Math.max(1, world.paid.size)]
    if (how === 0 && reference !== undefined) world.paid.set(reference, true)
  } else if (what < 19) world.hub.hear(which)
  else if (what > 22) world.settle()
  else world.hub.answer(which, world.answer)
}

function checkAlways(world: ParcelWorld): void {
  for (const { id } of world.sold) {
    const own = [...world.paid.keys()].filter((reference) => reference.startsWith(`shop:${id}:`))
    if (own.length > 1) throw new Error(`order ${id} has ${own.join(' and ')}`)
    for (const { carried, step } of world.labels(id)?.labels ?? [])
      if (carried && ['asked', 'bought', 'voiding'].includes(step)) throw new Error(`order ${id} carries another and ${step} its own`) // prettier-ignore
  }
}

function checkGroups(world: ParcelWorld): void {
  for (const { id } of world.sold) {
    const me = `shop:${id}`
    const { together, shipped } = world.order(id)
    const labels = world.labels(id)?.together
    if (labels && !labels.sealed) expect([id, together?.lead]).toEqual([id, labels.lead ?? me])
    if (!together || shipped !== 'none') continue
    expect([id, labels?.lead], `labels of ${id} know the group`).toEqual([
      id,
      together.lead === me ? null : together.lead,
    ])
    const lead = world.order(together.lead.slice(5))
    if (lead.shipped === 'none' && together.lead !== me) expect(lead.together?.with).toContain(me)
    for (const ref of together.with) {
      const rider = world.order(ref.slice(5))
      if (rider.shipped === 'none') expect([ref, rider.together?.lead]).toEqual([ref, me])
    }
    if (together.lead === me && labels && !labels.sealed)
      expect(Object.keys(labels.riders).toSorted()).toEqual(together.with.toSorted())
  }
}

function checkLabels(world: ParcelWorld): void {
  const shown = [...world.deliveries.values()].flatMap(({ number }) => (number === null ? [] : [number]))
  for (const [reference, scanned] of world.paid)
    if (!scanned) expect(shown, `${reference} is on a delivery`).toContain(reference)
  for (const { id, cancelled } of world.sold) {
    const { stage, together, exceptions } = world.order(id)
    const { number, done } = world.delivery(id)
    const here = [...(world.reserved.get(`shop:${id}`) ?? [])].some(([place, n]) => place.startsWith('WH/') && n > 0)
    const byHand = exceptions.some(({ detail }) => detail.includes('by hand'))
    if (done || cancelled || !here || stage !== 'confirmed' || byHand) continue
    if (number === null && together && together.left.length > 0) continue
    expect([id, number === null], `order ${id} has a label`).toEqual([id, false])
    expect(world.paid.has(number!), `${number} of order ${id} is paid`).toBe(true)
    const lead = together?.lead.slice(5)
    if (lead !== undefined && !world.delivery(lead).done) expect(number).toBe(world.delivery(lead).number)
  }
}

it('orders are sent together and apart at any moment: never two labels, and at rest one for each parcel', () => {
  const small = (max: number) => fc.nat({ max })
  const steps = fc.array(fc.tuple(small(24), small(20), small(5)), { minLength: 20, maxLength: 90, size: 'max' })
  let shared = 0
  fc.assert(
    fc.property(steps, (all) => {
      const world = new ParcelWorld()
      for (const one of all) {
        apply(world, one)
        checkAlways(world)
      }
      world.wholeSettle()
      checkAlways(world)
      checkGroups(world)
      checkLabels(world)
      world.ring()
      checkAlways(world)
      checkGroups(world)
      for (const { id } of world.sold)
        if (world.order(id).shipped === 'none') expect(world.order(id).together).toBeUndefined()
      checkLabels(world)
      shared += world.shared
    }),
    { numRuns: 800, seed: 40, endOnFailure: true },
  )
  expect(shared, 'deliveries do carry the labels of others').toBeGreaterThan(150)
})
