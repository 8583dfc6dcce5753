/** What the auditor found, sorted by what it would mean for the retailer. */

export const HARMS = ['lost', 'twice', 'oversold', 'stock', 'money', 'other'] as const
export type Harm = (typeof HARMS)[number]

/** The first that fits counts. The words are the auditor's. */
const SIGNS: readonly (readonly [Harm, RegExp])[] = [
  ['twice', /^Twice|a second time|\b(?:[2-9]|\d{2,}) posted invoices/],
  ['lost', /^Lost|: lost\b|\b0 posted invoices|nobody was told|left and the channel knows of/],
  ['oversold', /^Overs/],
  ['stock', /^Stock/],
  ['money', /\binvoiced \d/],
]

export const harmOf = (finding: string): Harm => SIGNS.find(([, sign]) => sign.test(finding))?.[0] ?? 'other'

export function countHarms(findings: readonly string[]): Record<Harm, number> {
  const counts = Object.fromEntries(HARMS.map((harm) => [harm, 0])) as Record<Harm, number>
  for (const finding of findings) counts[harmOf(finding)] += 1
  return counts
}
