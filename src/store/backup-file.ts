/**
 * A backup as a file: gzip over lines of JSON. First a header; then, for each table, a line that names it and its
 * columns, and a line per row; at last a trailer with what must have been there. Every value is PostgreSQL's own text
 * of it, so that bytes and JSON come back as they were, to the byte.
 */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { Migration } from './migrate.ts'

export const FORMAT = 1

export type MigrationMark = Pick<Migration, 'number' | 'name' | 'checksum' | 'compatible'>

export interface Header {
  crossdock: 'backup'
  format: number
  /** The moment whose data it holds, as ISO text in UTC. */
  at: string
  /** PostgreSQL's version. */
  server: string
  migrations: readonly MigrationMark[]
}

export interface TableHead {
  table: string
  columns: readonly string[]
}

export interface TableSum {
  rows: number
  /** Of the lines of its rows, each with its line end. */
  sha256: string
}

export interface Trailer {
  tables: Readonly<Record<string, TableSum>>
  /** Of everything before the trailer. */
  sha256: string
}

export interface Contents {
  header: Header
  tables: Readonly<Record<string, TableSum>>
}

/** What is done with the contents while they are read. Rows are JSON lists of texts and nulls. */
export interface Visitor {
  header?(header: Header): Promise<void>
  table?(head: TableHead): Promise<void>
  rows?(head: TableHead, lines: readonly Buffer[]): Promise<void>
}

const NEWLINE = 0x0a
/** So many bytes of rows are handed on at once; a single row may be larger. */
const CHUNK_BYTES = 1 << 20

/**
 * Reads a backup from its beginning to its end and holds it against its trailer. What the visitor did before a fault
 * was found has to be undone by whoever called.
 *
 * @throws plain errors that name the file: cut off, altered, of another format, or no backup at all.
 */
export async function readBackup(file: string, visitor: Visitor = {}): Promise<Contents> {
  try {
    return await readAll(file, visitor)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new Error(`There is no file ${file}.`, { cause: error })
    if (code?.startsWith('Z_')) {
      const what = code === 'Z_BUF_ERROR' ? 'It is cut off' : 'It is damaged or no backup'
      throw new Error(`${file} cannot be used. ${what} (${message}). Take another backup.`, { cause: error })
    }
    throw error
  }
}

async function readAll(file: string, visitor: Visitor): Promise<Contents> {
  const whole = createHash('sha256')
  const tables: Record<string, TableSum> = {}
  let header: Header | undefined
  let trailer: Trailer | undefined
  let table: { head: TableHead; rows: number; hash: Hash } | undefined
  let held: Buffer[] = []
  let heldBytes = 0
  const handOn = async () => {
    if (table && held.length > 0) await visitor.rows?.(table.head, held)
    held = []
    heldBytes = 0
  }
  const endTable = async () => {
    await handOn()
    if (table) tables[table.head.table] = { rows: table.rows, sha256: table.hash.digest('hex') }
    table = undefined
  }
  await eachLine(file, async (line) => {
    if (trailer) throw refusal(file, 'something stands behind its end')
    if (header && line[0] === 0x5b) {
      if (!table) throw refusal(file, 'a row belongs to no table')
      whole.update(line)
      table.hash.update(line)
      table.rows += 1
      held.push(line)
      heldBytes += line.length
      if (heldBytes >= CHUNK_BYTES) await handOn()
      return
    }
    const said = parsed(file, line)
    if (!header) {
      header = headerOf(file, said)
      await visitor.header?.(header)
    } else if ('table' in said) {
      await endTable()
      table = { head: said as unknown as TableHead, rows: 0, hash: createHash('sha256') }
      if (tables[table.head.table]) throw refusal(file, `table ${table.head.table} is there twice`)
      await visitor.table?.(table.head)
    } else {
      await endTable()
      trailer = said as unknown as Trailer
      return
    }
    whole.update(line)
  })
  if (!header) throw refusal(file, 'it is empty')
  if (!trailer) throw refusal(file, 'its end is missing')
  if (JSON.stringify(trailer.tables) !== JSON.stringify(tables)) throw refusal(file, unequal(trailer.tables, tables))
  if (trailer.sha256 !== whole.digest('hex')) throw refusal(file, 'its checksum differs')
  return { header, tables }
}

const refusal = (file: string, what: string): Error =>
  new Error(`${file} cannot be used: ${what}. It is cut off or altered. Take another backup.`)

function unequal(said: Trailer['tables'] | undefined, found: Trailer['tables']): string {
  for (const [table, { rows }] of Object.entries(found)) {
    const wanted = said?.[table]
    if (wanted?.rows !== rows) return `table ${table} has ${rows} rows where ${wanted?.rows ?? 0} were written`
    if (wanted.sha256 !== found[table]!.sha256) return `the rows of table ${table} differ from what was written`
  }
  return 'a table is missing'
}

function parsed(file: string, line: Buffer): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(line.toString('utf8'))
    if (typeof said === 'object' && said !== null) return said as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw refusal(file, 'a line cannot be read')
}

function headerOf(file: string, said: Record<string, unknown>): Header {
  if (said['crossdock'] !== 'backup') throw new Error(`${file} is no backup of Crossdock.`)
  if (said['format'] !== FORMAT) {
    throw new Error(
      `${file} has format ${JSON.stringify(said['format'])}; this release reads ${FORMAT}. Use the release that made it.`,
    )
  }
  return said as unknown as Header
}

/** Each line with its line end. One that never ended is handed on as well: it cannot be the trailer's. */
async function eachLine(file: string, take: (line: Buffer) => Promise<void>): Promise<void> {
  await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
    let parts: Buffer[] = []
    for await (const chunk of chunks) {
      let from = 0
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        const piece = chunk.subarray(from, end + 1)
        await take(parts.length === 0 ? piece : Buffer.concat([...parts, piece]))
        parts = []
        from = end + 1
      }
      if (from < chunk.length) parts.push(chunk.subarray(from))
    }
    if (parts.length > 0) await take(Buffer.concat(parts))
  })
}
