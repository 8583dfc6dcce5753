/** Policies by their digest, so that what was decided under an earlier one can be decided under it again. */
import type { Json } from '#canon/json.ts'
import type { Sql } from './database.ts'

export interface PolicyVersionRow {
  digest: string
  policy: Json
  first_used_at: string
}

/** Keeps a policy unless it is known. */
export const keepPolicy = (sql: Sql, digest: string, policy: string, at: string): Promise<number> =>
  sql.run(
    `insert into policy_version (digest, policy, first_used_at) values ($1, $2::json, $3) on conflict (digest) do nothing`,
    [digest, policy, at],
  )

/** Oldest first. */
export const listPolicies = (sql: Sql): Promise<PolicyVersionRow[]> =>
  sql.prepared(`select digest, policy, first_used_at from policy_version order by first_used_at, digest`)
