/** A payout becomes posted entries that balance, each once, and none before all of it is seen to fit. */
import { expect, test } from 'vitest'
import type { Ask } from '#core/intents.ts'
import { answer, fault } from '../kit/testing.ts'
import { breakAt, estate, LOSSES } from './testing.ts'

const ACCOUNTS = [
  { code: '101', kind: 'asset_current' },
  { code: '102', kind: 'asset_current' },
  { code: '601', kind: 'expense' },
  { code: '121', kind: 'asset_receivable' },
]
const item = (account: string, name: string, amount: number, currency = 'USD') => ({
  role: 'other' as const, account, name, amount: { amount, currency },
}) // prettier-ignore
const entry = (key: string, date: string, currency = 'USD') => ({
  key,
  date,
  items: [
    item('102', 'charge', -10_000, currency),
    item('601', 'fee', 290, currency),
    item('101', 'on its way to the bank', 9_710, currency),
  ],
})
const ASK: Ask<'payout.book'> = {
  provider: 'stripe', payoutId: 'po_1', journal: 'MISC', entries: [entry('2026-10', '2026-10-31'), entry('2026-11', '2026-11-03')],
} // prettier-ignore

test.for([18, 19] as const)('in Odoo %i each month is an entry of its own, however often asked', async (version) => {
  const { connection, sim } = estate({ version, accounts: ACCOUNTS })
  const first = await answer(connection, 'payout.book', ASK)
  expect(first.entries).toEqual(['MISC/2026/00001', 'MISC/2026/00002'])
  expect(await answer(connection, 'payout.book', ASK)).toEqual(first)
  const entries = sim.beliefs().entries
  expect(entries.map(({ date, lines }) => [date, lines])).toEqual([
    ['2026-10-31', [['102', -100], ['601', 2.9], ['101', 97.1]]],
    ['2026-11-03', [['102', -100], ['601', 2.9], ['101', 97.1]]],
  ]) // prettier-ignore
})

test.for(LOSSES)('a repeat after any call with its %s books it once', async (loss) => {
  for (let nth = 1; ; nth += 1) {
    const world = estate({ accounts: ACCOUNTS })
    const was = breakAt(world, nth, loss)
    await answer(world.connection, 'payout.book', ASK).catch(() => null)
    if (!was()) return
    world.network.through = (_, pass) => pass()
    await answer(world.connection, 'payout.book', ASK)
    expect([nth, world.sim.beliefs().entries.map(({ state }) => state)]).toEqual([nth, ['posted', 'posted']])
  }
})

test('one of which the name begins another is not taken for it', async () => {
  const { connection, sim } = estate({ accounts: ACCOUNTS })
  await answer(connection, 'payout.book', { ...ASK, payoutId: 'po_1:2026-10', entries: [entry('all', '2026-11-03')] })
  await answer(connection, 'payout.book', ASK)
  expect(sim.beliefs().entries).toHaveLength(3)
})

test('nothing is booked where something does not fit', async () => {
  const { connection, sim } = estate({ accounts: ACCOUNTS })
  const fine = entry('all', '2026-11-03')
  const odd = (account: string) => ({ ...ASK, entries: [fine, { ...fine, key: 'b', items: [item(account, 'x', 1)] }] })
  for (const account of ['777', '121'])
    expect(await fault(connection, 'payout.book', odd(account))).toMatchObject({ code: 'odoo.account_unknown' })
  expect(await fault(connection, 'payout.book', { ...ASK, journal: 'NONE' })).toMatchObject({
    code: 'odoo.journal_unknown',
  })
  const euros = { ...ASK, entries: [entry('all', '2026-11-03', 'EUR')] }
  expect(await fault(connection, 'payout.book', euros)).toMatchObject({
    kind: 'rejected',
    code: 'odoo.payout_currency',
  })
  expect(sim.beliefs().entries).toEqual([])
})
