/** What docs/tills.md shows is what the hub takes: its records, its signature, its settings. */
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openTillHub, type TillHub } from '../support/till-hub.ts'

const PAGE = readFileSync(new URL('../../docs/tills.md', import.meta.url), 'utf8')
const JSONL = /```jsonl\n([\s\S]*?)```/.exec(PAGE)![1]!
const SIGNATURE = /crossdock-signature: (\S+)/.exec(PAGE)![1]!

let hub: TillHub
beforeEach(async () => {
  const odoo = "url: 'http://odoo.sim', database: retail, user: hub@example.com, apiKey: test:odoo"
  hub = await openTillHub({ stores: ['berlin-7'], posting: 'none', odoo, fetch: async () => new Response('{}') })
})
afterEach(() => hub.close())

it('the example is taken as it stands, by the signature shown', async () => {
  const answer = await hub.send('berlin-7', JSONL, { 'crossdock-signature': SIGNATURE })
  expect(await answer.json()).toMatchObject({ receipt: 'stored', refused: [], registers: [{ takenTo: 3, asked: [] }] })
  await hub.drain()
  expect((await hub.till('berlin-7', 'till-1')).days).toMatchObject([{ ended: true, differences: [] }])
})
