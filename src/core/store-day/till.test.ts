/** A register as sentences: in its order and once, compared with its Z-report, posted, and closed. */
import { describe, expect, it } from 'vitest'
import type { TillRecord } from '#canon/receipt.ts'
import type { TakeRecords } from '../commands.ts'
import type { PostedReceipts } from '../intents.ts'
import { given } from '../testing/given.ts'
import {
  aDay,
  body,
  giveBack,
  records,
  sale,
  STORE,
  storePolicy,
  TILL,
  TILL_STREAM,
  zOf,
} from '../testing/till-records.ts'
import { askedFor, receiptOf } from './state.ts'
import { till, type TillCommand, type TillEvent } from './till.ts'

const AT = '2026-11-20T18:00:00.000Z'
const batch = (sent: readonly TillRecord[], refused: TakeRecords['refused'] = []): TakeRecords => ({
  type: 'till.receive', storeId: STORE, registerId: TILL, records: sent, refused, at: AT,
}) // prettier-ignore

const at = (...history: TillEvent[]) =>
  given(till, ...history)
    .on(TILL_STREAM)
    .under(storePolicy())

/** The last command, after the history that the ones before it make. */
function after(...commands: TillCommand[]) {
  const history: TillEvent[] = []
  for (const command of commands.slice(0, -1)) {
    const state = history.reduce(till.evolve, till.initial)
    const decided = till.decide(state, command, storePolicy(), { stream: TILL_STREAM, at: AT, messageKey: 'm' })
    if (Array.isArray(decided)) history.push(...(decided as TillEvent[]))
  }
  return at(...history).when(commands.at(-1)!)
}
const three = records([sale('1'), sale('2'), sale('3')])
const answer = (posted: string[], refused: PostedReceipts['refused'] = []): PostedReceipts => ({
  sessionId: '9', posted: posted.map((txId) => ({ txId, orderId: `o-${txId}` })), refused,
}) // prettier-ignore
const ask = (sent: readonly TillRecord[]) => ({
  storeId: STORE, registerId: TILL, businessDate: sent[0]!.businessDate,
  receipts: sent.flatMap((record) => receiptOf(record) ?? []),
}) // prettier-ignore

describe('the sequence', () => {
  it('takes records in order and owes their pieces to stock and their receipts to the ERP', () => {
    after(batch(three))
      .then({ type: 'till.heard' }, { type: 'till.taken', records: three })
      .owes(
        { stream: 'stock/B7/MUG', command: { type: 'stock.hold', orderRef: `till/${STORE}/${TILL}/tx-1`, change: 1 } },
        { command: { type: 'stock.hold', orderRef: `till/${STORE}/${TILL}/tx-2` } },
        { command: { type: 'stock.hold', orderRef: `till/${STORE}/${TILL}/tx-3` } },
        { type: 'receipt.post', ask: ask(three) },
      )
  })

  it('keeps what is beyond a gap, asks for what is missing, and takes all of it once it comes', () => {
    const gap = after(batch([three[0]!, three[2]!]))
    gap.then({ type: 'till.heard' }, { type: 'till.taken', records: [three[0]!] }, { type: 'till.parked' })
    expect(askedFor(gap.state)).toEqual([{ from: 2, to: 2 }])
    const whole = after(batch([three[2]!]), batch([three[0]!]), batch([three[1]!]))
    expect(whole.state.next).toBe(4)
    expect(whole.state.parked).toEqual([])
    expect(askedFor(whole.state)).toEqual([])
  })

  it('takes nothing twice', () => {
    const again = after(batch(three), batch(three))
    again.then({ type: 'till.heard', refused: [] })
    again.owes()
  })

  it('refuses a record that does not name the hash before it, and takes the right one afterwards', () => {
    const broken = { ...three[1]!, prevHash: 'f'.repeat(64) }
    const refused = after(batch([three[0]!, broken, three[2]!]))
    expect(refused.state.refusals).toEqual([{ sequence: 2, code: 'chain_broken', detail: expect.any(String) }])
    expect(askedFor(refused.state)).toEqual([{ from: 2, to: 2 }])
    const mended = after(batch([three[0]!, broken, three[2]!]), batch([three[1]!]))
    expect(mended.state).toMatchObject({ next: 4, refusals: [] })
  })

  it('refuses another record under a number that was taken', () => {
    const other = { ...three[1]!, hash: 'e'.repeat(64) }
    const { state } = after(batch(three), batch([other]))
    expect(state.next).toBe(4)
  })

  it('refuses a receipt that was taken under another number', () => {
    const twice = { ...three[1]!, txId: 'tx-1' }
    const { state } = after(batch([three[0]!, twice]))
    expect(state.refusals).toMatchObject([{ sequence: 2, code: 'receipt_twice' }])
  })

  it('asks again for a record that was refused for itself', () => {
    const refused = after(batch([three[0]!, three[2]!], [{ sequence: 2, code: 'total_wrong', detail: 'x' }]))
    expect(askedFor(refused.state)).toEqual([{ from: 2, to: 2 }])
    expect(refused.state.refusals).toHaveLength(1)
  })

  it('goes on where a person says, and gives up what is missing before', () => {
    const lost = after(batch([three[2]!]))
    const { next, prevHash } = { next: 3, prevHash: three[2]!.prevHash }
    const resumed = after(batch([three[2]!]), { type: 'till.resume', next, prevHash, reason: 'till replaced' })
    expect(askedFor(lost.state)).toEqual([{ from: 1, to: 2 }])
    expect(resumed.state.next).toBe(4)
    after(batch(three), { type: 'till.resume', next: 2, prevHash, reason: 'x' }).refused('sequence_taken')
  })
})

