/**
 * Two tills of a store with a shelf of its own. One has been without a line since yesterday; both lose it now and then,
 * and upload again what they are not sure of, in parts that overlap. In the afternoon they close their day.
 */
import type { TillRecord } from '#canon/receipt.ts'
import { signatureOf, stored } from '#connectors/till/inbound.ts'
import { readLines } from '#connectors/till/upload.ts'
import { SIGNATURE_HEADER, STORE_HEADER } from '#connectors/kit/till.ts'
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import type { OdooBeliefs } from '#connectors/odoo/simulator/options.ts'
import type { Goods, Outlet, OutletKind } from './outlet.ts'
import { openRegister, type Register } from './register.ts'

const NAME = 'tills'
const STORE = 'main-street'
const HOST = 'store.sim'
const WAREHOUSE = 'SHELF'
const BAG: Goods = { sku: 'TOTE-SHELF-001', title: 'Tote bag', price: '7.95', warehouse: WAREHOUSE, stock: 100 }
const REGISTERS = ['till-1', 'till-2'] as const
const DAY_MS = 24 * 3_600_000
/** How often they upload, how long they are without a line, and how long after its last sale a day is closed. */
const EVERY_MS = 10 * 60_000
const OFFLINE_MS = 75 * 60_000
const IDLE_MS = 2 * 3_600_000
/** The second clock is fast. */
const AHEAD_MS = [0, 90_000] as const

/** Plain data, to be kept and taken up again. */
interface StoreState {
  lastMs: number
  rung: number
  uploads: number
  offlineUntilMs: number
  tills: { records: readonly TillRecord[]; taken: number; nextMs: number; closed: boolean }[]
}

export const tills: OutletKind = {
  name: NAME,
  host: HOST,
  title: 'the tills of a store',
  secrets: { 'demo:store-key': 'simulated-key-of-the-store' },
  goods: [BAG],
  tills: REGISTERS.map((id) => ({ name: `${STORE}/${id}`, warehouse: WAREHOUSE })),
  open(io, _, before) {
    const key = this.secrets['demo:store-key']!
    const state = structuredClone(before as StoreState | undefined) ?? newStore(io.now())
    const registers = REGISTERS.map((id, at) => openRegister({ storeId: STORE, id }, BAG, state.tills[at]!.records))
    if (before === undefined) for (const [at, register] of registers.entries()) yesterday(register, at, io.now())

    function closeDay(): void {
      for (const [at, till] of state.tills.entries()) {
        if (till.closed || state.rung === 0 || io.now() < state.lastMs + IDLE_MS) continue
        till.closed = true
        registers[at]!.close(io.now() + AHEAD_MS[at]!)
      }
    }

    function uploadOf(at: number): OutgoingHook[] {
      const [till, { records }] = [state.tills[at]!, registers[at]!]
      const missing = records.length > till.taken
      if (!missing || io.now() < till.nextMs || io.now() < state.offlineUntilMs) return []
      till.nextMs = io.now() + EVERY_MS
      state.uploads += 1
      // Sometimes everything, else from a little before what was taken.
      const from = state.uploads % 4 === 0 ? 0 : Math.max(0, till.taken - (state.uploads % 3))
      const body = records
        .slice(from)
        .map((record) => JSON.stringify(record))
        .join('\n')
      const upTo = records.length
      const signature = signatureOf(STORE, Buffer.from(body), key)
      return [
        {
          url: `http://${HOST}/hooks/${NAME}`,
          headers: { [STORE_HEADER]: STORE, [SIGNATURE_HEADER]: signature },
          body,
          settle: (status) => void (status === 200 && (till.taken = Math.max(till.taken, upTo))),
        },
      ]
    }

    const outlet: Outlet = {
      name: NAME,
      host: HOST,
      insists: true,
      fetch: () => Promise.reject(new TypeError('fetch failed: tills listen to nobody')),
      // A receipt is no order: it is paid and carried home. Somebody stands at every till.
      buy({ lines: [first], paid }) {
        for (const [at, register] of registers.entries()) {
          if (state.tills[at]!.closed) continue
          state.rung += 1
          state.lastMs = io.now()
          const pieces = state.rung % 5 === 0 ? -1 : first!.quantity
          const offline = io.now() < state.offlineUntilMs
          register.ringUp(pieces, paid ? 'card' : 'cash', { atMs: io.now() + AHEAD_MS[at]!, offline })
        }
        return null
      },
      cancel: () => false,
      pay: () => {},
      takeOff: () => {},
      believes: () => ({ offered: {}, orders: [] }),
      tick: () => {},
      due() {
        closeDay()
        return registers.flatMap((__, at) => uploadOf(at))
      },
      nextDueAt: () => null,
      onTheWay: () => [],
      nameOf: ({ body }) => keyOf(body),
      keyOf: ({ body }) => keyOf(body).slice(0, -1),
      forget: () => {},
      mishaps: [() => void (state.offlineUntilMs = io.now() + OFFLINE_MS)],
      snapshot: () =>
        structuredClone({
          ...state,
          tills: state.tills.map((one, at) => ({ ...one, records: registers[at]!.records })),
        }),
      audit: (books) => [...registers.flatMap((one) => auditTill(one, books)), ...auditShelf(registers, books)],
    }
    return outlet
  },
  connection: () => ({ connector: 'till', config: { stores: { [STORE]: { keys: ['demo:store-key'] } } } }),
  stores: { [STORE]: { pool: WAREHOUSE, posting: 'receipt' } },
}

