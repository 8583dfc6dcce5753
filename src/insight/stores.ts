/** Stores as people look at them: each till, its last upload, its gaps, since when it is silent, and its days. */
import { money } from '#canon/money.ts'
import { askedFor, type Day, type TillState } from '#core/store-day/state.ts'
import { needsLook, tillStatus } from '#core/summary.ts'
import type { Sql } from '#store/database.ts'
import { readTills } from '#store/tills.ts'
import { amountOf } from './amount.ts'

/** What the policy says of stores, as far as it is shown. */
export type Stores = Readonly<
  Record<string, { pool: string; posting: 'receipt' | 'day' | 'none'; silentAfterMin?: number }>
>

export interface Moment {
  stores: Stores
  nowMs: number
}

/** A till may be silent so long while its business day is open. */
const SILENT_AFTER_MIN = 30

export async function listStores(sql: Sql, moment: Moment) {
  const tills = await readTills<TillState>(sql)
  const ids = [...new Set([...Object.keys(moment.stores), ...tills.map(({ storeId }) => storeId)])].sort()
  return {
    stores: ids.map((storeId) => ({
      storeId,
      pool: moment.stores[storeId]?.pool ?? null,
      posting: moment.stores[storeId]?.posting ?? null,
      registers: tills
        .filter((till) => till.storeId === storeId)
        .map((till) => registerOf(till.registerId, till.state, silentAfter(moment, storeId), moment.nowMs)),
    })),
  }
}

/** @returns null when neither the policy nor any till names the store. */
export async function storePage(sql: Sql, storeId: string, moment: Moment) {
  const { stores } = await listStores(sql, moment)
  return stores.find((store) => store.storeId === storeId) ?? null
}

const silentAfter = ({ stores }: Moment, storeId: string): number =>
  (stores[storeId]?.silentAfterMin ?? SILENT_AFTER_MIN) * 60_000

/** The moment of the last upload, when a business day is open and nothing came for longer than that. */
export function offlineSince({ heard, days }: TillState, silentAfterMs: number, nowMs: number): string | null {
  if (!heard || days.every(({ ended }) => ended)) return null
  return nowMs - Date.parse(heard.at) > silentAfterMs ? heard.at : null
}

function registerOf(registerId: string, state: TillState, silentAfterMs: number, nowMs: number) {
  return {
    registerId,
    status: tillStatus(state),
    attention: needsLook(state),
    lastUploadAt: state.heard?.at ?? null,
    lastRecordAt: state.heard?.recordAt ?? null,
    offlineSince: offlineSince(state, silentAfterMs, nowMs),
    takenTo: state.next - 1,
    waiting: state.parked.length,
    asked: askedFor(state),
    refusals: [...state.refusals],
    held: state.held.map(({ receipt, code, message }) => ({
      txId: receipt.txId,
      number: receipt.number,
      businessDate: receipt.businessDate,
      total: amountOf(receipt.total),
      code,
      message,
    })),
    trouble: state.trouble?.message ?? null,
    days: state.days.map(dayOf).reverse(),
  }
}

function dayOf({ businessDate, sums, currency, zReport, differences, ended, late, posted, pending, closed }: Day) {
  const { sales, returns, voids } = sums.counts
  return {
    businessDate,
    sales,
    returns,
    voids,
    total: currency === null ? null : amountOf(money(sums.total, currency)),
    zReport: zReport !== null,
    differences: [...differences],
    ended,
    late,
    posted,
    pending,
    closed,
  }
}

export interface TillFigures {
  all: number
  silent: number
  gap: number
  trouble: number
  /** Receipts. */
  held: number
}

/** For metrics: how many tills are silent, have gaps, or need a person. */
export async function tillFigures(sql: Sql, moment: Moment): Promise<TillFigures> {
  const tills = await readTills<TillState>(sql)
  const count = (is: (state: TillState, storeId: string) => boolean): number =>
    tills.filter(({ state, storeId }) => is(state, storeId)).length
  return {
    all: tills.length,
    silent: count((state, storeId) => offlineSince(state, silentAfter(moment, storeId), moment.nowMs) !== null),
    gap: count((state) => askedFor(state).length > 0),
    trouble: count(needsLook),
    held: tills.reduce((all, { state }) => all + state.held.length, 0),
  }
}

const LATE_SHOWN = 10

/** For the first page: the figures, and which tills to look at. One statement, whatever there is. */
export async function storesNow(sql: Sql, moment: Moment) {
  const tills = await readTills<TillState>(sql)
  const all = tills.map(({ storeId, registerId, state }) => ({
    storeId,
    held: state.held.length,
    ...lateness(registerOf(registerId, state, silentAfter(moment, storeId), moment.nowMs)),
  }))
  const late = all.flatMap(({ storeId, registerId, since, why, words }) =>
    why === null ? [] : [{ storeId, registerId, since, why, words }],
  )
  late.sort((a, b) => RANK.indexOf(a.why) - RANK.indexOf(b.why) || ((a.since ?? '') < (b.since ?? '') ? -1 : 1))
  const count = (is: (one: (typeof all)[number]) => boolean): number => all.filter(is).length
  return {
    tills: all.length,
    silent: count(({ silent }) => silent),
    gaps: count(({ gap }) => gap),
    trouble: count(({ trouble }) => trouble),
    held: all.reduce((sum, { held }) => sum + held, 0),
    late: late.slice(0, LATE_SHOWN),
  }
}

const RANK = ['trouble', 'silent', 'gap'] as const

function lateness({
  registerId,
  lastUploadAt: since,
  attention,
  offlineSince,
  asked,
  ...more
}: ReturnType<typeof registerOf>) {
  const missing = asked.reduce((all, { from, to }) => all + to - from + 1, 0)
  const words = [
    more.refusals.length > 0 ? `${counted(more.refusals.length, 'record')} refused` : null,
    more.held.length > 0 ? `${counted(more.held.length, 'receipt')} not taken by the ERP` : null,
    more.trouble === null ? null : 'its session did not close',
    more.days.some(({ differences }) => differences.length > 0) ? 'its Z-report disagrees' : null,
    offlineSince === null ? null : 'silent with its day open',
    missing > 0 ? `${counted(missing, 'record')} missing` : null,
  ].filter((one) => one !== null)
  const why = attention ? RANK[0] : offlineSince !== null ? RANK[1] : missing > 0 ? RANK[2] : null
  const told = words.join(', ')
  return {
    registerId,
    since,
    why,
    words: told.charAt(0).toUpperCase() + told.slice(1),
    silent: offlineSince !== null,
    gap: missing > 0,
    trouble: attention,
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
