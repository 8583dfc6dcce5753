/**
 * Money back in every order of events: refunds the hub gives, refunds in the shop, refunds at the provider, answers
 * that are lost, refunds that fail later. Nobody out there refuses anything: the hub's own care has to do.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '#canon/json.ts'
import type { Refund } from '#canon/order.ts'
import type { Note } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import { payment, type PaymentCommand, type PaymentEvent } from '../payment/payment.ts'
import type { Policy } from '../policy.ts'
import { policyWith, second } from '../testing/sample.ts'
import type { MoneyRequest } from './giving.ts'
import type { Purse } from './giving-state.ts'
import { returns, type ReturnCommand, type ReturnEvent } from './return.ts'
import type { OrderFacts } from './state.ts'

const RETURN = 'return/shop/1001'
const PAYMENT = 'payment/psp/pi_1'
const CAPTURED = 1_000
const usd = (amount: number) => ({ amount, currency: 'USD' })

interface Mode {
  through: 'channel' | 'provider'
  channelRefunds: 'through_provider' | 'elsewhere'
}

/** Money that went back in truth, whoever did it and whoever knows. */
interface Gone {
  key: string
  amount: number
  at: 'channel' | 'provider'
  failed: boolean
}

const FACTS: OrderFacts = {
  orderName: '#1001',
  currency: 'USD',
  taxesIncluded: false,
  pool: 'WH',
  wanted: [],
  saleId: '9',
  billing: 'later',
  invoice: { invoiceId: '3', total: usd(CAPTURED), included: [] },
}

