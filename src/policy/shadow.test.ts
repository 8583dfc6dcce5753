/** The verdict over a connection in shadow: every criterion alone keeps it from taking over. */
import { expect, test } from 'vitest'
import { judgeShadow, shadowPolicyOf } from './shadow.ts'

const rules = shadowPolicyOf({ shadow: { overDays: 7, recordsMin: 100, cutOverShare: '0.99', stopShare: '0.9' } })
const well = { same: 199, different: 1, missing: 0, days: 7 }

test.each([
  ['all criteria are met', well, 'cut over', []],
  ['not long enough', { ...well, days: 6.9 }, 'go on', ['6.9 of 7 days']],
  ['too few records', { ...well, same: 99, different: 0 }, 'go on', ['99 of at least 100']],
  ['too many differ', { ...well, different: 5 }, 'go on', ['97.54 % of the records are the same; 99 % are wanted']],
  ['what is missing counts as well', { ...well, missing: 5 }, 'go on', ['97.07 %']],
  ['so many differ that it is stopped', { ...well, different: 60 }, 'stop', ['76.83 %', 'roll back']],
  ['a bad start over few records stops nothing', { same: 1, different: 9, missing: 0, days: 1 }, 'go on', ['1.0 of 7', '10 of at', '10 %']],
  ['nothing was compared yet', { same: 0, different: 0, missing: 0, days: 0 }, 'go on', ['0.0 of 7', '0 of at']],
] as const)('%s', (_, figures, verdict, parts) => {
  const judged = judgeShadow(figures, rules)
  expect(judged.verdict).toBe(verdict)
  expect(judged.reasons).toHaveLength(parts.length)
  for (const [at, part] of parts.entries()) expect(judged.reasons[at]).toContain(part)
}) // prettier-ignore

test.each([
  [{ overDays: 0 }, 'overDays'],
  [{ cutOverShare: 'all' }, 'cutOverShare'],
  [{ lookEverySeconds: 0 }, 'lookEverySeconds'],
  [{ patience: 1 }, 'patience'],
])('refuses the criteria %j', (shadow, name) => {
  expect(() => shadowPolicyOf({ shadow })).toThrow(name)
})
