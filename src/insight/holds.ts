/** Orders that are held: the queue people work through, and what each hold says. */
import type { HoldKind } from '#core/order/hold-kinds.ts'
import type { OrderHold } from '#core/order/holds.ts'
import type { OrderState } from '#core/order/state.ts'
import { streams } from '#core/streams.ts'
import { alarmsLike } from '#store/alarms.ts'
import type { Sql } from '#store/database.ts'
import { readState } from '#store/views.ts'
import { cureOf } from './cures.ts'
import { createMask } from './masking.ts'
import { amountOf } from './orders.ts'

/** More than anybody works through; what is beyond is said by `more`. */
const READ_MAX = 1_000

export interface HoldFilter {
  owner?: string | undefined
  kind?: HoldKind | undefined
  channel?: string | undefined
  /** Somebody asked to let it go, and a second person has to agree. */
  asked?: boolean | undefined
  sort: 'due' | 'age' | 'value'
  limit: number
}

/** @param mask of the order the hold is for. */
export function holdView(hold: OrderHold, mask: ReturnType<typeof createMask>) {
  const { kind, owner, since, dueAt, atExpiry, release, escalated, asked } = hold
  return {
    kind,
    owner,
    since,
    dueAt,
    atExpiry,
    release,
    escalated,
    asked: asked ? { ...asked, note: mask.text(asked.note) } : null,
    reasons: hold.reasons.map(({ code, detail }) => ({ code, detail: mask.text(detail), cure: cureOf(code).cure })),
  }
}

export function holdsOf(state: OrderState) {
  const mask = createMask()
  mask.learn(state)
  return (state.onHold ?? []).map((hold) => holdView(hold, mask))
}

/** @returns null when the hub knows no such order. */
export async function heldOrder(sql: Sql, channel: string, externalId: string): Promise<OrderState | null> {
  const row = await readState(sql, streams.order(channel, externalId))
  return row ? (row.state as unknown as OrderState) : null
}

export type HoldRow = Awaited<ReturnType<typeof listHolds>>['holds'][number]

export async function listHolds(sql: Sql, { sort, limit, ...filter }: HoldFilter) {
  const alarms = await alarmsLike(sql, 'hold-', READ_MAX)
  const all = alarms.flatMap(({ stream, name, label, state }) => {
    const order = state as unknown as OrderState
    const kind = name.slice('hold-'.length)
    const [, channel = '', externalId = ''] = stream.split('/')
    const value = order.order ? amountOf(order.order.total) : null
    const found = holdsOf(order).filter((one) => one.kind === kind)
    return found.map((hold) => ({ channel, externalId, label, value, ...hold }))
  })
  const { owner, kind, channel, asked } = filter
  const held = all
    .filter((one) => owner === undefined || one.owner === owner)
    .filter((one) => kind === undefined || one.kind === kind)
    .filter((one) => channel === undefined || one.channel === channel)
    .filter((one) => asked === undefined || (one.asked !== null) === asked)
  const by = {
    due: () => held,
    age: () => held.toSorted((one, other) => (one.since < other.since ? -1 : one.since > other.since ? 1 : 0)),
    // Of several currencies the numbers alone say little: within each the dearest stands first.
    value: () =>
      held.toSorted((one, other) => (other.value?.amount ?? 0) - (one.value?.amount ?? 0)).toSorted(byCurrency),
  }
  const owners = [...new Set(all.map((one) => one.owner))].sort()
  return { holds: by[sort]().slice(0, limit), all: held.length, owners, more: alarms.length >= READ_MAX }
}

type Valued = { value: { currency: string } | null }
const byCurrency = ({ value: a }: Valued, { value: b }: Valued): number =>
  (a?.currency ?? '').localeCompare(b?.currency ?? '', 'en')

/** What a person may do, and what each step would do where; nothing is done. */
export function holdSteps(state: OrderState, kind: HoldKind): { step: string; does: string; possible: boolean }[] {
  const open = state.onHold ?? []
  const hold = open.find((one) => one.kind === kind)
  if (!hold) return []
  const others = open.filter((one) => one !== hold).map((one) => one.kind.replaceAll('_', ' '))
  const waits = state.exceptions.filter(({ code }) => !hold.reasons.some((reason) => reason.code === code)).length
  const next = others.length
    ? `The order stays here: it is also held for ${others.join(', ')}.`
    : waits > 0
      ? 'The order stays here until what else it waits for is there.'
      : 'The order goes to the ERP at once, as a confirmed sale.'
  const asks =
    hold.release === 'second_person' && !hold.asked ? 'A second person has to agree; nothing else happens yet.' : next
  const agreed = hold.asked ? `${hold.asked.by} asked for it, so somebody else has to say so. ${next}` : asks
  return [
    {
      step: 'release',
      does: hold.release === 'never' ? 'Nobody may: the cause has to be mended.' : agreed,
      possible: hold.release !== 'never',
    },
    {
      step: 'keep',
      does: 'It stays held, what was asked for is taken back, and its clock begins anew.',
      possible: true,
    },
    {
      step: 'cancel',
      does: 'The order is cancelled here and its goods are free again. The channel and the payment provider are not told.',
      possible: true,
    },
  ]
}
