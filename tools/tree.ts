/** The files of the project, as they lie on disk: what git ignores is left out, whether or not there is a git. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const IGNORED = new Set(['node_modules', '.git', '.crossdock', 'dist', 'coverage'])

/** Paths from the root with forward slashes, sorted. */
export function projectFiles(folder = root): string[] {
  const found: string[] = []
  const visit = (below: string) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      if (IGNORED.has(entry.name) || entry.name.endsWith('.log')) continue
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) visit(path)
      else if (entry.isFile()) found.push(path)
    }
  }
  visit('')
  return found.sort()
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')