function aWorld({ through, channelRefunds }: Mode) {
  const refund = { through, when: 'by_hand', byReason: {}, damaged: false, shippingFor: [], feePercent: {} } as const
  const rules = { channels: ['shop'], waitFor: 'nothing', channelRefunds, orphanAfterMinutes: 60 } as const
  const policy: Policy = {
    ...policyWith({ returns: { goods: 'receipts', credit: 'at_once', refund } }),
    payments: { psp: rules },
  }
  const world = {
    gone: [] as Gone[],
    calls: [] as { intent: Intent; version: number }[],
    journal: [] as ReturnEvent[],
    book: returns.initial,
    money: payment.initial,
    asked: new Map<string, string>(),
  }
  let clock = 0
  const context = (stream: string) => ({ stream, at: second((clock += 1)), messageKey: `m${clock}` })

  const shop = (): Refund[] =>
    world.gone
      .filter(({ at, failed }) => at === 'channel' && !failed)
      .map(({ key, amount }) => ({ id: key, at: second(1), amount: usd(amount), lines: [] }))

  const purse = (): Purse => ({
    paid: usd(CAPTURED),
    refunded: usd(shop().reduce((all, { amount }) => all + amount.amount, 0)),
    payments: [{ provider: 'psp', paymentId: 'pi_1', captured: usd(world.money.captured) }],
    lines: [],
    shipping: { amount: usd(0), tax: usd(0) },
  })

  function owed(all: readonly (Intent | Note)[], version: number): void {
    for (const one of all) {
      if (!('note' in one)) world.calls.push({ intent: one, version })
      else if (one.alarm) continue
      else if (one.stream === PAYMENT) tellPayment(one.command as PaymentCommand)
      else if (one.command.type === 'order.askBack') back((one.command as { request?: MoneyRequest }).request!)
    }
  }

  function tellReturn(command: ReturnCommand): void {
    const decision = returns.decide(world.book, command, policy, context(RETURN))
    if ('refused' in decision) return
    const after: [readonly (Intent | Note)[], number][] = []
    for (const event of decision) {
      world.book = returns.evolve(world.book, event)
      world.journal.push(event)
      after.push([returns.react(event, world.book, RETURN), world.book.version])
    }
    for (const [all, version] of after) owed(all, version)
  }

  function tellPayment(command: PaymentCommand): void {
    const decision = payment.decide(world.money, command, policy, context(PAYMENT))
    if ('refused' in decision) return
    const after: [readonly (Intent | Note)[], number][] = []
    for (const event of decision as readonly PaymentEvent[]) {
      world.money = payment.evolve(world.money, event)
      after.push([payment.react(event, world.money, PAYMENT), world.money.version])
    }
    for (const [all, version] of after) owed(all, version)
  }

  /** Through the order, which adds how its money stands. */
  function back(request: MoneyRequest): void {
    tellReturn({ type: 'return.look', facts: FACTS, refunds: shop() })
    tellReturn({ ...request, purse: purse() })
  }

  const isOurs = (key: string): string | null => (key.startsWith('h') ? key : null)
  function tellProvider({ key, amount, failed }: Gone, name = `re-${key}`): void {
    const own = isOurs(key)
    const seen = { refundId: name, ...(own && through === 'provider' ? { requestId: own } : {}), amount: usd(amount) }
    tellPayment({
      type: 'payment.observeRefund',
      refund: { ...seen, status: failed ? 'failed' : 'succeeded' },
      at: second(2),
    })
  }

  /** News of all that happened in the shop. */
  function tellShop(): void {
    tellPayment({ type: 'payment.noteOrder', orderRef: 'shop:1001', refunded: purse().refunded })
    tellReturn({ type: 'return.look', facts: FACTS, refunds: shop() })
    if (channelRefunds === 'through_provider') for (const one of world.gone) if (one.at === 'channel') tellProvider(one)
  }

  const room = () => CAPTURED - world.gone.reduce((all, { amount, failed }) => all + (failed ? 0 : amount), 0)
  const seen = { currency: 'USD', amount: CAPTURED, authorised: CAPTURED, captured: CAPTURED, closed: true }
  tellPayment({ type: 'payment.observe', seen: { ...seen, orderRef: 'shop:1001' }, at: second(0) })
  tellPayment({ type: 'payment.noteOrder', orderRef: 'shop:1001', refunded: usd(0) })
  tellReturn({ type: 'return.look', facts: FACTS, refunds: [] })

  return {
    world,
    room,
    give: (key: string, amount: number) =>
      back({ type: 'refund.give', requestId: key, lines: [], amount: usd(amount), reason: 'other', by: 'Ada' }),
    retry: () => tellReturn({ type: 'return.retry', purse: purse() }),
    foreign(at: Gone['at'], key: string, amount: number) {
      if (amount > room() || world.calls.length > 0) return
      const one = { key: `${key}.${world.gone.length}`, amount, at, failed: false }
      world.gone.push(one)
      if (at === 'provider') tellProvider(one)
      else tellShop()
    },
    /**
     * Whoever is asked does it, once for a key; then the answer comes or is lost. Or nothing was done: it says so, or
     * nobody knows.
     */
    answer(how: 'comes' | 'lost' | 'undone' | 'refused') {
      const next = world.calls.shift()
      if (!next) return
      const { intent, version } = next
      if (intent.type === 'credit.ensure') {
        const answer = { creditId: '1', number: 'R/1', total: intent.ask.total }
        return tellReturn({ type: 'done', intent: 'credit.ensure', ask: intent.ask, version, answer } as Done)
      }
      if (intent.type !== 'refund.ensure' && intent.type !== 'payment.refund') return
      const key = intent.type === 'refund.ensure' ? intent.ask.key : intent.ask.requestId
      const amount = intent.ask.amount.amount
      const first = world.asked.get(key)
      if (first !== undefined && first !== canonicalJson(intent.ask)) throw new Error(`${key} is asked otherwise`)
      world.asked.set(key, canonicalJson(intent.ask))
      const at = intent.type === 'refund.ensure' ? 'channel' : 'provider'
      const known = world.gone.find((one) => one.key === key)
      const isDone = how === 'comes' || how === 'lost'
      if (!known && isDone) world.gone.push({ key, amount, at, failed: false })
      // Where the channel gives back through the provider, the provider's word may come before the channel's answer.
      if (!known && at === 'channel' && isDone && channelRefunds === 'through_provider')
        tellProvider(world.gone.at(-1)!)
      const tell = (end: Done | Failed) => (at === 'channel' ? tellReturn(end) : tellPayment(end))
      if (how === 'comes' || (known && how === 'refused')) {
        const answer =
          at === 'channel'
            ? { refundId: key }
            : { refundId: `re-${key}`, requestId: key, amount: usd(amount), status: 'succeeded' }
        tell({ type: 'done', intent: intent.type, ask: intent.ask, version, answer } as Done)
      } else {
        const kind = how === 'refused' ? 'rejected' : 'unavailable'
        tell({ type: 'failed', intent: intent.type, version, fault: { kind, code: 'no', message: 'No.' } })
      }
    },
    tellShop,
    fail(index: number) {
      const one = world.gone.filter(({ at, failed }) => at === 'provider' && !failed)[index]
      if (!one) return
      one.failed = true
      tellProvider(one)
    },
  }
}

