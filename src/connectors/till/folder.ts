/**
 * A folder in which stores drop files instead of calling: each is read as an upload and moved to `taken/` by the pass
 * after the one that stored it, so that nothing is moved before it is safe. Whoever may write there is trusted.
 */
import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../fault.ts'
import type { Feed, FeedPage } from '../kit/connector.ts'
import { stored } from './inbound.ts'
import { readLines } from './upload.ts'

const EVERY_MS = 30_000
const FILES_PER_PAGE = 20
const FILE_BYTES_MAX = 16 * 1024 * 1024
/** `<store>.<anything>.jsonl`; a file still being written has another name. */
const NAME = /^([A-Za-z0-9][\w-]{0,62})\..*\.jsonl(\.gz)?$/

export function folderFeed(folder: string, stores: readonly string[]): Feed {
  return {
    everyMs: EVERY_MS,
    async read(cursor) {
      await archive(folder, (cursor as { read?: string[] } | null)?.read ?? [])
      return page(folder, stores)
    },
  }
}

async function archive(folder: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await mkdir(join(folder, 'taken'), { recursive: true })
  for (const name of names) await rename(join(folder, name), join(folder, 'taken', name)).catch(ignoreGone)
}

const ignoreGone = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error
}

async function page(folder: string, stores: readonly string[]): Promise<FeedPage> {
  const found = (await listed(folder)).filter((name) => stores.includes(NAME.exec(name)?.[1] ?? ''))
  const names = found.slice(0, FILES_PER_PAGE)
  const readings: FeedPage['readings'] = []
  const done: string[] = []
  for (const name of names) {
    const store = NAME.exec(name)![1]!
    const { size } = await stat(join(folder, name))
    if (size > FILE_BYTES_MAX || size === 0) continue
    try {
      const { key, topic, body, masked } = stored(store, readLines(await readFile(join(folder, name))))
      const said = JSON.parse(Buffer.from(body).toString('utf8')) as never
      readings.push({ key, topic, body: said, ...(masked ? { masked } : {}) })
      done.push(name)
    } catch (error) {
      // It stays where it is, for a person to look at; the others go on.
      if (!(error instanceof Fault)) throw error
    }
  }
  return { readings, cursor: { read: done }, more: done.length > 0 }
}

async function listed(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => NAME.test(name)).sort()
  } catch (error) {
    throw new Fault('unavailable', `The folder ${folder} cannot be read: ${(error as Error).message}`, {
      code: 'till.folder',
    })
  }
}
