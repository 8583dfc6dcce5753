/** When a connection in shadow may take over, and when it had better not: criteria and verdict. */
import { rate } from '#canon/primitives.ts'
import { z } from 'zod'

export const shadowSchema = z.strictObject({
  lookEverySeconds: z
    .int()
    .min(1)
    .max(3_600)
    .default(30)
    .describe('How often it is looked whether the other integration has done something.'),
  missingAfterMinutes: z
    .int()
    .min(1)
    .max(10_080)
    .default(15)
    .describe('After this time something the other integration has not done counts as missing.'),
  overDays: z.int().min(1).max(366).default(7).describe('The days that are judged, up to now.'),
  recordsMin: z.int().min(1).default(100).describe('Fewer records than these say nothing.'),
  cutOverShare: rate
    .default('0.999')
    .describe("Share of equal records from which the hub may take over, as a decimal in quotes ('0.999')."),
  stopShare: rate.default('0.95').describe('Below this share of equal records the shadow is to be stopped and mended.'),
})

export type ShadowPolicy = z.infer<typeof shadowSchema>

export const shadowPolicyOf = (policy: { shadow?: unknown }): ShadowPolicy => shadowSchema.parse(policy.shadow ?? {})

export interface ShadowFigures {
  same: number
  different: number
  missing: number
  /** How long it has been compared, in days. */
  days: number
}

export interface ShadowJudgement {
  verdict: 'cut over' | 'go on' | 'stop'
  /** Share of equal records, from 0 to 1; null before there are any. */
  share: number | null
  reasons: string[]
}

/** Reasons are sentences; all are met when the verdict is to cut over. */
export function judgeShadow({ same, different, missing, days }: ShadowFigures, rules: ShadowPolicy): ShadowJudgement {
  const records = same + different + missing
  const share = records === 0 ? null : same / records
  const wanted = Number(rules.cutOverShare)
  const reasons: string[] = []
  if (days < rules.overDays) reasons.push(`Compared for ${days.toFixed(1)} of ${rules.overDays} days.`)
  if (records < rules.recordsMin) reasons.push(`${records} of at least ${rules.recordsMin} records were compared.`)
  if (share !== null && share < wanted)
    reasons.push(`${percent(share)} of the records are the same; ${percent(wanted)} are wanted.`)
  const bad = share !== null && records >= rules.recordsMin && share < Number(rules.stopShare)
  if (bad) return { verdict: 'stop', share, reasons: [...reasons, `That is below ${percent(Number(rules.stopShare))}: roll back and mend what differs.`] } // prettier-ignore
  return { verdict: reasons.length === 0 ? 'cut over' : 'go on', share, reasons }
}

/** Never rounded up to what is not there. */
const percent = (share: number): string => `${Math.floor(share * 10_000) / 100} %`
