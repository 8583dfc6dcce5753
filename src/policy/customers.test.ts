/** Rules about customers that cannot be meant. */
import { expect, test } from 'vitest'
import { customersSchema, strangeCustomers } from './customers.ts'

test('with nothing said a person decides', () => {
  expect(customersSchema.parse({})).toEqual({
    match: 'review', sameFrom: 90, reviewFrom: 60, trust: {}, anonymous: [], relayDomains: [],
  }) // prettier-ignore
})

test('a channel that is none, and thresholds the wrong way round, are refused with their place', () => {
  expect(customersSchema.safeParse({ sameFrom: 60, reviewFrom: 70 }).success).toBe(false)
  expect(strangeCustomers({ trust: { email: ['shop', 'shp'] }, anonymous: ['amazn'] }, ['shop'])).toEqual([
    { path: ['customers', 'trust', 'email'], message: "'shp' is no channel of the policy." },
    { path: ['customers', 'anonymous'], message: "'amazn' is no channel of the policy." },
  ])
})
