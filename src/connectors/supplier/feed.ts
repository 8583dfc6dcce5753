/**
 * Takes a supplier's lists in their order. A list is compared with the book before anything of it is handed in; then
 * its differences go out page by page, and whoever goes on after a crash goes on where the cursor stands. A file is
 * moved in the pass after the one that stored what became of it.
 */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import type { Files, FoundFile, Ledger } from '../kit/files.ts'
import type { Place } from '../kit/place.ts'
import { readBook } from './book.ts'
import type { SupplierConfig } from './config.ts'
import { ListFlaw } from './reader.ts'
import { hashOf, stage, type Staged } from './stage.ts'

const EVERY_MS = 5 * 60_000
/** Names of lists that were taken: what comes once more is not taken again. */
const REMEMBERED = 500

const book = z.object({ id: z.string(), parts: z.int() })
const work = z.object({
  path: z.string(),
  file: z.string(),
  hash: z.string(),
  at: z.string(),
  /** A person let it through. */
  allowed: z.boolean(),
  part: z.int(),
  parts: z.int(),
  bookParts: z.int(),
  rows: z.int(),
  changed: z.int(),
  ended: z.int(),
})
const cursorShape = z.object({
  known: book.nullable(),
  seen: z.array(z.string()),
  work: work.nullable(),
  moves: z.array(z.object({ from: z.string(), to: z.string() })),
  /** Folders of ours that nobody needs any more. */
  clear: z.array(z.string()),
})
type Cursor = z.infer<typeof cursorShape>
type Work = NonNullable<Cursor['work']>

export interface Supplier {
  config: SupplierConfig
  /** What the hub remembers. */
  local: Ledger
  /** Where the supplier leaves its files. */
  place: Place
  now(): number
}

export const listFeed = (supplier: Supplier): Feed => ({
  everyMs: EVERY_MS,
  async read(stored): Promise<FeedPage> {
    const before = cursorShape.safeParse(stored).data ?? { known: null, seen: [], work: null, moves: [], clear: [] }
    const page = before.work && (await handIn(supplier, before, before.work))
    if (page) return page
    return supplier.place(async (files) => {
      for (const { from, to } of before.moves) await files.move(from, to)
      for (const folder of before.clear) await supplier.local.clear(folder)
      const cursor: Cursor = { ...before, moves: [], clear: [] }
      // What lay ready is gone: it is made anew from the file, which was not moved yet.
      const next = before.work ?? (await nextList(supplier, files))
      return next ? begin(supplier, files, cursor, next) : { readings: [], cursor, more: false }
    })
  },
})

/** One part of what lies ready. @returns null when it is not there any more. */
async function handIn({ local, config }: Supplier, cursor: Cursor, now: Work): Promise<FeedPage | null> {
  const { hash, at, part, parts, allowed, path, file } = now
  const text = part < parts ? await local.read(`work/${hash}/${part}`) : '[]'
  if (text === null) return null
  const rows = JSON.parse(text) as Reading['body'][]
  const readings = rows.map((body, index): Reading => {
    const key = `${hash}:${at}:${part}:${index}`
    return { key, topic: 'rows', body: { at, allowed, rows: body } }
  })
  if (part + 1 < parts) return { readings, cursor: { ...cursor, work: { ...now, part: part + 1 } }, more: true }
  const { rows: many, changed, ended, bookParts } = now
  const said = { file, hash, at, whole: config.list === 'whole', rows: many, changed, ended, doubled: false }
  readings.push({ key: `${hash}:${at}:list`, topic: 'list', body: said })
  return {
    readings,
    cursor: {
      known: { id: hash, parts: bookParts },
      seen: [...cursor.seen, seenAs(config, file, hash)].slice(-REMEMBERED),
      work: null,
      moves: [{ from: path, to: `in/archive/${hash}-${file}` }],
      clear: [
        `work/${hash}`,
        `allowed/${hash}`,
        ...(cursor.known && cursor.known.id !== hash ? [`known/${cursor.known.id}`] : []),
      ],
    },
    more: true,
  }
}

/** The same list under another name is another one only where it names all there is: the supplier went back to it. */
const seenAs = ({ list }: SupplierConfig, file: string, hash: string): string =>
  list === 'whole' ? `${hash} ${file}` : hash

