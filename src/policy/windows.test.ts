/** Hours for bulk work: by the wall clock of the zone, summer time and all; what makes no sense is refused. */
import { describe, expect, test } from 'vitest'
import { ConfigError, parseConfig } from '../config.ts'
import { priorityOf } from './priorities.ts'
import { isHeld, isOpen, transferWindow } from './windows.ts'

const night = transferWindow.parse({ timeZone: 'Europe/Berlin', open: [{ from: '22:00', to: '05:00' }] })
const at = (text: string) => Date.parse(text)

test.each([
  ['before it begins', '2026-11-27T20:59:59Z', false],
  ['when it begins', '2026-11-27T21:00:00Z', true],
  ['over midnight', '2026-11-28T02:00:00Z', true],
  ['when it ends', '2026-11-28T04:00:00Z', false],
  ['in summer an hour earlier', '2026-07-01T20:00:00Z', true],
  ['in summer it ends an hour earlier too', '2026-07-01T03:00:00Z', false],
  ['in the hour that comes twice', '2026-10-25T00:30:00Z', true],
  ['and again', '2026-10-25T01:30:00Z', true],
  ['on the morning after the clocks went back', '2026-10-25T03:59:59Z', true],
  ['it ends by the new clock', '2026-10-25T04:00:00Z', false],
  ['on the morning the clocks went forward', '2026-03-29T02:59:59Z', true],
  ['it ends by that one', '2026-03-29T03:00:00Z', false],
])('%s', (_, instant, open) => {
  expect(isOpen(night, at(instant))).toBe(open)
})

test('days are those on which it begins; the last of the week runs into the first', () => {
  const weekend = transferWindow.parse({
    timeZone: 'America/New_York',
    open: [{ from: '23:00', to: '06:00', days: ['sat'] }],
  })
  expect(isOpen(weekend, at('2026-11-29T04:30:00Z'))).toBe(true)
  expect(isOpen(weekend, at('2026-11-29T10:59:00Z'))).toBe(true)
  expect(isOpen(weekend, at('2026-11-29T11:00:00Z'))).toBe(false)
  expect(isOpen(weekend, at('2026-11-28T04:30:00Z'))).toBe(false)
})

test('orders, stock and cancellations are never held, whatever the hour', () => {
  const noon = at('2026-11-27T11:00:00Z')
  const held = (['sale.ensure', 'sale.cancel', 'stock.read', 'inventory.set', 'inventory.read', 'fulfilment.ensure'] as const)
    .filter((type) => isHeld(night, priorityOf(type, 'calm'), noon)) // prettier-ignore
  expect(held).toEqual([])
  expect(isHeld(night, priorityOf('customer.ensure'), noon)).toBe(true)
  // Of the catalogue, prices and withdrawals go at once, all else waits.
  const catalogue = ['price.ensure', 'listing.withdraw', 'listing.ensure'] as const
  expect(catalogue.map((type) => isHeld(night, priorityOf(type), noon))).toEqual([false, false, true])
})

describe('a configuration is refused with its line', () => {
  const refusal = (window: string): string => {
    const text = `erp: odoo
connections:
  odoo: { connector: odoo }
policy:
  channels: {}
  windows:
    ${window}`
    try {
      parseConfig(text)
      return 'taken'
    } catch (error) {
      return error instanceof ConfigError ? error.message : String(error)
    }
  }

  test.each([
    ['an unknown zone', `odoo: { timeZone: Mars/Olympus, open: [{ from: '22:00', to: '05:00' }] }`, /7:.*no time zone/],
    ['no bounds', `odoo: { timeZone: UTC, open: [{ from: '22:00', to: '22:00' }] }`, /7:.*unbounded/],
    ['nothing open', `odoo: { timeZone: UTC, open: [] }`, /7:.*open/],
    ['overlaps', `odoo: { timeZone: UTC, open: [{ from: '22:00', to: '05:00' }, { from: '04:00', to: '06:00' }] }`, /7:.*overlaps with number 1/],
    ['orders', `odoo: { timeZone: UTC, priority: 3, open: [{ from: '22:00', to: '05:00' }] }`, /7:.*priority/],
    ['an unknown connection', `shop: { timeZone: UTC, open: [{ from: '22:00', to: '05:00' }] }`, /7:.*No connection is called/],
    ['a time that is none', `odoo: { timeZone: UTC, open: [{ from: '24:30', to: '05:00' }] }`, /7:.*time of day/],
  ])('%s', (_, window, message) => {
    expect(refusal(window)).toMatch(message)
  }) // prettier-ignore

  test('hours that touch are taken', () => {
    const touching = `odoo: { timeZone: UTC, open: [{ from: '22:00', to: '05:00' }, { from: '05:00', to: '06:00' }] }`
    expect(refusal(touching)).toBe('taken')
  })
})
