/** Every event has its place among the kinds people filter by. */
import { expect, it } from 'vitest'
import { aboutOf } from './hop-about.ts'
import { EVENT_TITLES } from './words.ts'

const KINDS = {
  money: ['payment.captured', 'refund.given', 'order.invoiced', 'order.captureAsked', 'order.paymentNoted'],
  parcel: ['shipment.dispatched', 'parcel.moved', 'delivery.confirmed', 'warehouseOrder.late', 'order.shipped'],
  return: ['return.received', 'order.backAsked', 'order.askBack'],
  hold: ['hold.opened', 'screening.decided', 'order.heldBack', 'order.releaseHold'],
  edit: ['order.changed', 'order.changeRefused'],
  stock: ['stock.reserved', 'order.holdNoted', 'route.planned', 'order.routed'],
  order: ['order.placed', 'order.cancelled', 'order.completed', 'customer.bound'],
} as const

it.each(Object.entries(KINDS))('is about %s', (about, types) => {
  expect(types.map(aboutOf)).toEqual(types.map(() => about))
})

it('leaves only the life of orders, customers, persons, tills and connections without a kind of its own', () => {
  const others = Object.keys(EVENT_TITLES).filter((type) => aboutOf(type) === 'order')
  const kinds = new Set(others.map((type) => type.split('.')[0]))
  const known = [
    'channel',
    'connection',
    'customer',
    'identity',
    'item',
    'listing',
    'order',
    'receipt',
    'session',
    'till',
  ]
  expect([...kinds].filter((kind) => !known.includes(kind!))).toEqual([])
})
