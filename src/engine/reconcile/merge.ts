/**
 * Walks two sorted sides at once and gives what may differ, a block at a time. Holds one page of each side and what may
 * differ of one block. Can be taken up again at the position of any block: pages are read again, and what was compared
 * is passed over.
 */
import type { Json } from '#canon/json.ts'
import type { CensusPage, CensusRecord } from '#connectors/kit/reader.ts'
import { Fault } from '../../fault.ts'
import type { Group } from './judge.ts'

/** How far one side has been read. `cursor`: of the page that holds the next record. */
export interface SidePosition {
  cursor: Json | null
  done: boolean
  read: number
}

export interface Position {
  left: SidePosition
  right: SidePosition
  /** Every key up to this one has been compared. */
  after: string | null
}

export interface Block {
  suspects: Group[]
  position: Position
}

export interface Merged {
  read: { left(cursor: Json | null): Promise<CensusPage>; right(cursor: Json | null): Promise<CensusPage> }
  isSuspect(group: Group): boolean
  /** Records of both sides per block, about. */
  blockSize: number
}

export async function* merge({ read, isSuspect, blockSize }: Merged, from: Position): AsyncGenerator<Block> {
  let after = from.after
  const left = openWalk(from.left, read.left)
  const right = openWalk(from.right, read.right)
  for (;;) {
    const suspects: Group[] = []
    const goal = left.position().read + right.position().read + blockSize
    while (left.position().read + right.position().read < goal) {
      if (left.isEmpty()) await left.load(after)
      if (right.isEmpty()) await right.load(after)
      const key = smaller(left.key(), right.key())
      if (key === null) break
      const group = { key, left: await left.take(key, after), right: await right.take(key, after) }
      if (isSuspect(group)) suspects.push(group)
      after = key
    }
    yield { suspects, position: { left: left.position(), right: right.position(), after } }
    if (left.position().done && right.position().done) return
  }
}

const smaller = (a: string | null, b: string | null): string | null => (a === null ? b : b === null || a < b ? a : b)

/** One side on its way. */
function openWalk(from: SidePosition, readPage: (cursor: Json | null) => Promise<CensusPage>) {
  let page: CensusRecord[] = []
  let at = 0
  let { cursor, read } = from
  let next = from.cursor
  let more = !from.done
  let last: string | null = null

  const isEmpty = () => at >= page.length && more

  async function load(after: string | null): Promise<void> {
    while (isEmpty()) {
      cursor = next
      const fresh = await readPage(cursor)
      for (const { key } of fresh.records) {
        if (last !== null && key < last) throw notSorted(last, key)
        last = key
      }
      page = after === null ? fresh.records : fresh.records.filter(({ key }) => key > after)
      at = 0
      next = fresh.cursor
      more = fresh.more
    }
  }

  return {
    isEmpty,
    load,
    key: (): string | null => page[at]?.key ?? null,
    async take(key: string, after: string | null): Promise<CensusRecord[]> {
      const taken: CensusRecord[] = []
      while (page[at]?.key === key) {
        taken.push(page[at]!)
        at += 1
        read += 1
        // A key may go on over the end of a page.
        if (isEmpty()) await load(after)
      }
      return taken
    },
    position: (): SidePosition =>
      at < page.length ? { cursor, done: false, read } : { cursor: next, done: !more, read },
  }
}

const notSorted = (before: string, key: string): Fault =>
  new Fault('malformed', `A reader that promised sorted keys gave '${key}' after '${before}'.`, {
    code: 'reconcile.not_sorted',
  })
