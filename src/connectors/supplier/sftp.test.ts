/** The same lists on the supplier's own server: a real SFTP session, and connections that break anywhere. */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Json } from '#canon/json.ts'
import { realIo } from '../../io.ts'
import { serveSftp, type SftpServer } from '../kit/simulator-sftp.ts'
import { createRandom, readAll, START } from '../kit/testing.ts'
import { supplier } from './index.ts'
import { createSupplier } from './simulator/index.ts'
import { configFor, placeAt } from './testing.ts'

let server: SftpServer
let root: string
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'crossdock-sftp-'))
  mkdirSync(join(root, 'in'))
  server = await serveSftp(root, 'retailer', 'right')
})
afterEach(() => server.close())

function connected(change: object = {}) {
  const { port, hostKey } = server
  const sftp = { host: '127.0.0.1', port, user: 'retailer', password: 'env:PASSWORD', hostKey, ...change }
  const config = configFor(mkdtempSync(join(tmpdir(), 'crossdock-supplier-')), { sftp })
  const io = realIo({ now: () => START, secret: () => 'right' })
  const files = placeAt(root, () => START)
  const vendor = createSupplier(config, files, { now: () => START, random: createRandom() })
  return { files, vendor, feed: supplier.open(config, { name: 'acme', io }).feeds['lists']! }
}

test('a list is read, taken, and moved to the archive there; nothing of ours lies there', async () => {
  const { vendor, feed, files } = connected()
  vendor.seed(2_000)
  await vendor.sendWhole()
  const { readings } = await readAll(feed)
  expect(readings).toHaveLength(101)
  expect((await files.list('in/archive')).map(({ name }) => name)).toEqual([expect.stringMatching(/-list-00001\.csv$/)])
  expect([await files.list('known'), await files.list('work'), await files.list('in')]).toEqual([[], [], []])
})

test('a server with another host key is told nothing', async () => {
  const { feed } = connected({ hostKey: `SHA256:${'A'.repeat(43)}` })
  await expect(feed.read(null)).rejects.toMatchObject({ kind: 'unauthorised', code: 'supplier.host_key' })
})

test('a session that breaks anywhere takes the list once all the same', async () => {
  for (let requests = 1; requests < 80; requests += 5) {
    const { vendor, feed, files } = connected()
    vendor.seed(30)
    await vendor.sendWhole()
    server.breakAfter(requests)
    let [rows, broken, cursor]: [number, boolean, Json | null] = [0, false, null]
    for (let page = 0; page < 20; page += 1) {
      const read = await feed.read(cursor).catch(() => null)
      if (!read) {
        broken = true
        server.breakAfter(Infinity)
        continue
      }
      cursor = JSON.parse(JSON.stringify(read.cursor)) as Json
      rows += read.readings.filter(({ topic }) => topic === 'rows').length
      if (!read.more) break
    }
    expect([rows, (await files.list('in')).length], `broken after ${requests}`).toEqual([2, 0])
    if (!broken) return expect(requests).toBeGreaterThan(4)
  }
  throw new Error('More requests than the test goes through.')
})