const keyOf = (body: string): string => stored(STORE, readLines(Buffer.from(body))).key

const newStore = (nowMs: number): StoreState => ({
  lastMs: nowMs,
  rung: 0,
  uploads: 0,
  offlineUntilMs: 0,
  tills: REGISTERS.map(() => ({ records: [], taken: 0, nextMs: 0, closed: false })),
})

/** A day that nobody has heard of yet. */
function yesterday(register: Register, at: number, nowMs: number): void {
  const atMs = nowMs - DAY_MS
  for (const [nth, pieces] of [2, 1, -1].entries())
    register.ringUp(pieces, nth === 1 ? 'card' : 'cash', { atMs: atMs + nth * 60_000, offline: at === 0 })
  register.close(atMs + 3_600_000)
}

const receiptsOf = ({ records }: Register) =>
  records.filter((record) => record.kind === 'sale' || record.kind === 'return')

/** Every receipt is booked once and to the cent, and every closed day balances. */
function auditTill(register: Register, { tillOrders, tillSessions }: OdooBeliefs): string[] {
  const till = `${STORE}/${register.id}`
  const posted = tillOrders.filter((order) => order.till === till)
  const receipts = receiptsOf(register)
  // Nothing is booked of a day on which nothing was sold.
  const days = new Set(receipts.map(({ businessDate }) => businessDate)).size
  const closed = tillSessions.filter((session) => session.till === till && session.state === 'closed')
  const findings = receipts.flatMap(({ number, receipt }) => {
    const said = posted.filter((order) => order.number === number).map(({ total }) => total.toFixed(2))
    const total = (receipt.total.amount / 100).toFixed(2)
    return said.length === 1 && said[0] === total
      ? []
      : [`Till ${till}: receipt ${number} of ${total} is booked as [${said.join(', ')}].`]
  })
  if (posted.length > receipts.length)
    findings.push(`Till ${till}: ${posted.length} receipts are booked, and ${receipts.length} were rung up.`)
  if (closed.length !== days) findings.push(`Till ${till}: ${days} days ended there, ${closed.length} in the books.`)
  for (const { id, difference } of closed)
    if (difference !== 0) findings.push(`Till ${till}: session ${id} is off by ${difference}.`)
  return findings
}

function auditShelf(registers: readonly Register[], { stock }: OdooBeliefs): string[] {
  const gone = registers
    .flatMap(receiptsOf)
    .flatMap(({ receipt }) => receipt.lines)
    .reduce((all, { quantity }) => all + quantity, 0)
  const there = stock.find(({ sku, warehouse }) => sku === BAG.sku && warehouse === WAREHOUSE)?.onHand
  return there === BAG.stock - gone
    ? []
    : [`Store ${STORE}: ${gone} of ${BAG.stock} were sold, the books have ${there}.`]
}
