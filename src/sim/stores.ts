/**
 * The stores of the simulated retailer: a till in each, which sells what lies on its shelves, writes every record down
 * in its chain, and uploads what the hub has not taken yet, every few minutes. All of it is plain data, to be kept.
 */
import { CHAIN_START, type TillRecord } from '#canon/receipt.ts'
import { chained, type LooseRecord } from '#connectors/till/chain.ts'
import { signatureOf } from '#connectors/till/inbound.ts'
import type { OutgoingHook, SimulatorIo } from '#connectors/kit/simulator.ts'
import { newDay, withRecord } from '#core/store-day/day.ts'
import type { Day } from '#core/store-day/state.ts'
import type { Product } from './estate.ts'
import { TAX_RATE } from './terms.ts'

/** Name of the connection that takes their uploads. */
export const TILLS = 'tills'
export const TILL_SECRETS: Readonly<Record<string, string>> = { 'demo:till-key': 'simulated-key-of-the-tills' }
const KEY = TILL_SECRETS['demo:till-key']!
const REGISTER = 'till-1'
const UPLOAD = 'x-upload'
/** More is sent with the next upload. */
const RECORDS_MAX = 500
const TRY_AGAIN_MS = 20_000

/** `store-07`, and the code of its warehouse in the ERP: `S07`. */
export const storeIds = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `store-${String(index + 1).padStart(2, '0')}`)
export const poolOf = (storeId: string): string => `S${storeId.slice(-2)}`
export const registerOf = (storeId: string): string => `${storeId}/${REGISTER}`

interface Till {
  storeId: string
  sequence: number
  hash: string
  day: Day | null
  /** What the hub has not taken yet, oldest first. */
  pending: TillRecord[]
  /** Last sequence of the upload that is under way. */
  sending: number | null
  dueMs: number
  /** What lies on the shelves, by SKU. */
  shelf: Record<string, number>
}

export interface StoresState {
  tills: Till[]
  /** Receipts rung up and not forgotten: what each comes to, in cents. */
  receipts: Map<string, number>
}

export interface Stores {
  ids: readonly string[]
  /** Somebody buys at a counter. @returns the receipt's number, or null when it is not on the shelf. */
  sell(storeId: string, lines: readonly { sku: string; quantity: number }[]): string | null
  /** Goods arrive. */
  receive(storeId: string, sku: string, pieces: number): void
  /** The day is over: every till that is open reports what it took. */
  close(): void
  believes(): {
    receipts: ReadonlyMap<string, number>
    shelves: Readonly<Record<string, Readonly<Record<string, number>>>>
  }
  /** A receipt that is settled leaves their memory. */
  forget(number: string): void
  due(): OutgoingHook[]
  nextDueAt(): number | null
  onTheWay(): OutgoingHook[]
  nameOf(hook: OutgoingHook): string
  snapshot(): StoresState
}

export interface StoresOptions {
  products: readonly Product[]
  count: number
  /** How often a till sends what it has. */
  uploadEveryMs: number
}

