/** What two records are recognised by, in one spelling, and what it is worth. */
import { e164 } from '#canon/phone.ts'
import { describe, expect, it, test } from 'vitest'
import { isRelay, keysOf, likeness } from './likeness.ts'
import type { Telling } from './state.ts'
import { RULES } from './testing.ts'

test.each([
  ['030 1234567', 'DE', '+49301234567'],
  ['+49 (0)30 / 123 45 67', 'US', '+49301234567'],
  ['0049 30 1234567', undefined, '+49301234567'],
  ['(512) 555-0100', 'US', '+15125550100'],
  ['1-512-555-0100', 'US', '+15125550100'],
  ['011 49 30 1234567', 'US', '+49301234567'],
  ['06 30 123 4567', 'HU', '+36301234567'],
  ['06 1234567', 'IT', '+39061234567'],
  ['020 7946 0000', 'GB', '+442079460000'],
  ['+1 512 555 0100 ext. 44312', 'US', null],
  ['030 1234567', undefined, null],
  ['12', 'DE', null],
  ['call me', 'DE', null],
])('%s in %s is %s', (typed, country, written) => {
  expect(e164(typed, country)).toBe(written)
})

test.each([
  'a@marketplace.amazon.co.uk',
  'b@notification.mirakl.net',
  'c@members.ebay.com',
  'd@PrivateRelay.appleid.com',
  'e@ours.example',
])('%s forwards', (email) => expect(isRelay(email, ['ours.example'])).toBe(true))
test('a mailbox is one', () => expect(isRelay('ada@mirakl-fan.example', [])).toBe(false))

const said = (party: object, street?: string, channel = 'shop'): Telling[] => [
  {
    record: 'guest-1',
    channel,
    party: { key: 'guest-1', ...party },
    times: {},
    consents: [],
    addresses:
      street === undefined
        ? []
        : [{ at: '', address: { name: '', street, city: 'Berlin', postcode: '10 435', country: 'DE' } }],
  },
]

describe('points', () => {
  test.each<[string, Telling[], Telling[], number, string]>([
    [
      'mail and name',
      said({ name: 'Ada Example', email: 'a@b.c' }),
      said({ name: 'Dr. Example, Ada', email: 'A@B.c ' }),
      90,
      'same',
    ],
    [
      'mail, a mistyped name',
      said({ name: 'Ada Example', email: 'a@b.c' }),
      said({ name: 'Ada Exampel', email: 'a@b.c' }),
      70,
      'review',
    ],
    [
      'mail, another name',
      said({ name: 'Ada Example', email: 'a@b.c' }),
      said({ name: 'Bob Other', email: 'a@b.c' }),
      35,
      'other',
    ],
    ['mail alone', said({ email: 'a@b.c' }), said({ email: 'a@b.c' }), 60, 'review'],
    [
      'phone and name',
      said({ name: 'Łucja Groß', phone: '030 1234567' }),
      said({ name: 'Lucja Gross', phone: '+49301234567' }),
      70,
      'review',
    ],
    [
      'phone, name and place',
      said({ name: 'A B', phone: '0301234567' }, 'Lange Straße 4'),
      said({ name: 'A B', phone: '0301234567' }, 'Lange Str. 4'),
      100,
      'same',
    ],
    [
      'name and place',
      said({ name: 'A B', email: 'x@b.c' }, '4 Main Street'),
      said({ name: 'A B', email: 'y@b.c' }, '4 Main St'),
      60,
      'review',
    ],
    [
      'a name alone',
      said({ name: 'Ada Example', email: 'x@b.c' }),
      said({ name: 'Ada Example', email: 'y@b.c' }),
      30,
      'other',
    ],
  ])('%s', (_, one, other, score, verdict) => {
    expect(likeness(one, other, RULES)).toMatchObject({ score, verdict })
    expect(likeness(other, one, RULES)).toEqual(likeness(one, other, RULES))
  })

  it('follow the thresholds of the policy', () => {
    const [one, other] = [said({ email: 'a@b.c' }), said({ email: 'a@b.c' })]
    expect(likeness(one, other, { ...RULES, sameFrom: 60 }).verdict).toBe('same')
    expect(likeness(one, other, { ...RULES, reviewFrom: 61 }).verdict).toBe('other')
  })
})

test('an index is named by a digest, and shows nothing personal', () => {
  const keys = keysOf(said({ email: 'ada@example.com', phone: '030 1234567' }, 'Lange Straße 4'), RULES)
  expect(keys.map((key) => key.replace(/[0-9a-f]{14}$/, '#'))).toEqual(['email-#', 'phone-#', 'place-#'])
  expect(keysOf(said({ email: 'ada@example.com' }), { ...RULES, match: 'off' })).toEqual([])
})
