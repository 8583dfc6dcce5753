/** The rules for dead letters: who owns one, and what a policy may not say. */
import { expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import { deadLetterPolicySchema, DEFAULT_DEAD_LETTERS, ownerOf } from './dead-letters.ts'
import { policyOf, policySchema } from './policy.ts'

const letter = { class: 'value', connection: 'odoo-main' } as const

test('the first line that fits names the owner; without one it is operations', () => {
  const owners = [
    { class: 'permission', owner: 'it' },
    { connection: 'odoo-main', class: 'value', owner: 'accounting' },
    { connection: 'odoo-main', owner: 'erp team' },
    { owner: 'everybody else' },
  ]
  const policy = deadLetterPolicySchema.parse({ owners })
  expect(ownerOf(policy, letter)).toBe('accounting')
  expect(ownerOf(policy, { ...letter, class: 'missing' })).toBe('erp team')
  expect(ownerOf(policy, { class: 'parse', connection: 'shop' })).toBe('everybody else')
  expect(ownerOf(policy, { class: 'permission', connection: 'odoo-main' })).toBe('it')
  expect(ownerOf(DEFAULT_DEAD_LETTERS, letter)).toBe('operations')
})

const configWith = (lines: readonly string[]): string =>
  [
    'erp: odoo-main',
    'connections:',
    '  odoo-main: { connector: odoo }',
    'policy:',
    '  channels: {}',
    '  deadLetters:',
    ...lines,
  ].join('\n')

const CASES: readonly (readonly [string, readonly string[], string])[] = [
  ['an unknown class', ['    owners:', '      - { class: typo, owner: me }'], '8:11  policy.deadLetters.owners.0.class: is no class'],
  ['a retry without end', ['    retriesMax: .inf'], '7:5  policy.deadLetters.retriesMax: must be a whole number from 1 to 100'],
  ['a bulk action without end', ['    bulkMax: 0'], '7:5  policy.deadLetters.bulkMax: must be a whole number from 1 to 10000'],
  ['attempts without end', ['    notify:', '      attempts: 1e9'], '8:7  policy.deadLetters.notify.attempts: must be a whole'],
  ['an owner of no connection', ['    owners:', '      - { connection: nowhere, owner: me }'], "8:11  policy.deadLetters.owners.0.connection: No connection is called 'nowhere'"],
] // prettier-ignore

test.each(CASES)('a policy with %s is refused with its line', (_, lines, said) => {
  expect(() => parseConfig(configWith(lines))).toThrow(said)
})

test('whom to tell of dead letters is no part of what decisions were made under', () => {
  const plain = policyOf(policySchema.parse({ channels: {} }))
  const telling = policyOf(policySchema.parse({ channels: {}, deadLetters: { retriesMax: 3 } }))
  expect(telling).toEqual(plain)
  expect(plain).not.toHaveProperty('deadLetters')
})
