/** The words fit the system: every event has a title, and titles of events and calls read as sentences. */
import { describe, expect, it } from 'vitest'
import { ORDER_STATUSES } from '#core/summary.ts'
import { ORDER_STATUS_VALUES, STREAM_KINDS } from '#api/contract.ts'
import { deciders } from '#core/registry.ts'
import { cureOf } from './cures.ts'
import { answeredTitle, askedTitle, failedTitle } from './call-words.ts'
import { systemName } from './system-name.ts'
import { arrivedTitle, eventTitle } from './words.ts'

describe('words', () => {
  it('say what happened', () => {
    expect(eventTitle('order.confirmed', { saleName: 'S00042' })).toBe('Order confirmed as sale S00042')
    expect(askedTitle('Odoo', 'sale.ensure')).toBe('Asked Odoo to create the sale order')
    expect(answeredTitle('Odoo', 'sale.ensure', { saleName: 'S00042' })).toBe('Odoo confirmed sale S00042')
    expect(failedTitle('Odoo', 'invoice.ensure')).toBe('Odoo could not create the invoice')
    expect(arrivedTitle('Shopify', 'orders/create')).toBe('Shopify told us of the order')
    expect(systemName('shopify-main', new Map())).toBe('Shopify')
    expect(systemName('eu', new Map([['eu', 'shopify']]))).toBe('Shopify')
    expect(systemName('woo-outlet', new Map())).toBe('WooCommerce')
    expect(systemName('uk', new Map([['uk', 'woocommerce']]))).toBe('WooCommerce')
  })

  it('stay readable for what an older or newer release wrote', () => {
    expect(eventTitle('order.heldBack', {})).toBe('order.heldBack')
    expect(eventTitle('order.sang', {})).toBe('order.sang')
    expect(answeredTitle('Odoo', 'sale.sing', null)).toBe('Odoo answered')
  })

  it('know every cure', () => {
    expect(cureOf('payment_pending').waits).toBe(true)
    expect(cureOf('release_failed').cure).toContain('retry')
    expect(cureOf('never_heard_of').cure).not.toBe('')
  })

  it('are the same in the contract as in the core', () => {
    expect(ORDER_STATUS_VALUES).toEqual(ORDER_STATUSES)
    expect([...STREAM_KINDS].sort()).toEqual(Object.keys(deciders).sort())
  })
})
