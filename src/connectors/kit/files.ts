/** A place where partners leave files for each other: a folder here, or one on their server. The way out for files. */
import { createReadStream } from 'node:fs'
import { link, mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface FoundFile {
  name: string
  sizeBytes: number
  /** Milliseconds since 1970-01-01 UTC, by the clock of the place. */
  changedMs: number
}

/** Paths are relative to the place, with `/`. */
export interface Files {
  /** Files of a folder, by name; none when the folder is not there. */
  list(folder: string): Promise<FoundFile[]>
  /** null when it is not there. */
  read(path: string): Promise<string | null>
  /** As they are, piece by piece. Fails when it is not there. */
  bytes(path: string): AsyncIterable<Uint8Array>
  /** Whoever lists the folder sees all of it or nothing. What was there is replaced. */
  write(path: string, text: string): Promise<void>
  /** Nothing happens when it is gone. */
  move(from: string, to: string): Promise<void>
}

/** What several processes of one hub agree by. */
export interface Ledger extends Files {
  /** @returns false when there is such a file already: then nothing was written. */
  claim(path: string, text: string): Promise<boolean>
  /** The file, or the folder with all that is in it, is there no more. */
  clear(path: string): Promise<void>
}

let written = 0

/** A folder of this machine, or one that all processes of the hub have mounted. */
export function localFiles(root: string): Ledger {
  const temporary = async (path: string, text: string): Promise<string> => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    const name = join(root, `${path}.${process.pid}-${(written += 1)}.tmp`)
    await writeFile(name, text, { flush: true })
    return name
  }
  return {
    async list(folder) {
      const names = await readdir(join(root, folder), { withFileTypes: true }).catch(unlessMissing([]))
      const found = await Promise.all(
        names
          .filter((one) => one.isFile())
          .map(async ({ name }) => {
            const about = await stat(join(root, folder, name)).catch(unlessMissing(null))
            return about ? [{ name, sizeBytes: about.size, changedMs: about.mtimeMs }] : []
          }),
      )
      return found.flat().sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    read: (path) => readFile(join(root, path), 'utf8').catch(unlessMissing(null)),
    bytes: (path) => createReadStream(join(root, path)) as AsyncIterable<Uint8Array>,
    async write(path, text) {
      await rename(await temporary(path, text), join(root, path))
    },
    async move(from, to) {
      await mkdir(dirname(join(root, to)), { recursive: true })
      await rename(join(root, from), join(root, to)).catch(unlessMissing(undefined))
    },
    clear: (path) => rm(join(root, path), { recursive: true, force: true }),
    async claim(path, text) {
      const name = await temporary(path, text)
      try {
        await link(name, join(root, path))
        return true
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        return false
      } finally {
        await unlink(name)
      }
    },
  }
}

const unlessMissing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code !== 'ENOENT') throw error
    return instead
  }
