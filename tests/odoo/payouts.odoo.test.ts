/**
 * A payout in a real Odoo: posted entries that balance, one for each month, once. Needs the variables named in
 * `server.ts`; without them it says so and passes.
 */
import { beforeAll, expect, test } from 'vitest'
import { answer, fault } from '#connectors/kit/testing.ts'
import { odoo } from '#connectors/odoo/index.ts'
import type { Ask } from '#core/intents.ts'
import { entriesOf } from '#core/payout/booking.ts'
import { realIo } from '../../src/io.ts'
import { accessOf, openServer, type OdooServer, runName } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'payouts in a real Odoo',
  'the payouts in a real Odoo are left out without one',
  'tests/odoo/payouts.odoo.test.ts',
  journeys,
)

const ACCOUNTS = { transit: '101420', takings: '101410', fees: '601410', disputes: '601420', other: '601430', unknown: '101490' } // prettier-ignore
const RULES = { from: '2026-01-01', journal: 'MISC', accounts: ACCOUNTS }
const usd = (amount: number) => ({ amount, currency: 'USD' })

function journeys(): void {
  const access = accessOf()
  const { url, database, user, key } = access.hub
  const connection = odoo.open(odoo.config.parse({ url, database, user, apiKey: 'test:key' }), {
    name: 'odoo',
    io: realIo({ secret: () => key }),
  })
  let server: OdooServer
  beforeAll(async () => {
    server = await openServer(access.admin)
    for (const code of Object.values(ACCOUNTS)) {
      const [known] = await server.rpc.search('account.account', [['code', '=', code]], ['code'])
      const values = { code, name: `Payouts ${code}`, account_type: code.startsWith('6') ? 'expense' : 'asset_current' }
      if (!known) await server.rpc.call('account.account', 'create', [values])
    }
  }, LONG_MS)

  /** Codes and cents. */
  async function booked(payoutId: string) {
    const moves = await server.rpc.search(
      'account.move', [['ref', 'like', `[crossdock:payout:amazon:${payoutId}:`]], ['state', 'date', 'name', 'amount_total'],
    ) // prettier-ignore
    const items = await server.rpc.search(
      'account.move.line', [['move_id', 'in', moves.map(({ id }) => id)]], ['move_id', 'account_id', 'balance', 'name'],
    ) // prettier-ignore
    const accounts = await server.rpc.search('account.account', [['code', 'in', Object.values(ACCOUNTS)]], ['code'])
    const codeOf = (id: unknown) => accounts.find((one) => one.id === id)?.['code']
    return moves.map((move) => ({
      state: move['state'],
      date: move['date'],
      items: items
        .filter((item) => item['move_id'] === move.id)
        .map((item) => [codeOf(item['account_id']), Math.round(Number(item['balance']) * 100)]),
    }))
  }

  const askOf = (payoutId: string): Ask<'payout.book'> => {
    const line = (lineId: string, net: number, month: string, head: 'principal' | 'commission' | 'tax', odd = false) => ({
      lineId, kind: odd ? ('unknown' as const) : ('charge' as const), type: odd ? 'NEW_WORD' : 'Order', net: usd(net),
      fee: usd(0), head, month,
    }) // prettier-ignore
    const lines = [
      line('1', 10_000, '2026-09', 'principal'),
      line('2', 825, '2026-09', 'tax'),
      line('3', -1_523, '2026-09', 'commission'),
      line('4', 3_333, '2026-10', 'principal'),
      line('5', -7, '2026-10', 'commission', true),
    ]
    const net = usd(lines.reduce((sum, one) => sum + one.net.amount, 0))
    const seen = { status: 'paid' as const, issuedAt: '2026-10-14T08:00:00.000Z', net, lines, closes: '2026-10' }
    return { provider: 'amazon', payoutId, journal: RULES.journal, entries: entriesOf(seen, RULES) }
  }

  test('each month is a posted entry to the cent, however often asked', async () => {
    const ask = askOf(runName())
    const first = await answer(connection, 'payout.book', ask)
    expect(await answer(connection, 'payout.book', ask)).toEqual(first)
    const entries = await booked(ask.payoutId)
    expect(entries.map(({ state, date }) => [state, date]).toSorted()).toEqual([
      ['posted', '2026-09-30'],
      ['posted', '2026-10-14'],
    ])
    const september = entries.find(({ date }) => date === '2026-09-30')!
    expect(september.items.toSorted()).toEqual(
      [['101410', -10_000], ['101410', -825], ['101420', 9_302], ['601410', 1_523]].toSorted(),
    ) // prettier-ignore
    const october = entries.find(({ date }) => date === '2026-10-14')!
    expect(october.items.toSorted()).toEqual([['101410', -3_333], ['101420', 3_326], ['101490', 7]].toSorted()) // prettier-ignore
  })

  test('asked again by two at the same time it stands once', async () => {
    const ask = askOf(runName())
    await answer(connection, 'payout.book', ask)
    await Promise.all([answer(connection, 'payout.book', ask), answer(connection, 'payout.book', ask)])
    expect(await booked(ask.payoutId)).toHaveLength(2)
  })

  test('nothing is booked on an account or in a journal that is not there, or in another currency', async () => {
    const ask = askOf(runName())
    expect(await fault(connection, 'payout.book', { ...ask, journal: 'NOPE' })).toMatchObject({
      code: 'odoo.journal_unknown',
    })
    const [first, ...rest] = ask.entries
    const odd = (change: object) => ({
      ...ask, entries: [{ ...first!, items: first!.items.map((item) => ({ ...item, ...change })) }, ...rest],
    }) // prettier-ignore
    expect(await fault(connection, 'payout.book', odd({ account: '000000' }))).toMatchObject({
      code: 'odoo.account_unknown',
    })
    expect(
      await fault(connection, 'payout.book', odd({ amount: { amount: 1, currency: 'EUR' } })),
    ).toMatchObject({ code: 'odoo.payout_currency' }) // prettier-ignore
    expect(await booked(ask.payoutId)).toEqual([])
  })
}
