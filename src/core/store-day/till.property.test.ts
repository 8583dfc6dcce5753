/** Any order, repetition and partition of uploads ends in the same records taken, and the same postings owed. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TillRecord } from '#canon/receipt.ts'
import type { Intent } from '../intents.ts'
import { aDay, body, giveBack, records, sale, STORE, storePolicy, TILL, TILL_STREAM } from '../testing/till-records.ts'
import { initialTill, type TillState } from './state.ts'
import { till, type TillCommand } from './till.ts'

const AT = '2026-11-22T09:00:00.000Z'

const FIRST = aDay([sale('1'), sale('2', body(3)), giveBack('3'), sale('4', body(1, { sku: 'BOWL' }))])
const SECOND = aDay([sale('6'), giveBack('7', body(-2, { restock: true })), sale('8')], {
  first: 6,
  date: '2026-11-21',
})
const OPEN = records([sale('10'), sale('11')], { first: 10, date: '2026-11-22' })
const ALL = [...FIRST, ...SECOND, ...OPEN]

interface End {
  state: TillState
  posted: string[]
  closed: string[]
  held: string[]
}

/** What is owed in the end. The ERP answers at once, so that nothing is left open. */
function play(uploads: readonly (readonly TillRecord[])[], posting: 'receipt' | 'day'): End {
  let state = initialTill
  const [posted, closed, held]: [string[], string[], string[]] = [[], [], []]
  const decide = (command: TillCommand): void => {
    const decision = till.decide(state, command, storePolicy(posting), { stream: TILL_STREAM, at: AT, messageKey: 'm' })
    if ('refused' in decision) throw new Error(decision.reason)
    const owed: { version: number; intent: Intent }[] = []
    for (const event of decision) {
      state = till.evolve(state, event)
      for (const one of till.react(event, state, TILL_STREAM)) {
        if ('note' in one) held.push(`${one.stream} ${JSON.stringify(one.command)}`)
        else owed.push({ version: state.version, intent: one })
      }
    }
    for (const { version, intent } of owed) answer(version, intent)
  }
  const answer = (version: number, intent: Intent): void => {
    if (intent.type === 'session.close') closed.push(intent.ask.businessDate)
    if (intent.type !== 'receipt.post' && intent.type !== 'session.post') return
    posted.push(...intent.ask.receipts.map(({ txId }) => `${intent.ask.businessDate} ${txId}`))
    const done = intent.ask.receipts.map(({ txId }) => ({ txId, orderId: txId }))
    const ended = { sessionId: '1', posted: done, refused: [] }
    decide({ type: 'done', intent: intent.type, ask: intent.ask, answer: ended, version } as TillCommand)
  }
  for (const sent of uploads)
    decide({ type: 'till.receive', storeId: STORE, registerId: TILL, records: sent, refused: [], at: AT })
  return { state, posted, closed, held: held.sort() }
}

const uploads = fc
  .array(fc.shuffledSubarray(ALL, { minLength: 1 }), { maxLength: 8 })
  .chain((some) =>
    fc.shuffledSubarray([...some, ...ALL.map((record) => [record])], { minLength: some.length + ALL.length }),
  )

it.each(['receipt', 'day'] as const)('whatever way it arrives, posted by %s', (posting) => {
  const straight = play([ALL], posting)
  expect(straight.posted).toHaveLength(posting === 'receipt' ? 9 : 7)
  fc.assert(
    fc.property(uploads, (sent) => {
      const end = play(sent, posting)
      expect(end.posted).toEqual(straight.posted)
      expect(end.held).toEqual(straight.held)
      expect(end.closed).toEqual(straight.closed)
      expect(end.state.days.map(({ sums, differences }) => ({ sums, differences }))).toEqual(
        straight.state.days.map(({ sums, differences }) => ({ sums, differences })),
      )
      expect(end.state).toMatchObject({ next: ALL.length + 1, parked: [], refusals: [] })
    }),
    { numRuns: 300 },
  )
})
