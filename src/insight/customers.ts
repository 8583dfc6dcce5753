/** Customers as people look at them: one person with all records, who said what, and who may be the same. */
import type { CustomersPolicy, Policy } from '#core/policy.ts'
import { type Fact, type Golden, goldenOf } from '#core/customer/golden.ts'
import { emailKey, likeness, phoneKey } from '#core/customer/likeness.ts'
import { BY_RULE } from '#core/customer/joining.ts'
import { type Candidate, type CustomerState, isBelow, type Telling } from '#core/customer/state.ts'
import { allTellings, ownTellings } from '#core/customer/telling.ts'
import type { CustomerStatus } from '#core/summary.ts'
import { streams } from '#core/streams.ts'
import { e164 } from '#canon/phone.ts'
import type { Sql } from '#store/database.ts'
import { listStreams, readState, readStates, type StreamStateRow } from '#store/views.ts'
import { createHash } from 'node:crypto'
import { createMask } from './masking.ts'
import { pageOf, readCursor } from './paging.ts'

/** Longer chains than that nobody joins by hand. */
const STEPS_MAX = 50

const keyOf = (stream: string): string => stream.slice('customer/'.length)

export async function customerState(sql: Sql, key: string): Promise<CustomerState | null> {
  const row = await readState(sql, streams.customer(key))
  const state = row?.state as unknown as CustomerState | undefined
  return state?.party ? state : null
}

/** The record that stands for the person; the record itself when it is part of none. */
export async function headOf(sql: Sql, state: CustomerState): Promise<CustomerState> {
  let head = state
  for (let step = 0; head.into && step < STEPS_MAX; step += 1) head = (await customerState(sql, head.into.key)) ?? head
  return head
}

