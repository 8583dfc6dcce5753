/** Whatever comes in whatever order: promises of the order that hold for every history. */
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { canonicalJson } from '#canon/json.ts'
import type { Order } from '#canon/order.ts'
import type { Context, Note } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import { anOrder, orderLine, policyWith, second } from '../testing/sample.ts'
import { demandOf } from './demand.ts'
import { order, type OrderCommand, type OrderEvent } from './order.ts'
import type { Hold, OrderState } from './state.ts'

const STREAM = 'order/shop/1001'
const POLICY = policyWith()

interface Owed {
  intent: Intent
  version: number
}

/** One order with its journal, everything it ever asked for, and what of that is still open. */
interface Run {
  state: OrderState
  journal: OrderEvent[]
  owed: (Owed | Note)[]
  open: Owed[]
  answered: string[]
}

const context = (n: number): Context => ({ stream: STREAM, at: second(n), messageKey: `m${n}` })

const fresh = (): Run => ({ state: order.initial, journal: [], owed: [], open: [], answered: [] })

function tell(run: Run, command: OrderCommand): void {
  const decision = order.decide(run.state, command, POLICY, context(run.journal.length))
  if ('refused' in decision) return
  for (const event of decision) {
    run.state = order.evolve(run.state, event)
    run.journal.push(event)
    for (const one of order.react(event, run.state, STREAM)) {
      const owed = 'note' in one ? one : { intent: one, version: run.state.version }
      run.owed.push(owed)
      if (!('note' in owed)) run.open.push(owed)
    }
  }
}

/** The end of the intent that is first in line: intents to one connection are done in order. */
function finish(run: Run, fails: boolean, outcome: number): void {
  const next = run.open.shift()
  if (!next) return
  run.answered.push(`${next.intent.type} ${fails ? 'failed' : 'done'}`)
  const { type: intent, ask } = next.intent
  if (fails) {
    const fault = { kind: 'rejected', code: 'no', message: 'No.' }
    return tell(run, { type: 'failed', intent, version: next.version, fault } satisfies Failed)
  }
  tell(run, { type: 'done', intent, ask, version: next.version, answer: answerTo(next.intent, outcome) } as Done)
}

function answerTo({ type }: Intent, outcome: number): unknown {
  const total = anOrder().total
  if (type === 'sale.ensure') return { saleId: '9', saleName: 'S9', total, lines: [{ lineId: 'a', saleLineId: '51' }] }
  if (type === 'invoice.ensure') return { invoiceId: '3', number: 'INV/3', total }
  return { outcome: (['cancelled', 'absent', 'partly_shipped', 'shipped'] as const)[outcome % 4] }
}

const snapshot: fc.Arbitrary<Order> = fc
  .record({
    at: fc.nat({ max: 4 }),
    paymentStatus: fc.constantFrom('pending', 'authorised', 'paid', 'paid', 'refunded'),
    cancelled: fc.nat({ max: 9 }).map((n) => n === 0),
    mugs: fc.nat({ max: 3 }),
    cups: fc.nat({ max: 1 }),
    restocked: fc.nat({ max: 1 }),
    customer: fc.boolean(),
  })
  .map(({ at, paymentStatus, cancelled, mugs, cups, restocked, customer }) =>
    anOrder({
      updatedAt: second(at),
      paymentStatus,
      cancelledAt: cancelled ? second(at) : null,
      ...(customer ? {} : { customer: null }),
      lines: [
        orderLine({ id: 'a', quantity: mugs, ordered: 3, restocked }),
        ...(cups ? [orderLine({ id: 'b', sku: 'CUP', quantity: cups })] : []),
      ],
    }),
  )

interface Told {
  type: string
  change: number
}

type Step = { tell: OrderCommand } | { fails: boolean; outcome: number }

const outcomes = fc.constantFrom('reserved', 'reserved', 'reserved', 'short', 'unknown_sku', 'asked')
const told = (command: fc.Arbitrary<OrderCommand>) => command.map((one): Step => ({ tell: one }))
const noteHold = ([sku, outcome]: [string, Hold['outcome']]): OrderCommand => ({ type: 'order.noteHold', sku, outcome })
const noteShipped = ([complete, announced]: [boolean, boolean]): OrderCommand => {
  return { type: 'order.noteShipped', complete, announced, date: '2026-11-20' }
}
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: told(snapshot.map((one) => ({ type: 'order.observe', order: one }))) },
  { weight: 4, arbitrary: told(fc.tuple(fc.constantFrom('MUG', 'CUP'), outcomes).map(noteHold)) },
  { weight: 5, arbitrary: fc.record({ fails: fc.nat({ max: 4 }).map((n) => n === 0), outcome: fc.nat({ max: 3 }) }) },
  { weight: 2, arbitrary: told(fc.tuple(fc.boolean(), fc.boolean()).map(noteShipped)) },
  { weight: 1, arbitrary: told(fc.constant({ type: 'order.cancel', reason: 'customer', at: second(9) })) },
  { weight: 1, arbitrary: told(fc.constant({ type: 'order.retry' })) },
  { weight: 1, arbitrary: told(fc.constantFrom('fulfilment_failed', 'fraud_suspected').map((code) => ({ type: 'order.noteException', code, detail: 'x' }))) },
) // prettier-ignore

