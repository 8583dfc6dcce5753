/**
 * Partners as the customers' records have them: one for each person, kept by the hub in what it owns; that of a record
 * which is part of another is archived and says which. Nothing that is posted is moved.
 */
import type { Ask } from '#core/intents.ts'
import { z } from 'zod'
import type { Client } from './client.ts'
import type { OdooConfig } from './config.ts'
import { externalIds, findExternal, qualified } from './external.ts'
import { customerColumns, loadPartners } from './partner-load.ts'

/** Members the hub may write where Odoo has the partner already. */
type Owned = OdooConfig['customers']['owns'][number]
const ALL: readonly Owned[] = ['name', 'email', 'phone']

/** `ref` of an archived partner: the external id of the one that stands for the person. */
const headRef = (key: string): string => qualified(externalIds.partner(key))

/** Longer chains than that nobody joins. */
const STEPS_MAX = 20

export async function ensureRecord(
  ask: Ask<'customer.ensure'>,
  client: Client,
  { owns }: OdooConfig['customers'],
): Promise<{ partnerId: string }> {
  const { partOf } = ask
  const name = externalIds.partner(ask.key)
  const whole = { ...customerColumns(ask.key, ask), ref: partOf ? headRef(partOf) : ask.externalRef }
  const kept = ALL.filter((member) => !owns.includes(member))
  const there = kept.length > 0 && (await findExternal(client, name)) !== null
  const columns = Object.entries(whole).filter(([member]) => !there || !kept.includes(member as Owned))
  const active = partOf === undefined ? {} : { active: partOf === null ? '1' : '0' }
  const ids = await loadPartners(client, [{ ...Object.fromEntries(columns), ...active }])
  return { partnerId: String(ids.get(qualified(name))) }
}

const row = z.object({ id: z.number(), active: z.boolean(), ref: z.union([z.string(), z.literal(false)]) })

export interface Found {
  id: number
  /** Of the record that stands for the person now. */
  key: string
}

/** The partner that stands for whoever has the key; null when Odoo has none, and it may be made. */
export async function partnerOf(key: string, client: Client): Promise<Found | null> {
  let at = key
  let last: Found | null = null
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const id = await findExternal(client, externalIds.partner(at))
    // The head may not be there yet: until then the one that is.
    if (id === null) return last
    const [partner] = await client.read('res.partner', row, [id])
    const prefix = headRef('')
    // An archived partner without such a word was archived by a person in Odoo, who had a reason.
    if (!partner || partner.active || !partner.ref || !partner.ref.startsWith(prefix)) return { id, key: at }
    last = { id, key: at }
    at = partner.ref.slice(prefix.length)
  }
  return last
}