export interface CustomerFilter {
  status?: CustomerStatus | undefined
  /** How the key begins. */
  q?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** @returns null when the cursor is none of ours. */
export async function listCustomers(sql: Sql, policy: Policy, { q, cursor, status, limit }: CustomerFilter) {
  const after = readCursor(cursor)
  if (after === null) return null
  const prefix = q === undefined ? undefined : streams.customer(q)
  const rows = await listStreams(sql, { kind: 'customer', status, prefix, after, limit: limit + 1 })
  return pageOf(rows, limit, (row) => rowOf(row, policy.customers))
}

/** Records that can be found by an e-mail address or a telephone number. */
export async function findCustomers(
  sql: Sql,
  policy: Policy,
  by: { email?: string | undefined; phone?: string | undefined },
) {
  const { customers } = policy
  const number = by.phone === undefined ? null : e164(by.phone, customers?.country)
  const indexes = [...(by.email ? [emailKey(by.email)] : []), ...(number ? [phoneKey(number)] : [])]
  const rows = await readStates(sql, indexes.map(streams.identity))
  const found = rows.flatMap(({ state }) => (state as unknown as { members: { key: string }[] }).members)
  // A guest's key is a digest of the address, indexes or none.
  const guests = by.email ? [guestKey(by.email)] : []
  const keys = [...new Set([...found.map(({ key }) => key), ...guests])].sort()
  const records = await readStates(sql, keys.map(streams.customer))
  return records.toSorted((a, b) => (a.stream < b.stream ? -1 : 1)).map((row) => rowOf(row, customers))
}

const guestKey = (email: string): string =>
  `guest-${createHash('sha256').update(email.trim().toLowerCase()).digest('hex').slice(0, 24)}`

export type CustomerRow = ReturnType<typeof rowOf>

function rowOf({ stream, status, updated_at: updatedAt, state }: StreamStateRow, policy: CustomersPolicy | undefined) {
  const record = state as unknown as CustomerState
  const key = keyOf(stream)
  const { name } = goldenOf(allTellings(record), policy).facts
  return {
    key,
    status: status as CustomerStatus,
    name: name ? masked('name', name.value) : null,
    channels: channelsOf(ownTellings(record)),
    partnerId: record.partnerId,
    partOf: record.into?.key ?? null,
    reviews: (record.candidates ?? []).filter(({ status: how }) => how === 'open').length,
    updatedAt,
  }
}

const channelsOf = (tellings: readonly Telling[]): string[] =>
  [...new Set(tellings.map(({ channel }) => channel))].sort()

/** One value, behind the mask of its kind. */
function masked(name: 'name' | 'email' | 'phone', value: string): string {
  const { party } = createMask().ours({ party: { key: 'x', [name]: value } }) as { party: Record<string, string> }
  return party[name]!
}

/** The person a record stands for. @param clear without masks: only for who stands at the database itself. */
export function personOf(head: CustomerState, policy: Policy, clear = false) {
  const golden = goldenOf(allTellings(head), policy.customers)
  return { head: head.key, ...shown(golden, clear), records: recordsOf(head) }
}

function shown({ facts, addresses, consents }: Golden, clear: boolean) {
  const mask = createMask()
  const value = (name: 'name' | 'email' | 'phone', text: string) => (clear ? text : masked(name, text))
  return {
    facts: Object.entries(facts).map(([name, fact]: [string, Fact]) => {
      const field = name as 'name' | 'email' | 'phone'
      const others = fact.others.map((one) => ({ ...one, value: value(field, one.value) }))
      return { field, ...fact, value: value(field, fact.value), others }
    }),
    addresses: addresses.map(({ address, ...source }) => {
      const { name, company, street, street2, postcode, city, country } = clear
        ? address
        : (mask.ours({ address }) as { address: typeof address }).address
      return {
        text: [name, company, street, street2, `${postcode} ${city}`, country].filter(Boolean).join(', '),
        ...source,
      }
    }),
    consents: consents.map(({ medium, purpose, granted, explicit, rule, channel, record, at }) => ({
      medium,
      purpose,
      granted,
      explicit,
      rule,
      channel,
      record,
      at,
    })),
  }
}

/** Every record that is part of the person, and through which other it came. */
function recordsOf(head: CustomerState) {
  const own = { key: head.key, channels: channelsOf(ownTellings(head)), through: null as string | null }
  const members = (head.members ?? []).flatMap(({ key, tellings }) =>
    [...Map.groupBy(tellings, ({ record }) => record).entries()].map(([record, said]) => ({
      key: record,
      channels: channelsOf(said),
      through: record === key ? null : key,
    })),
  )
  return [own, ...members]
}

/** One record with the person it stands for. @returns null when nothing is known under the key. */
export async function customerPage(sql: Sql, policy: Policy, key: string, clear = false) {
  const state = await customerState(sql, key)
  if (!state) return null
  const head = await headOf(sql, state)
  const { partnerId, trouble, into = null, candidates = [] } = state
  return {
    key,
    partnerId,
    trouble: trouble === null ? null : 'The ERP does not have the present data: see the dead letters.',
    partOf: into,
    byHand: state.byHand === true,
    candidates: candidates.map(candidateView),
    person: personOf(head, policy, clear),
  }
}

const candidateView = ({ other, score, reasons, status, by, at }: Candidate) => ({
  other,
  score,
  reasons: [...reasons],
  status,
  by: by ?? null,
  at: at ?? null,
})

/**
 * Pairs a person has to decide about, newest record first. A pair that has come together in another way meanwhile is
 * left out.
 *
 * @returns null when the cursor is none of ours.
 */
export async function reviewQueue(
  sql: Sql,
  policy: Policy,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const after = readCursor(cursor)
  if (after === null) return null
  const rows = await listStreams(sql, { kind: 'customer', status: 'review', after, limit: limit + 1 })
  const page = pageOf(rows, limit, ({ state }) => state as unknown as CustomerState)
  const pairs = []
  for (const one of page.rows) pairs.push(...(await pairsOf(sql, policy, one)))
  return { pairs, next: page.next }
}

async function pairsOf(sql: Sql, policy: Policy, one: CustomerState) {
  const head = await headOf(sql, one)
  const pairs = []
  for (const candidate of one.candidates ?? []) {
    const other = candidate.status === 'open' ? await customerState(sql, candidate.other) : null
    const otherHead = other && (await headOf(sql, other))
    if (!other || otherHead!.key === head.key) continue
    pairs.push({ ...freshly(one, other, candidate, policy), sides: [sideOf(one, policy), sideOf(other, policy)] })
  }
  return pairs
}

/** As it stands by what both know now. */
function freshly(one: CustomerState, other: CustomerState, { score, reasons, at }: Candidate, { customers }: Policy) {
  const now = customers ? likeness(ownTellings(one), ownTellings(other), customers) : { score, reasons }
  return { key: one.key, other: other.key, score: now.score, reasons: [...now.reasons], since: at ?? null }
}

function sideOf(state: CustomerState, { customers }: Policy) {
  const { key, partnerId } = state
  const { facts, addresses } = shown(goldenOf(ownTellings(state), customers), false)
  return { key, channels: channelsOf(ownTellings(state)), partnerId, facts, addresses }
}

export type CustomerStep = 'join' | 'apart' | 'part'

export interface CustomerPreview {
  /** To which record it is said; the higher of two. */
  key: string
  possible: boolean
  does: string[]
}

/** What a person's decision would do in every system; nothing is done. @returns null when one of them is not known. */
export async function previewCustomer(
  sql: Sql,
  policy: Policy,
  step: CustomerStep,
  key: string,
  other?: string,
): Promise<CustomerPreview | null> {
  const state = await customerState(sql, key)
  if (!state) return null
  if (step === 'part') return previewPart(sql, policy, state)
  const second = other === undefined ? null : await customerState(sql, other)
  if (!second) return null
  const [low, high] = isBelow(key, second.key) ? [state, second] : [second, state]
  const [head, otherHead] = [await headOf(sql, low), await headOf(sql, high)]
  if (head.key === otherHead.key) {
    const does =
      step === 'join' ? 'They are one person already.' : 'They are one person now: take one of the records out first.'
    return { key: high.key, possible: false, does: [does] }
  }
  if (step === 'join') return { key: high.key, possible: true, does: joining(head, otherHead, policy) }
  return {
    key: high.key,
    possible: true,
    does: [
      'Both stay as they are, here and in the ERP.',
      'They are not proposed again, and only a person can join them.',
    ],
  }
}

function joining(one: CustomerState, other: CustomerState, { customers }: Policy): string[] {
  const [head, part] = isBelow(one.key, other.key) ? [one, other] : [other, one]
  const golden = goldenOf([...allTellings(head), ...allTellings(part)], customers)
  return [
    `${part.key} becomes part of ${head.key}. It can be taken out again, with what comes until then.`,
    ...changesOf(goldenOf(allTellings(head), customers), golden),
    part.partnerId === null
      ? 'The ERP has no partner for it yet; none is made any more.'
      : `The ERP archives partner ${part.partnerId}; its sales and invoices stay with it.`,
  ]
}

async function previewPart(sql: Sql, policy: Policy, state: CustomerState): Promise<CustomerPreview> {
  const { key, into, partnerId } = state
  if (!into) return { key, possible: false, does: ['It is not part of another record.'] }
  const head = await headOf(sql, state)
  const gone = new Set(allTellings(state).map(({ record }) => record))
  const rest = allTellings(head).filter(({ record }) => !gone.has(record))
  const by = into.by === BY_RULE ? 'the rule' : into.by
  return {
    key,
    possible: true,
    does: [
      `${key} stands by itself again, as it was before ${by} joined it, with what came since.`,
      ...changesOf(goldenOf(allTellings(head), policy.customers), goldenOf(rest, policy.customers)),
      partnerId === null ? 'The ERP gets a partner for it.' : `The ERP shows partner ${partnerId} again.`,
      'From then on only a person joins it, or what it was part of.',
    ],
  }
}

/** Which members the ERP is told anew, and whose word they are. */
const changesOf = (before: Golden, now: Golden): string[] =>
  (['name', 'email', 'phone'] as const).flatMap((name) => {
    const [was, is] = [before.facts[name], now.facts[name]]
    if (was?.value === is?.value) return []
    const what = { name: 'name', email: 'e-mail address', phone: 'telephone number' }[name]
    return [is ? `Its ${what} becomes what ${is.channel} said (${is.rule}).` : `It has no ${what} any more.`]
  })
