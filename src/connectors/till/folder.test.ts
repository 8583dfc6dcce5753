/** Files dropped by stores: read once, moved when they are safe, and left alone when they are not readable. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openTill } from '../../../tests/support/till.ts'
import { folderFeed } from './folder.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'tills-'))))
afterEach(() => rm(folder, { recursive: true }))

const drop = (name: string, text: string) => writeFile(join(folder, name), text)

it('takes a file, and moves it by the pass after the one that stored it', async () => {
  const till = openTill({ storeId: 'b7', registerId: 'till-1' })
  till.noSale()
  await drop('b7.2026-11-20.jsonl', till.jsonl())
  const feed = folderFeed(folder, ['b7'])
  const first = await feed.read(null)
  expect(first.readings).toMatchObject([{ topic: 'till/batch', body: { store: 'b7' } }])
  expect(await readdir(folder)).toEqual(['b7.2026-11-20.jsonl'])
  // Nobody stored what was read: it is read again under the same name.
  expect((await feed.read(null)).readings).toEqual(first.readings)
  expect((await feed.read(first.cursor)).readings).toEqual([])
  expect(await readdir(folder)).toEqual(['taken'])
  expect(await readdir(join(folder, 'taken'))).toEqual(['b7.2026-11-20.jsonl'])
  expect((await feed.read(first.cursor)).readings).toEqual([])
})

it('leaves what is not readable, of strangers, or still being written', async () => {
  const names = ['b7.broken.jsonl', 'b7.x.jsonl.tmp', 'b7.empty.jsonl', 'paris.x.jsonl']
  for (const name of names) await drop(name, name.includes('empty') ? '' : '[')
  const page = await folderFeed(folder, ['b7']).read(null)
  expect(page).toMatchObject({ readings: [], more: false })
  expect((await readdir(folder)).sort()).toEqual(names.sort())
})

it('says when the folder is not there', async () => {
  await expect(folderFeed(join(folder, 'none'), ['b7']).read(null)).rejects.toMatchObject({ code: 'till.folder' })
})
