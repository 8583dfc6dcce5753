/** `crossdock dead` as an operator types it: on the database, beside a hub or without one. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { deadList, deadPage } from '#api/contract-dead.ts'
import { hook, openWorld, settle } from '../dead/world.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

interface Ran {
  code: number
  out: string
  err: string
}

async function operator(bad: readonly unknown[]) {
  const world = await openWorld()
  for (const [n, one] of bad.entries()) await world.receiver.receive('shop', hook(one, `bad-${n}`))
  await settle(world.engine)
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-dead-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'crossdock.yaml')
  writeFileSync(
    file,
    `
database: env:TEST_DATABASE
erp: odoo-main
connections:
  odoo-main:
    connector: odoo
    config: { url: 'http://127.0.0.1:1', database: retail, user: hub@example.com, apiKey: env:ODOO_SECRET }
policy: { channels: {} }
`,
  )
  const env = { ...process.env, TEST_DATABASE: world.database.url, ODOO_SECRET: 'x' }
  const dead = (...args: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      execFile(process.execPath, [MAIN, 'dead', ...args, '--config', file], { env }, (error, out, err) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err })
      })
    })
  return { world, dead }
}

test('lists, shows, assigns, comments and resolves', async () => {
  const { world, dead } = await operator([{}, '{'])
  const listed = await dead('list', '--json')
  expect([listed.code, deadList.parse(JSON.parse(listed.out)).rows.map(({ id }) => id)]).toEqual([0, [2, 1]])
  const plain = await dead('list', '--code', 'not_json')
  expect(plain.out).toMatch(/^2 {6}parse {8}Shop sent order; nobody/)
  expect(plain.out).toContain('→ Look who sends this')
  expect(plain.err).toContain('2 not resolved.')
  expect((await dead('assign', '--id', '1', '--to', 'Ada', '--by', 'Grace')).out).toContain('Ada')
  expect((await dead('comment', '--id', '1', '--text', 'Asked the shop.', '--by', 'Grace')).code).toBe(0)
  expect((await dead('resolve', '--id', '1', '--text', 'A test of theirs.', '--by', 'Grace')).code).toBe(0)
  const shown = await dead('show', '--id', '1', '--json')
  const page = deadPage.parse(JSON.parse(shown.out))
  expect(page.letter).toMatchObject({ state: 'resolved', assignee: 'Ada', proof: 'Grace: A test of theirs.' })
  expect(page.comments.map(({ who, action }) => [who, action])).toEqual([['Grace', 'assigned'], ['Grace', 'commented'], ['Grace', 'resolved']]) // prettier-ignore
  expect((await dead('show', '--id', '1')).out).toContain('Grace resolved: A test of theirs.')
  expect((await dead('show', '--id', '9')).code).toBe(1)
  await settle(world.engine)
})

test('retries many at once, and the hub does what was asked', async () => {
  const { world, dead } = await operator([{}, {}, '{'])
  const many = await dead('retry', '--all', '--code', 'malformed', '--json')
  expect([many.code, JSON.parse(many.out)]).toEqual([0, { found: 2, changed: 2, unchanged: 0, refused: [] }])
  await settle(world.engine)
  const lives = (await world.letters()).map(({ deaths, retries }) => `${deaths} ${retries}`)
  expect(lives).toEqual(['2 1', '2 1', '1 0'])
})

test('refuses in words with a cure, and says how it is used', async () => {
  const { dead } = await operator([{}])
  const edit = await dead('edit', '--id', '1', '--set', '{"/a/b":1}')
  expect([edit.code, edit.err]).toEqual([
    1,
    expect.stringMatching(/^\/a\/b: The path leads to no member[^]*→ Name it as/),
  ])
  const wrong = await dead('bury')
  expect([wrong.code, wrong.err]).toEqual([
    2,
    expect.stringContaining("'bury' is nothing it can do. dead takes one of: list"),
  ])
  expect((await dead('retry')).err).toContain('--id is needed')
  expect((await dead('list', '--state', 'odd')).code).toBe(2)
  expect((await dead('edit', '--id', '1', '--set', 'x')).err).toContain('--set takes JSON')
  const help = await dead('--help')
  expect([help.code, help.out]).toEqual([0, expect.stringContaining('crossdock dead retry --id 12 --latest')])
})