/** @param before what they remembered; it is taken over, not copied. */
export function openStores(io: SimulatorIo, options: StoresOptions, before?: StoresState): Stores {
  const state = before ?? newState(options)
  const byId = new Map(state.tills.map((till) => [till.storeId, till]))
  const tillOf = (storeId: string): Till => byId.get(storeId)!
  const prices = new Map(options.products.map(({ sku, price }) => [sku, Math.round(Number(price) * 100)]))

  function add(till: Till, entry: object): TillRecord {
    const { storeId } = till
    const at = new Date(io.now()).toISOString()
    const businessDate = till.day?.businessDate ?? at.slice(0, 10)
    const txId = `${storeId}-${till.sequence + 1}`
    const head = { storeId, registerId: REGISTER, businessDate, txId, occurredAt: at, offline: false }
    const [record] = chained([{ ...head, ...entry } as LooseRecord], till)
    Object.assign(till, { sequence: record!.sequence, hash: record!.hash })
    till.day = withRecord(till.day ?? newDay(businessDate, record!.sequence), record!)
    if (till.pending.length === 0) till.dueMs = Math.max(till.dueMs, io.now() + options.uploadEveryMs)
    till.pending.push(record!)
    return record!
  }

  function end(till: Till): void {
    if (!till.day) return
    add(till, { kind: 'z_report', zReport: reportOf(till.day) })
    till.day = null
  }

  function outgoing(till: Till, records: readonly TillRecord[]): OutgoingHook {
    const body = records.map((record) => JSON.stringify(record)).join('\n')
    const last = records.at(-1)!.sequence
    return {
      url: `http://hub.sim/api/stores/${till.storeId}/batches`,
      headers: {
        'content-type': 'application/x-ndjson',
        'crossdock-signature': signatureOf(till.storeId, Buffer.from(body), KEY),
        [UPLOAD]: `${till.storeId} ${last}`,
      },
      body,
      settle(status) {
        if (till.sending !== last) return
        till.sending = null
        const isTaken = status === 200
        if (isTaken) till.pending = till.pending.filter(({ sequence }) => sequence > last)
        till.dueMs = io.now() + (isTaken ? options.uploadEveryMs : TRY_AGAIN_MS)
      },
    }
  }

  const upTo = ({ pending }: Till, last: number) => pending.filter(({ sequence }) => sequence <= last)

  return {
    ids: state.tills.map(({ storeId }) => storeId),
    sell(storeId, lines) {
      const till = tillOf(storeId)
      if (lines.some(({ sku, quantity }) => (till.shelf[sku] ?? 0) < quantity)) return null
      if (till.day && till.day.businessDate !== new Date(io.now()).toISOString().slice(0, 10)) end(till)
      for (const { sku, quantity } of lines) till.shelf[sku]! -= quantity
      const number = `${storeId}/${till.sequence + 1}`
      const receipt = receiptOf(lines, prices, till.sequence % 3 === 0 ? 'cash' : 'card')
      add(till, { kind: 'sale', number, receipt })
      state.receipts.set(number, receipt.total.amount)
      return number
    },
    receive(storeId, sku, pieces) {
      const { shelf } = tillOf(storeId)
      shelf[sku] = (shelf[sku] ?? 0) + pieces
    },
    close: () => state.tills.forEach(end),
    believes: () => ({
      receipts: state.receipts,
      shelves: Object.fromEntries(state.tills.map(({ storeId, shelf }) => [storeId, shelf])),
    }),
    forget: (number) => void state.receipts.delete(number),
    due: () =>
      state.tills.flatMap((till) => {
        if (till.pending.length === 0 || till.sending !== null || till.dueMs > io.now()) return []
        const records = till.pending.slice(0, RECORDS_MAX)
        till.sending = records.at(-1)!.sequence
        return [outgoing(till, records)]
      }),
    nextDueAt() {
      const waiting = state.tills.filter(({ pending, sending }) => pending.length > 0 && sending === null)
      return waiting.length === 0 ? null : Math.min(...waiting.map(({ dueMs }) => dueMs))
    },
    onTheWay: () =>
      state.tills.flatMap((till) => (till.sending === null ? [] : [outgoing(till, upTo(till, till.sending))])),
    nameOf: ({ headers }) => headers[UPLOAD]!,
    snapshot: () => state,
  }
}

const newState = ({ products, count }: StoresOptions): StoresState => ({
  tills: storeIds(count).map((storeId) => ({
    storeId,
    sequence: 0,
    hash: CHAIN_START,
    day: null,
    pending: [],
    sending: null,
    dueMs: 0,
    shelf: Object.fromEntries(
      products.flatMap(({ sku, places }) => (places?.[poolOf(storeId)] ? [[sku, places[poolOf(storeId)]!]] : [])),
    ),
  })),
  receipts: new Map(),
})

const CURRENCY = 'USD'
const amount = (cents: number) => ({ amount: cents, currency: CURRENCY })

function receiptOf(
  wanted: readonly { sku: string; quantity: number }[],
  prices: ReadonlyMap<string, number>,
  tender: string,
) {
  const rate = String(TAX_RATE)
  const lines = wanted.map(({ sku, quantity }, index) => {
    const paid = prices.get(sku)! * quantity
    const tax = Math.floor(paid * TAX_RATE + 0.5 + 1e-9)
    return {
      id: String(index + 1), sku, title: sku, quantity, unitPrice: amount(prices.get(sku)!), discount: amount(0),
      taxes: [{ title: 'Sales tax', rate, amount: amount(tax) }], total: amount(paid + tax),
    } // prettier-ignore
  })
  const total = lines.reduce((all, line) => all + line.total.amount, 0)
  const totalTax = lines.reduce((all, line) => all + line.taxes[0]!.amount.amount, 0)
  return {
    currency: CURRENCY, taxesIncluded: false, lines, tenders: [{ tender, amount: amount(total) }],
    total: amount(total), totalTax: amount(totalTax),
  } // prettier-ignore
}

function reportOf({ sums }: Day) {
  const amounts = <Name extends string>(name: Name, of: Readonly<Record<string, number>>) =>
    Object.entries(of).map(([key, cents]) => ({ [name]: key, amount: amount(cents) }))
  return {
    currency: CURRENCY, counts: sums.counts, total: amount(sums.total), totalTax: amount(sums.totalTax),
    tenders: amounts('tender', sums.tenders), taxes: amounts('rate', sums.taxes), cashOpening: amount(0),
    cashCounted: amount(sums.tenders['cash'] ?? 0),
  } // prettier-ignore
}
