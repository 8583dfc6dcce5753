/** Whatever comes in whatever order, twice or late: no more comes back than went out, of goods and of money. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '#canon/json.ts'
import type { Refund } from '#canon/order.ts'
import type { Note } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import { policyWith, second } from '../testing/sample.ts'
import { returns, type ReturnCommand, type ReturnEvent } from './return.ts'
import { countOf, type OrderFacts, type ReturnState } from './state.ts'

const STREAM = 'return/shop/1001'
const usd = (amount: number) => ({ amount, currency: 'USD' })
const LEFT = 4
const INVOICED = 4_000

interface Run {
  state: ReturnState
  journal: ReturnEvent[]
  open: { intent: Intent; version: number }[]
  /** What the ERP was asked for by key, however often. */
  asked: Map<string, Intent>
  credited: Map<string, number>
  booked: Map<string, number>
}

const fresh = (): Run => ({
  state: returns.initial,
  journal: [],
  open: [],
  asked: new Map(),
  credited: new Map(),
  booked: new Map(),
})

function tell(run: Run, command: ReturnCommand, goods: 'channel' | 'receipts'): void {
  const policy = policyWith({ returns: { goods, credit: 'at_once' } })
  const context = { stream: STREAM, at: second(run.journal.length), messageKey: `m${run.journal.length}` }
  const decision = returns.decide(run.state, command, policy, context)
  if ('refused' in decision) return
  for (const event of decision) {
    run.state = returns.evolve(run.state, event)
    run.journal.push(event)
    for (const one of returns.react(event, run.state, STREAM)) {
      if ('note' in one) continue
      run.open.push({ intent: one, version: run.state.version })
      const key = `${one.type} ${(one.ask as { key: string }).key}`
      const before = run.asked.get(key)
      if (before && canonicalJson(before.ask) !== canonicalJson(one.ask)) throw new Error(`${key} is asked otherwise`)
      run.asked.set(key, one)
    }
  }
}

/** The ERP does what is asked, even where its answer says it failed. */
function finish(run: Run, fails: boolean, goods: 'channel' | 'receipts'): void {
  const next = run.open.shift()
  if (!next) return
  const { type: intent, ask } = next.intent
  if (intent === 'credit.ensure') run.credited.set(ask.key, ask.total.amount)
  if (intent === 'return.ensure') run.booked.set(ask.key, ask.lines.reduce((all, { quantity }) => all + quantity, 0)) // prettier-ignore
  const { version } = next
  const fault = { kind: 'rejected', code: 'no', message: 'No.' }
  if (fails) return tell(run, { type: 'failed', intent, version, fault } satisfies Failed, goods)
  const answer =
    intent === 'credit.ensure' ? { creditId: '1', number: 'R/1', total: ask.total } : { deliveries: ['IN/1'] }
  tell(run, { type: 'done', intent, ask, version, answer } as Done, goods)
}

const facts = (invoiced: boolean, wanted: number): OrderFacts => ({
  orderName: '#1001',
  currency: 'USD',
  taxesIncluded: false,
  pool: 'WH',
  wanted: [{ lineId: 'L', quantity: wanted }],
  saleId: '9',
  invoice: invoiced ? { invoiceId: '3', total: usd(INVOICED), included: [] } : null,
  billing: 'later',
})

/** Each refund has one content, as the channel's do; what is told of it is told again and again. */
const refund = fc
  .record({ id: fc.nat({ max: 5 }), says: fc.constantFrom('return', 'cancel', 'silent') })
  .map(({ id, says }): Refund => {
    const quantity = id % 3
    return {
      id: `f${id}`,
      at: second(id),
      amount: usd(quantity * 900 + (id % 2) * 350),
      lines: quantity === 0 ? [] : [{
        lineId: 'L', quantity, restocked: quantity, amount: usd(quantity * 900), tax: usd(0),
        ...(says === 'silent' ? {} : { returned: says === 'return' ? quantity : 0 }),
      }],
    }
  }) // prettier-ignore

type Step = { command: ReturnCommand } | { fails: boolean }

const told: fc.Arbitrary<Step> = fc
  .record({ invoiced: fc.boolean(), wanted: fc.nat({ max: LEFT }), refunds: fc.array(refund, { maxLength: 4 }) })
  .map(({ invoiced, wanted, refunds }) => {
    const once = [...new Map(refunds.map((one) => [one.id, one])).values()]
    return { command: { type: 'return.look', facts: facts(invoiced, wanted), refunds: once } }
  })
const left: fc.Arbitrary<Step> = fc
  .constantFrom(0, 2, LEFT, LEFT)
  .map((quantity) => ({ command: { type: 'return.noteLeft', lines: [{ lineId: 'L', quantity }] } }))
