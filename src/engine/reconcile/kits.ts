/** Kits as two sides: what the ERP takes apart in the sale, and what the policy says of it. */
import type { Connection } from '#connectors/kit/connector.ts'
import type { CensusRecord, Reader } from '#connectors/kit/reader.ts'
import { type Standing, standingsOf, standingsOfPolicy, standingText } from '#core/kit/bills.ts'
import type { Policy } from '#core/policy.ts'
import { streams } from '#core/streams.ts'
import type { Sql } from '#store/database.ts'
import { soldAmong } from '#store/reconcile-books.ts'
import type { Difference, FindingKind } from './definition.ts'

/** Undefined for an ERP that has no such thing. Where its kits are not installed it has none. */
export const billed = (erp: Connection | undefined): Reader | undefined =>
  erp?.bills && side(async () => standingsOf((await erp.bills!()) ?? []))

export const ruled = ({ kits }: Pick<Policy, 'kits'>): Reader => side(() => Promise.resolve(standingsOfPolicy(kits)))

/** There are few, and they are read as a whole. */
const side = (read: () => Promise<ReadonlyMap<string, Standing>>): Reader => ({
  ordered: true,
  async read() {
    const records = [...(await read())].map(([key, standing]): CensusRecord => {
      return { key, fields: { content: standingText(standing) }, changedAt: null }
    })
    return { records: records.toSorted((a, b) => (a.key < b.key ? -1 : 1)), cursor: null, more: false }
  },
})

/** A kit of the ERP that nobody sells, such as a step of manufacturing, is no business of the policy. */
export const explainKits =
  (pools: readonly string[]) =>
  async (sql: Sql, differences: readonly Difference[]): Promise<readonly Difference[]> => {
    const ledgers = (sku: string) => pools.map((pool) => streams.stock(pool, sku))
    const unknown = differences.filter(({ kind }) => kind === 'missed').flatMap(({ key }) => ledgers(key))
    const sold = new Set((await soldAmong(sql, unknown)).map(({ stream }) => stream))
    return differences.filter(({ kind, key }) => kind !== 'missed' || ledgers(key).some((one) => sold.has(one)))
  }

const LOOK = 'crossdock kits shows both, and crossdock kits --yaml prints the ERP’s for the policy.'

/** The words for what may be sold twice until a person says which side is right. */
export const kitCure = (kind: FindingKind): string => {
  switch (kind) {
    case 'missed':
      return `The ERP takes it apart and the hub sells it as if it lay on a shelf, so its parts may be sold twice. Add it to policy.kits. ${LOOK}`
    case 'unexpected':
      return `The hub sets its parts aside, and the ERP sends it whole. Take it out of policy.kits, or give it a bill of materials of the type kit. ${LOOK}`
    default:
      return `The ERP takes other goods than the hub sets aside, so they may be sold twice. Correct policy.kits or the bill of materials. ${LOOK}`
  }
}
