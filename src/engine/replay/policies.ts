/** The policies of before: kept when a hub opens with one it does not know, found again by their digest. */
import type { Policy } from '#core/policy.ts'
import { policyOf, policySchema } from '#policy/policy.ts'
import type { Sql } from '#store/database.ts'
import { keepPolicy, listPolicies } from '#store/policy-version.ts'
import { Fault } from '../../fault.ts'
import { type Engine, nowOf } from '../engine.ts'

/** To be called whenever a hub opens. */
export async function rememberPolicy(engine: Engine): Promise<void> {
  const { version, ...input } = engine.policy
  await keepPolicy(engine.database, version, JSON.stringify(input), nowOf(engine))
}

/** By digest. What an older release wrote down gets the defaults of today; its name stays the old digest. */
export async function knownPolicies(sql: Sql): Promise<Map<string, Policy>> {
  const policies = new Map<string, Policy>()
  for (const { digest, policy } of await listPolicies(sql)) {
    const read = policySchema.safeParse(policy)
    if (read.success) policies.set(digest, { ...policyOf(read.data), version: digest })
  }
  return policies
}

/** `today`, `recorded` (each row under the policy it was decided under), or the beginning of a digest. */
export async function choosePolicy(sql: Sql, engine: Engine, wanted: string): Promise<Policy | 'recorded'> {
  if (wanted === 'today') return engine.policy
  if (wanted === 'recorded') return 'recorded'
  const known = await knownPolicies(sql)
  const found = [...known].filter(([digest]) => wanted !== '' && digest.startsWith(wanted))
  if (found.length === 1) return found[0]![1]
  const names = [...known.keys()].slice(-10).join(', ') || 'none'
  const what = found.length === 0 ? 'No policy' : 'More than one policy'
  throw new Fault('rejected', `${what} begins with '${wanted}'. Kept are, the newest last: ${names}.`, {
    code: 'policy_unknown',
  })
}