const received: fc.Arbitrary<Step> = fc
  .record({
    id: fc.nat({ max: 3 }),
    quantity: fc.integer({ min: 1, max: 3 }),
    disposition: fc.constantFrom('sellable' as const, 'damaged' as const, 'missing' as const),
  })
  .map(({ id, quantity, disposition }) => {
    const lines = [{ lineId: 'L', quantity, disposition }]
    return { command: { type: 'return.receive', receiptId: `c${id}`, lines } }
  })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: told },
  { weight: 4, arbitrary: left },
  { weight: 3, arbitrary: received },
  { weight: 1, arbitrary: fc.constant<Step>({ command: { type: 'return.retry' } }) },
  { weight: 5, arbitrary: fc.nat({ max: 3 }).map((n): Step => ({ fails: n === 0 })) },
)

function everyHistory(broken: (run: Run) => string | null): void {
  const steps = fc.array(step, { minLength: 4, maxLength: 40, size: 'max' })
  fc.assert(
    fc.property(steps, fc.constantFrom('channel' as const, 'receipts' as const), (all, goods) => {
      const run = fresh()
      for (const one of all) {
        if ('command' in one) tell(run, one.command, goods)
        else finish(run, one.fails, goods)
        const why = broken(run)
        if (why !== null) throw new Error(why)
      }
    }),
    { numRuns: 500, seed: 7 },
  )
}

const sumOf = (all: Iterable<number>): number => [...all].reduce((sum, one) => sum + one, 0)

describe('every history of a return', () => {
  it('never credits more than was invoiced, even when every failure was none', () => {
    everyHistory(({ asked }) => {
      const total = sumOf([...asked.values()].map((one) => (one.type === 'credit.ensure' ? one.ask.total.amount : 0)))
      return total > INVOICED ? `${total} are credited` : null
    })
  })

  it('never books more pieces back than had left', () => {
    everyHistory(({ asked, state }) => {
      const of = ({ ask }: Intent) => sumOf((ask as { lines: { quantity: number }[] }).lines.map((one) => one.quantity))
      const total = sumOf([...asked.values()].map((one) => (one.type === 'return.ensure' ? of(one) : 0)))
      return total > Math.max(LEFT, countOf(state.left, 'L')) ? `${total} pieces are back` : null
    })
  })

  it('credits each refund once, under its own name, with its parts adding up', () => {
    everyHistory(({ asked, state }) => {
      for (const one of asked.values()) {
        if (one.type !== 'credit.ensure') continue
        const { lines, other, total, key } = one.ask
        if (sumOf(lines.map(({ amount, tax }) => amount.amount + tax.amount)) + other.amount !== total.amount)
          return `the parts of ${key} do not add up`
        if (!state.refunds.some(({ refund }) => refund.id === key)) return `${key} is no refund`
      }
      return null
    })
  })

  it('is told the same from its journal', () => {
    everyHistory((run) => {
      const again = (JSON.parse(JSON.stringify(run.journal)) as ReturnEvent[]).reduce(returns.evolve, returns.initial)
      return canonicalJson(again) === canonicalJson(run.state) ? null : 'another state'
    })
  })
})

describe('pieces that are told of twice', () => {
  const look = (refunds: Refund[], wanted: number): ReturnCommand => ({ type: 'return.look', facts: facts(true, wanted), refunds }) // prettier-ignore
  const left: ReturnCommand = { type: 'return.noteLeft', lines: [{ lineId: 'L', quantity: LEFT }] }
  const one: Refund = {
    id: 'f1', at: second(1), amount: usd(900),
    lines: [{ lineId: 'L', quantity: 1, restocked: 1, amount: usd(900), tax: usd(0) }],
  } // prettier-ignore
  const receive = (receiptId: string, quantity: number): ReturnCommand => ({
    type: 'return.receive', receiptId, lines: [{ lineId: 'L', quantity, disposition: 'sellable' }],
  }) // prettier-ignore
  const pieces = (...commands: ReturnCommand[]) => {
    const run = fresh()
    for (const command of commands) tell(run, command, 'channel')
    return run.open.flatMap(({ intent }) =>
      intent.type === 'return.ensure' ? intent.ask.lines.map((line) => line.quantity) : [],
    )
  }

  it('are booked once, whoever told first', () => {
    expect(pieces(look([one], 3), left, receive('c1', 1), left)).toEqual([1])
    expect(pieces(look([], 4), receive('c1', 1), left, look([one], 3), left)).toEqual([1])
  })

  it('are booked as far as one told of more than the other', () => {
    expect(pieces(look([one], 3), left, receive('c1', 3), left)).toEqual([1, 2])
  })

  it('of a refund before anything left are none', () => {
    expect(pieces(look([one], 3), { type: 'return.noteLeft', lines: [] })).toEqual([])
  })
})

it('notes go to the order and its parcels alone', () => {
  const run = fresh()
  const owed: Note[] = []
  const event: ReturnEvent = { type: 'refund.beyond', refundId: 'f1', why: 'amount', left: usd(0) }
  owed.push(...returns.react(event, run.state, STREAM).filter((one) => 'note' in one))
  expect(owed.map(({ stream }) => stream)).toEqual(['order/shop/1001'])
})