const play = (run: Run, one: Step): void => ('tell' in one ? tell(run, one.tell) : finish(run, one.fails, one.outcome))
const asked = (run: Run, type: string) =>
  run.owed.flatMap((one) => ('note' in one || one.intent.type !== type ? [] : [one]))
const count = (run: Run, what: string) => run.answered.filter((one) => one === what).length

/** Says which promise a history breaks; `expect` in so hot a loop would take most of the time. */
type Broken = (run: Run, before: { owed: number; state: OrderState }) => string | null

function everyHistory(broken: Broken, runs = 1_500): void {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => {
      const run = fresh()
      for (const one of steps) {
        const before = { owed: run.owed.length, state: run.state }
        play(run, one)
        const why = broken(run, before)
        if (why !== null) throw new Error(why)
      }
    }),
    { numRuns: runs, seed: 7 },
  )
}

describe('every history of an order', () => {
  it('never has two sales asked for, and none once one exists', () => {
    everyHistory((run) => {
      if (asked(run, 'sale.ensure').length > 1 + count(run, 'sale.ensure failed'))
        return 'asked for a sale without need'
      return count(run, 'sale.ensure done') > 1 ? 'two sales' : null
    })
  })

  it('asks for an invoice once, and again only after a failure', () => {
    everyHistory((run) => {
      if (asked(run, 'invoice.ensure').length > 1 + count(run, 'invoice.ensure failed'))
        return 'asked for an invoice without need'
      return count(run, 'invoice.ensure done') > 1 ? 'two invoices' : null
    })
  })

  it('once cancelled owes the ERP nothing but what undoes, and once that is settled nothing at all', () => {
    everyHistory((run, { owed, state: { cancel, stage } }) => {
      if (!cancel) return null
      const fresh = run.owed.slice(owed).flatMap((one) => ('note' in one ? [] : [one.intent.type]))
      if (fresh.some((type) => cancel.done || type !== 'sale.cancel'))
        return `owes ${fresh.join(', ')} after its cancellation`
      return stage === 'cancelled' && run.state.stage !== 'cancelled' ? 'came back to life' : null
    })
  })

  it('is only called cancelled when its sale, if one was ever asked for, was cancelled after it', () => {
    everyHistory((run) => {
      if (run.state.stage !== 'cancelled' || asked(run, 'sale.ensure').length === 0) return null
      if (run.open.some(({ intent }) => intent.type === 'sale.ensure')) return 'a sale is still on its way'
      const undone = run.answered.lastIndexOf('sale.cancel done')
      return undone > run.answered.findLastIndex((one) => one.startsWith('sale.ensure'))
        ? null
        : 'the sale was never cancelled'
    })
  })

  it('can be told again from its journal: the same state, the same version, the same intents', () => {
    everyHistory((run) => {
      let state = order.initial
      const owed: (Owed | Note)[] = []
      for (const event of JSON.parse(JSON.stringify(run.journal)) as OrderEvent[]) {
        state = order.evolve(state, event)
        owed.push(
          ...order
            .react(event, state, STREAM)
            .map((one) => ('note' in one ? one : { intent: one, version: state.version })),
        )
      }
      if (state.version !== run.journal.length) return 'the version does not count the events'
      if (canonicalJson(state) !== canonicalJson(run.state)) return 'another state'
      return canonicalJson(owed) === canonicalJson(run.owed) ? null : 'other intents'
    }, 200)
  })

  it('tells stock of every piece once: what it said adds up to the newest picture, or to more once the ERP has it', () => {
    everyHistory((run) => {
      const notes = run.owed.flatMap((one) =>
        'note' in one && one.stream === 'stock/WH/MUG' ? [one.command as Told] : [],
      )
      const said = notes.reduce((all, { type, change }) => all + (type === 'stock.hold' ? change : 0), 0)
      const wanted = run.state.order ? (demandOf(run.state.order).find(({ sku }) => sku === 'MUG')?.quantity ?? 0) : 0
      const free = !run.state.cancel && asked(run, 'sale.ensure').length === 0
      return said === wanted || (!free && said > wanted) ? null : `said ${said}, wanted ${wanted}`
    })
  })
})

describe('the same news in any order', () => {
  it('ends in the same picture, however it was shuffled and doubled', () => {
    const news = fc.array(snapshot, { minLength: 1, maxLength: 8 }).chain((all) =>
      fc.record({
        one: fc.shuffledSubarray(all, { minLength: all.length }),
        other: fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
      }),
    )
    const end = (all: readonly Order[]) => {
      const run = fresh()
      for (const one of all) tell(run, { type: 'order.observe', order: one })
      return canonicalJson(run.state.order)
    }
    fc.assert(
      fc.property(news, ({ one, other }) => end(other) === end(one)),
      { numRuns: 3_000, seed: 7 },
    )
  })
})