interface Next {
  path: string
  file: string
  /** A person let it through, and it had this content then. */
  hash?: string
  allowed: boolean
}

const WAITING = /^([0-9a-f]{16})-(.+)$/

/** What a person let through goes first. Where lists name what changed, nothing goes past one that waits. */
async function nextList({ config, local, now }: Supplier, files: Files): Promise<Next | null> {
  for (const { name } of await files.list('in/waiting')) {
    const [, hash = '', file = ''] = WAITING.exec(name) ?? []
    if (hash !== '' && (await local.read(`allowed/${hash}`)) !== null)
      return { path: `in/waiting/${name}`, file, hash, allowed: true }
    if (hash !== '' && config.list === 'changes') return null
  }
  const all = await files.list('in')
  const found = all.filter(({ name }) => name.endsWith(config.suffix) && !/\.(tmp|part|filepart)$/i.test(name))
  const [first] = config.order === 'time' ? found.toSorted(byTime) : found
  if (!first || now() - first.changedMs < config.settledSeconds * 1_000) return null
  return { path: `in/${first.name}`, file: first.name, allowed: false }
}

const byTime = (a: FoundFile, b: FoundFile): number => a.changedMs - b.changedMs

async function begin(supplier: Supplier, files: Files, cursor: Cursor, next: Next | Work): Promise<FeedPage> {
  const { config, local } = supplier
  const { path, file, allowed } = next
  const at = 'at' in next ? next.at : new Date(supplier.now()).toISOString()
  try {
    const hash = await hashOf(files.bytes(path), config.bounds.bytes)
    if (!('at' in next) && cursor.seen.includes(seenAs(config, file, hash))) return doubled(cursor, next, hash, at)
    if (!('at' in next) && cursor.known?.id === hash) return doubled(cursor, next, hash, at)
    const staged = await staging(supplier, files, cursor, path, hash)
    if (staged.why.length > 0 && !allowed) {
      await local.clear(`known/${hash}`)
      return waits(supplier, cursor, next, { hash, at, why: staged.why })
    }
    const { why: _, ...figures } = staged
    const part = 'part' in next ? next.part : 0
    return {
      readings: [],
      cursor: { ...cursor, work: { path, file, hash, at, allowed, part, ...figures } },
      more: true,
    }
  } catch (error) {
    if (!(error instanceof ListFlaw)) throw error
    return bad(cursor, next, error, at)
  }
}

async function staging(
  { config, local }: Supplier,
  files: Files,
  { known }: Cursor,
  path: string,
  hash: string,
): Promise<Staged> {
  const before = known ? await readBook(local, known.id, known.parts) : new Map<string, string>()
  if (before) return stage(local, hash, files.bytes(path), before, config)
  const message = `What is known of the last list is gone: ${config.folder}/known/${known?.id}. Bring it back.`
  throw new Fault('rejected', message, { code: 'supplier.known_missing' })
}

function doubled(cursor: Cursor, { path, file }: Next, hash: string, at: string): FeedPage {
  const body = { file, hash, at, whole: false, rows: 0, changed: 0, ended: 0, doubled: true }
  const moves = [{ from: path, to: `in/archive/${hash}-${file}` }]
  return { readings: [{ key: `${hash}:${at}:again`, topic: 'list', body }], cursor: { ...cursor, moves }, more: true }
}

function waits(
  { config: { owner } }: Supplier,
  cursor: Cursor,
  { path, file }: Next,
  { hash, at, why }: { hash: string; at: string; why: string[] },
): FeedPage {
  const body = { file, hash, at, why, owner }
  const moves = [{ from: path, to: `in/waiting/${hash}-${file}` }]
  const reading = { key: `${hash}:${at}:waits`, topic: 'waits', body }
  return { readings: [reading], cursor: { ...cursor, moves, clear: [`work/${hash}`] }, more: true }
}

function bad(cursor: Cursor, { path, file }: Next, { message, line, column }: ListFlaw, at: string): FeedPage {
  const body = { file, at, line, column, reason: message }
  const moves = [{ from: path, to: `in/bad/${at.replace(/\W/g, '')}-${file}` }]
  return {
    readings: [{ key: `bad:${file}:${at}`, topic: 'bad', body }],
    cursor: { ...cursor, work: null, moves },
    more: true,
  }
}
