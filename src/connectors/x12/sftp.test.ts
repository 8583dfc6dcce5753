/** The same partner on a server of its own: a real SFTP session, its host key, and connections that break. */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realIo } from '../../io.ts'
import { localFiles } from '../kit/files.ts'
import { x12 } from './index.ts'
import { createPartner } from './simulator/index.ts'
import { serveSftp, type SftpServer } from '../kit/simulator-sftp.ts'
import { answer, readAll, START } from '../kit/testing.ts'
import { askFor } from './testing.ts'

let server: SftpServer
let root: string
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'crossdock-sftp-'))
  for (const folder of ['out', 'in']) mkdirSync(join(root, folder))
  server = await serveSftp(root, 'retailer', 'right')
})
afterEach(() => server.close())

function connected(change: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-x12-'))
  const { port, hostKey } = server
  const config = x12.config.parse({
    folder,
    warehouse: 'EDI',
    us: { id: 'RETAILER' },
    them: { id: 'WAREHOUSE' },
    channels: { shop: 'S' },
    sftp: { host: '127.0.0.1', port, user: 'retailer', password: 'env:PASSWORD', hostKey, ...change },
  })
  const io = realIo({ now: () => START, secret: () => 'right' })
  const partner = createPartner(config, localFiles(root), io)
  return { config, partner, connection: x12.open(config, { name: 'edi-main', io }), folder }
}

test('an order goes out, its answer and its parcel come in, and files move to the archive there', async () => {
  const { connection, partner, folder } = connected()
  await answer(connection, 'warehouseOrder.ensure', askFor())
  await partner.work()
  await partner.ship('S-1001', 'SH1', [{ sku: 'MUG', ordered: 3, left: 3 }])
  const { readings } = await readAll(connection.feeds['files'])
  expect(readings.map(({ topic }) => topic).sort()).toEqual(['945', '997'])
  expect((await localFiles(root).list('in/archive')).map(({ name }) => name)).toEqual(['945-2.edi', '997-1.edi'])
  expect(await localFiles(folder).list('out')).toEqual([])
  await partner.work()
  expect(partner.beliefs()).toMatchObject({ numbers: [1, 2], acknowledged: ['2'], doubles: 0, wrong: [] })
})

test('a server with another host key, or that refuses us, is told nothing', async () => {
  const stranger = connected({ hostKey: `SHA256:${'A'.repeat(43)}` })
  await expect(answer(stranger.connection, 'warehouseOrder.ensure', askFor())).rejects.toMatchObject({
    kind: 'unauthorised',
    code: 'x12.host_key',
  })
  const nobody = connected({ user: 'nobody' })
  await expect(answer(nobody.connection, 'warehouseOrder.ensure', askFor())).rejects.toMatchObject({
    kind: 'unauthorised',
    code: 'x12.sftp_login',
  })
  expect(await localFiles(root).list('out')).toEqual([])
})

test('a session that breaks anywhere leaves no half file, and the repeat hands the same number over', async () => {
  for (let requests = 0; requests < 30; requests += 1) {
    const { connection, partner } = connected()
    server.breakAfter(requests)
    const broken = await answer(connection, 'warehouseOrder.ensure', askFor()).then(
      () => false,
      () => true,
    )
    server.breakAfter(Infinity)
    await answer(connection, 'warehouseOrder.ensure', askFor())
    await partner.work()
    expect(partner.beliefs(), `broken after ${requests}`).toMatchObject({ numbers: [1], wrong: [] })
    if (!broken) return expect(requests).toBeGreaterThan(2)
  }
  throw new Error('More requests than the test goes through.')
})
