/** What the API says of reconciliation: every comparison there is, its runs, and findings page by page. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findingList, reconciliationList } from '#api/contract-reconcile.ts'
import { storeFindings } from '#store/reconcile-findings.ts'
import { beginRun } from '#store/reconcile.ts'
import { type Doors, openDoors } from '../fuzz/doors.ts'
import { CHANNEL } from '../fuzz/estate.ts'

const AT = '2026-11-27T10:00:00.000Z'

let doors: Doors
beforeAll(async () => {
  doors = await openDoors()
})
afterAll(() => doors.close())

const get = async (path: string) => (await fetch(`${doors.server.url}${path}`)).json()

test('lists every comparison, and findings newest first with what to do', async () => {
  const definition = `orders/${CHANNEL}`
  const lease = { owner: 'one', leaseUntil: AT }
  const run = await beginRun(doors.database, { definition, streamed: false, mends: false, since: AT, at: AT, ...lease })
  const finding = { kind: 'missed', field: '', ours: null, theirs: null, stream: null, cure: 'Look for it.' }
  const found = ['a', 'b', 'c'].map((key) => ({ ...finding, key }))
  await storeFindings(doors.database, { definition, run: run!.id, at: AT }, found)

  const { rows } = reconciliationList.parse(await get('/api/reconcile'))
  expect(rows.map(({ name }) => name.split('/')[0])).toEqual(
    expect.arrayContaining(['orders', 'sales', 'stock', 'warehouse', 'products', 'fulfilments']),
  )
  const own = rows.find(({ name }) => name === definition)
  expect(own).toMatchObject({ open: 3, openByKind: { missed: 3 }, runs: [{ id: run!.id, state: 'reading' }] })

  const first = findingList.parse(await get('/api/reconcile/findings?limit=2'))
  expect(first.rows.map(({ message }) => message)).toEqual([
    'c: the channel has it, the hub does not.',
    'b: the channel has it, the hub does not.',
  ])
  expect(first.rows[0]).toMatchObject({ cure: 'Look for it.', state: 'open', firstRun: run!.id })
  const second = findingList.parse(await get(`/api/reconcile/findings?limit=2&cursor=${first.next}`))
  expect([second.rows.map(({ key }) => key), second.next]).toEqual([['a'], null])
  expect(findingList.parse(await get('/api/reconcile/findings?state=resolved')).rows).toEqual([])
  expect((await fetch(`${doors.server.url}/api/reconcile/findings?cursor=x`)).status).toBe(400)
})
