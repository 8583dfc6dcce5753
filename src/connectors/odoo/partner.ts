/** Customers and their addresses as partners: each exactly once, by external id. */
import type { Order, Party } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import type { Client } from './client.ts'
import { digest } from './digest.ts'
import type { Directory } from './directory.ts'
import type { Odoo } from './odoo.ts'
import { customerColumns, loadPartners, type PartnerColumns } from './partner-load.ts'
import { type Found, partnerOf } from './partner-record.ts'
import { externalIds, findExternal, qualified } from './external.ts'
import type { Partners } from './sale-rows.ts'

/** The partners of several orders in two rounds: the people first, then their addresses. */
export async function ensurePartners(
  orders: readonly Order[],
  { client, directory, config }: Odoo,
): Promise<Map<Order, Partners>> {
  const all = orders.map((order) => ({ order, key: keyOf(order), party: partyOf(order) }))
  const { people, customers } =
    config.customers.from === 'records'
      ? await recordedCustomers(all, client)
      : { people: all, customers: await ensureCustomers(all, client) }
  const addresses: PartnerColumns[] = []
  const found = people.map(({ order, key }) => ({
    order,
    key,
    customer: customers.get(qualified(externalIds.partner(key)))!,
  }))
  for (const { order, key, customer } of found) {
    addresses.push(...companyColumns(key, customer, order.customer))
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

/** Who has a record is what the record says, under the head of those that were joined; others are made. */
async function recordedCustomers(all: readonly Person[], client: Client) {
  const found = new Map<string, Found | null>()
  for (const { key } of all) if (!found.has(key)) found.set(key, await partnerOf(key, client))
  const people = all.map((one) => ({ ...one, key: found.get(one.key)?.key ?? one.key }))
  const known = [...found.values()].filter((one) => one !== null)
  const ids = known.map((one) => [qualified(externalIds.partner(one.key)), one.id] as const)
  const fresh = people.filter(({ key }) => !known.some((one) => one.key === key))
  const made = await ensureCustomers(fresh, client)
  return { people, customers: new Map([...ids, ...made]) }
}

type Person = { order: Order; key: string; party: Pick<Party, 'name' | 'email' | 'phone'> }

const keyOf = ({ customer, channel, externalId }: Order): string => customer?.key ?? `guest-${channel}-${externalId}`

const partyOf = ({ customer, shippingAddress, billingAddress }: Order) =>
  ({
    name: customer?.name ?? (customer?.email ? undefined : (billingAddress ?? shippingAddress)?.name),
    email: customer?.email,
    phone: customer?.phone,
  }) as Pick<Party, 'name' | 'email' | 'phone'>

/** A company, and who ordered for it: a contact below it, whom later orders of the same person update. */
function companyColumns(key: string, parent: number, party: Party | null): PartnerColumns[] {
  if (!party?.company) return []
  const { contact } = party
  const company = { id: qualified(externalIds.partner(key)), is_company: '1' }
  if (!contact) return [company]
  const { id, name, email, phone } = contact
  const below = {
    'id': qualified(externalIds.contact(key, id)),
    'parent_id/.id': String(parent),
    'type': 'contact',
    name,
  }
  return [company, { ...below, ...(email ? { email } : {}), ...(phone ? { phone } : {}) }]
}

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