type World = ReturnType<typeof aWorld>
type Step = { words: string; run(world: World): void }

const amount = fc.constantFrom(100, 250, 400, 600, 1_000)
const key = fc.nat({ max: 4 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(key, amount)
      .map(([n, much]): Step => ({ words: `hub h${n} ${much}`, run: (world) => world.give(`h${n}`, much) })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(key, amount).map(([n, much]): Step => ({
      words: `shop s${n} ${much}`,
      run: (world) => world.foreign('channel', `s${n}-${much}`, much),
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(key, amount).map(([n, much]): Step => ({
      words: `provider p${n} ${much}`,
      run: (world) => world.foreign('provider', `p${n}-${much}`, much),
    })),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('comes' as const, 'comes' as const, 'lost' as const, 'undone' as const, 'refused' as const)
      .map((how): Step => ({ words: `answer ${how}`, run: (world) => world.answer(how) })),
  },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 2 }).map((n): Step => ({ words: `failure ${n}`, run: (world) => world.fail(n) })),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ words: 'shop tells', run: (world) => world.tellShop() }) },
  { weight: 1, arbitrary: fc.constant<Step>({ words: 'retry', run: (world) => world.retry() }) },
)

const mode: fc.Arbitrary<Mode> = fc.record({
  through: fc.constantFrom('channel' as const, 'provider' as const),
  channelRefunds: fc.constantFrom('through_provider' as const, 'elsewhere' as const),
})

function everyHistory(broken: (world: World) => string | null, numRuns = 2_000): void {
  fc.assert(
    fc.property(fc.array(step, { minLength: 4, maxLength: 30, size: 'max' }), mode, (steps, how) => {
      const world = aWorld(how)
      for (const one of steps) {
        one.run(world)
        const why = broken(world)
        if (why !== null) throw new Error(`${why} after ${steps.map(({ words }) => words).join(', ')}`)
      }
    }),
    { numRuns, seed: 11 },
  )
}

describe('money back, in every order of events', () => {
  it('is never more than was captured, over all systems together', () => {
    let given = 0
    everyHistory(({ world, room }) => {
      given += world.gone.some(({ key: name }) => name.startsWith('h')) ? 1 : 0
      return room() < 0 ? `${CAPTURED - room()} of ${CAPTURED} went back` : null
    })
    expect(given).toBeGreaterThan(1_000)
  })

  it('is told the same from its journal', () => {
    everyHistory(({ world }) => {
      const again = (JSON.parse(JSON.stringify(world.journal)) as ReturnEvent[]).reduce(returns.evolve, returns.initial)
      return canonicalJson(again) === canonicalJson(world.book) ? null : 'another state'
    }, 300)
  })

  it('is credited once for each refund, whoever made it', () => {
    everyHistory(({ world }) => {
      const asked = world.journal.flatMap((event) =>
        event.type === 'refund.creditAsked' ? [event.credit.total.amount] : [],
      )
      const total = asked.reduce((all, one) => all + one, 0)
      const ever = world.gone.reduce((all, { amount: each }) => all + each, 0)
      return total > ever ? `${total} are credited of ${ever}` : null
    })
  })
})