describe('the business day', () => {
  const day = aDay([sale('1'), sale('2', body(2, { tender: 'card' })), giveBack('3', body(-1, { restock: true }))])

  it('ends by a Z-report that agrees, and its session is closed with what was counted', () => {
    const ended = after(batch(day))
    ended.then(
      { type: 'till.heard' },
      { type: 'till.taken' },
      { type: 'till.dayCompared', differences: [] },
      { type: 'till.dayEnded', by: 'z_report' },
      { type: 'session.closing', cash: { opening: { amount: 10_000 }, counted: { amount: 10_000 } } },
    )
  })

  it('names every figure in which a Z-report disagrees, and ends all the same', () => {
    const sold = records([sale('1')])
    const z = zOf(sold, { total: { amount: 1000, currency: 'EUR' }, tenders: [] })
    const { state } = after(batch([...sold, ...records([z], { first: 2 })]))
    expect(state.days[0]).toMatchObject({ ended: true })
    expect(state.days[0]!.differences).toEqual([
      'total: the Z-report says 1000, the records make 1190.',
      'tender cash: the Z-report says 0, the records make 1190.',
    ])
  })

  it('ends by the next day when no Z-report came, before anything of the next day goes out', () => {
    const first = records([sale('1')])
    const next = records([sale('2')], { first: 2, date: '2026-11-21' })
    after(batch([...first, ...next])).then(
      { type: 'till.heard' },
      { type: 'till.taken', businessDate: '2026-11-20' },
      { type: 'till.dayEnded', businessDate: '2026-11-20', by: 'next_day' },
      { type: 'session.closing', businessDate: '2026-11-20', cash: null },
      { type: 'till.taken', businessDate: '2026-11-21' },
    )
  })

  it('takes what comes late, and closes once more for it', () => {
    const late = records([sale('9')], { first: day.length + 1 })
    const { state } = after(batch(day), batch(late)).then(
      { type: 'till.heard' },
      { type: 'till.taken' },
      { type: 'session.closing', cash: null, cashMoves: [] },
    )
    expect(state.days[0]).toMatchObject({ late: 1, closings: 2 })
  })

  it('posts a day in one sum when the policy says so, late receipts in another', () => {
    at()
      .under(storePolicy('day'))
      .when(batch(day))
      .then(
        { type: 'till.heard' },
        { type: 'till.taken', posting: 'day' },
        { type: 'till.dayCompared' },
        { type: 'till.dayEnded' },
        { type: 'session.summed', key: `${STORE}/${TILL}/2026-11-20/0` },
        { type: 'session.closing' },
      )
    const late = records([sale('9')], { first: day.length + 1 })
    const both = at().under(storePolicy('day')).when(batch(day), batch(late))
    expect(both.state.days[0]).toMatchObject({ closings: 2, late: 1, unsummed: [] })
    expect(both.state.flights.map(({ receipts }) => receipts.length)).toEqual([3, 1])
  })
})

