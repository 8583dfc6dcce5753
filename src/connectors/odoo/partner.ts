/** Customers and their addresses as partners: each exactly once, by external id. */
import type { Order, Party } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import type { Client } from './client.ts'
import { digest } from './digest.ts'
import type { Directory } from './directory.ts'
import { externalIds, findExternal, load, qualified } from './external.ts'
import type { Partners } from './sale-rows.ts'

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

/** The partners of several orders in two rounds: the people first, then their addresses. */
export async function ensurePartners(
  orders: readonly Order[],
  client: Client,
  directory: Directory,
): Promise<Map<Order, Partners>> {
  const people = orders.map((order) => ({ order, key: keyOf(order), party: partyOf(order) }))
  const customers = await ensureCustomers(people, client)
  const addresses: PartnerColumns[] = []
  const found = people.map(({ order, key }) => ({
    order,
    key,
    customer: customers.get(qualified(externalIds.partner(key)))!,
  }))
  for (const { order, key, customer } of found) {
    // Same address for both: the delivery contact, which is added last, wins.
    if (order.billingAddress)
      addresses.push(await addressColumns(key, customer, 'invoice', order.billingAddress, directory))
    if (order.shippingAddress)
      addresses.push(await addressColumns(key, customer, 'delivery', order.shippingAddress, directory))
  }
  const contacts = await loadPartners(client, addresses)
  return new Map(
    found.map(({ order, key, customer }) => {
      const at = (address: Address | null) => (address ? contacts.get(addressId(key, address))! : customer)
      return [order, { customer, delivery: at(order.shippingAddress), invoice: at(order.billingAddress) }]
    }),
  )
}

/** A customer who is there already keeps the name when the order says none. */
async function ensureCustomers(people: readonly Person[], client: Client): Promise<Map<string, number>> {
  const there = new Map<string, number>()
  for (const { key, party } of people) {
    const id = party.name ? null : await findExternal(client, externalIds.partner(key))
    if (id !== null) there.set(qualified(externalIds.partner(key)), id)
  }
  const others = people.filter(({ key }) => !there.has(qualified(externalIds.partner(key))))
  const loaded = await loadPartners(
    client,
    others.map(({ key, party }) => customerColumns(key, party)),
  )
  return new Map([...there, ...loaded])
}

type Person = { order: Order; key: string; party: Pick<Party, 'name' | 'email' | 'phone'> }

const keyOf = ({ customer, channel, externalId }: Order): string => customer?.key ?? `guest-${channel}-${externalId}`

const partyOf = ({ customer, shippingAddress, billingAddress }: Order) =>
  ({
    name: customer?.name ?? (customer?.email ? undefined : (billingAddress ?? shippingAddress)?.name),
    email: customer?.email,
    phone: customer?.phone,
  }) as Pick<Party, 'name' | 'email' | 'phone'>

/** The digest makes a changed address a new contact: what was delivered where stays true. */
const addressId = (key: string, address: Address): string => qualified(externalIds.address(key, digest(address)))

async function addressColumns(
  key: string,
  parent: number,
  type: 'delivery' | 'invoice',
  address: Address,
  directory: Directory,
): Promise<PartnerColumns> {
  const country = await directory.country(address.country)
  const state = address.region === undefined ? undefined : country?.states.get(address.region)
  return {
    'id': addressId(key, address),
    'parent_id/.id': String(parent),
    type,
    'name': [address.company, address.name].filter(Boolean).join(', '),
    'street': address.street,
    'street2': address.street2 ?? '',
    'city': address.city,
    'zip': address.postcode,
    'state_id/.id': state === undefined ? '' : String(state),
    'country_id/.id': country ? String(country.id) : '',
    'phone': address.phone ?? '',
  }
}
