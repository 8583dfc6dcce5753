/** The class of a dead letter, for the faults connectors really throw. */
import { expect, test } from 'vitest'
import { classify, DEAD_CLASS_NAMES, DEAD_CLASSES, type DeadClass, type DeadStep } from './dead-classes.ts'

const CASES: readonly (readonly [string, string, DeadStep, DeadClass])[] = [
  ['rejected', 'odoo.tax_unknown', 'call', 'missing'],
  ['rejected', 'odoo.sku_unknown', 'call', 'missing'],
  ['rejected', 'odoo.missing', 'call', 'missing'],
  ['rejected', 'connection_unknown', 'translate', 'missing'],
  ['rejected', 'odoo.sku_ambiguous', 'call', 'duplicate'],
  ['rejected', 'odoo.duplicate', 'call', 'duplicate'],
  ['rejected', 'odoo.bad_value', 'call', 'value'],
  ['rejected', 'odoo.user_error', 'call', 'value'],
  ['rejected', 'odoo.invoice_differs', 'call', 'value'],
  ['rejected', 'rejected', 'call', 'value'],
  ['rejected', 'odoo.sale_cancelled', 'call', 'conflict'],
  ['rejected', 'odoo.access_error', 'call', 'permission'],
  ['rejected', 'shopify.access_denied', 'call', 'permission'],
  ['rejected', 'database.22021', 'decide', 'value'],
  ['rejected', 'database.54000', 'decide', 'too_large'],
  ['rejected', 'key_too_long', 'receive', 'too_large'],
  ['rejected', 'rejected', 'decide', 'unknown'],
  ['conflict', 'odoo.serialization', 'call', 'conflict'],
  ['conflict', 'odoo.locked', 'call', 'conflict'],
  ['throttled', 'shopify.throttled', 'call', 'rate_limit'],
  ['throttled', 'odoo.unavailable', 'call', 'rate_limit'],
  ['unauthorised', 'shopify.unauthorised', 'call', 'permission'],
  ['malformed', 'shopify.malformed', 'translate', 'parse'],
  ['malformed', 'not_json', 'translate', 'parse'],
  ['malformed', 'malformed', 'call', 'parse'],
  ['unavailable', 'shopify.no_answer', 'call', 'connection'],
  ['unavailable', 'odoo.unreachable', 'call', 'connection'],
  ['unavailable', 'unavailable', 'call', 'connection'],
  ['unavailable', 'shopify.server_error', 'call', 'intermittent'],
  ['unavailable', 'odoo.unavailable', 'call', 'intermittent'],
  ['bug', 'bug', 'decide', 'bug'],
  ['bug', 'bug', 'translate', 'bug'],
  ['unknown', 'unknown', 'decide', 'unknown'],
]

test.each(CASES)('%s %s at %s is %s', (kind, code, step, named) => {
  expect(classify(kind, code, step)).toBe(named)
})

test('every class is reached, and says what it means and what to do next', () => {
  expect([...new Set(CASES.map(([, , , named]) => named))].sort()).toEqual([...DEAD_CLASS_NAMES].sort())
  for (const { means, next } of Object.values(DEAD_CLASSES)) {
    expect(means).toMatch(/^[A-Z].*\.$/)
    expect(next).toMatch(/^[A-Z].*\.$/)
  }
})