describe('the pieces', () => {
  it('T10: of a return without restock are added nowhere; with it the ERP is read again once it has them', () => {
    const back = records([giveBack('1', body(-1)), giveBack('2', body(-1, { restock: true, sku: 'BOWL' }))])
    const taken = after(batch(back))
    taken.owes({ type: 'receipt.post' })
    const version = taken.state.flights[0]!.version
    after(batch(back), { type: 'done', intent: 'receipt.post', ask: ask(back), answer: answer(['tx-1', 'tx-2']), version })
      .owes({ stream: 'stock/B7/BOWL', command: { type: 'stock.nudge' } }) // prettier-ignore
  })

  it('are held until the ERP has the receipt', () => {
    const taken = after(batch(three))
    const version = taken.state.flights[0]!.version
    const done = {
      type: 'done',
      intent: 'receipt.post',
      ask: ask(three),
      answer: answer(['tx-1', 'tx-3']),
      version,
    } as const
    after(batch(three), done).owes(
      { command: { type: 'stock.confirmHold', orderRef: `till/${STORE}/${TILL}/tx-1`, quantity: 1 } },
      { command: { type: 'stock.confirmHold', orderRef: `till/${STORE}/${TILL}/tx-3`, quantity: 1 } },
    )
  })
})

describe('a receipt the ERP does not take', () => {
  const taken = after(batch(three))
  const version = taken.state.flights[0]!.version
  const refused = [{ txId: 'tx-2', code: 'odoo.sku_unknown', message: 'no such SKU' }]
  const done = {
    type: 'done',
    intent: 'receipt.post',
    ask: ask(three),
    answer: answer(['tx-1', 'tx-3'], refused),
    version,
  } as const

  it('is sent alone and becomes a case of its own; the others are posted', () => {
    const aside = after(batch(three), done)
    aside.then({ type: 'receipt.posted' }, { type: 'receipt.setAside', code: 'odoo.sku_unknown' })
    expect(aside.state.held).toMatchObject([{ receipt: { txId: 'tx-2' } }])
    expect(aside.state.days[0]).toMatchObject({ posted: 2, pending: 1 })
  })

  it('is posted once it is mended, and the day of it closed again when it was closed', () => {
    const z = records([zOf(three)], { first: 4 })
    const aside = after(batch([...three, ...z]), done)
    const alone = aside.state.flights[0]!.version
    const fault = { kind: 'rejected', code: 'odoo.sku_unknown', message: 'no such SKU' }
    const failed = { type: 'failed', intent: 'receipt.post', version: alone, fault } as const
    const sent = [three[1]!]
    const mended = {
      type: 'done',
      intent: 'receipt.post',
      ask: ask(sent),
      answer: answer(['tx-2']),
      version: alone,
    } as const
    const end = after(batch([...three, ...z]), done, failed, mended)
    end.then({ type: 'receipt.posted' }, { type: 'session.closing', cash: null })
    expect(end.state.held).toEqual([])
    expect(end.state.days[0]).toMatchObject({ posted: 3, pending: 0 })
  })

  it('is sent again by a person', () => {
    const fault = { kind: 'rejected', code: 'odoo.register_unknown', message: 'no such register' }
    const failed = { type: 'failed', intent: 'receipt.post', version, fault } as const
    const held = after(batch(three), failed)
    expect(held.state.held).toHaveLength(3)
    expect(held.state.days[0]).toMatchObject({ pending: 0 })
    after(batch(three), failed, { type: 'till.retry' }).owes(
      { type: 'receipt.post' },
      { type: 'receipt.post' },
      { type: 'receipt.post' },
    )
    after(batch(three), { type: 'till.retry' }).refused('nothing_to_retry')
  })
})

it('a store the policy does not know is refused, and its records asked for again', () => {
  given(till).on('till/elsewhere/till-1').under(storePolicy()).when(batch(three)).refused('store_unknown')
})

it('a receipt without a sequence counts once', () => {
  const [receipt] = ask(three).receipts
  const told = { type: 'till.receipt', receipt: receipt!, at: AT } as const
  after(told).then({ type: 'till.heard' }, { type: 'till.receiptTaken' })
  after(told, told).thenNothing()
  after(told, { type: 'till.endDay', businessDate: '2026-11-20' }).then(
    { type: 'till.dayEnded' },
    { type: 'session.closing' },
  )
})
