/** Writes partners by external id: each exactly once, in as few calls as their columns allow. */
import type { Party } from '#canon/order.ts'
import type { Client } from './client.ts'
import { externalIds, load, qualified } from './external.ts'

/** One partner by column. A column that is absent is left as it is in Odoo; an empty one would be cleared. */
export type PartnerColumns = Readonly<Record<string, string>>

export function customerColumns(
  key: string,
  party: Pick<Party, 'name' | 'email' | 'phone'>,
  ref?: string,
): PartnerColumns {
  return {
    id: qualified(externalIds.partner(key)),
    name: party.name || party.email || 'Guest',
    ...(party.email ? { email: party.email } : {}),
    ...(party.phone ? { phone: party.phone } : {}),
    ...(ref ? { ref } : {}),
  }
}

/** Loads partners in as few calls as their columns allow; ids by external id. */
export async function loadPartners(client: Client, partners: readonly PartnerColumns[]): Promise<Map<string, number>> {
  const unique = new Map(partners.map((partner) => [partner['id']!, partner]))
  const groups = Map.groupBy(unique.values(), (partner) => Object.keys(partner).join())
  const ids = new Map<string, number>()
  for (const group of groups.values()) {
    const columns = Object.keys(group[0]!)
    const loaded = await load(
      client,
      'res.partner',
      columns,
      group.map((partner) => Object.values(partner)),
    )
    group.forEach((partner, index) => ids.set(partner['id']!, loaded[index]!))
  }
  return ids
}
