/** Writes the generated files, or with --check says which of them no longer say what the code says. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GENERATED, type Generated } from './generate/registry.ts'
import { root } from './tree.ts'

export interface Drift {
  path: string
  /** What the file should be. */
  content: string
  /** First line that differs, counted from 1; null when there is no such file. */
  line: number | null
}

/** The files that are not what they should be. */
export async function drift(files: readonly Generated[], readFile = onDisk): Promise<Drift[]> {
  const found: Drift[] = []
  for (const { path, content } of files) {
    const wanted = await content()
    const present = readFile(path)
    if (present !== wanted) {
      found.push({ path, content: wanted, line: present === null ? null : firstDifference(present, wanted) })
    }
  }
  return found
}

function onDisk(path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return null
  }
}

function firstDifference(present: string, wanted: string): number {
  const lines = wanted.split('\n')
  const at = present.split('\n').findIndex((line, index) => line !== lines[index])
  return (at === -1 ? present.split('\n').length : at) + 1
}

async function main(check: boolean): Promise<number> {
  const found = await drift(GENERATED)
  for (const { path, content, line } of found) {
    if (check) {
      process.stdout.write(line === null ? `${path} is missing\n` : `${path} has drifted, first at line ${line}\n`)
      continue
    }
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
    process.stdout.write(`${path} written\n`)
  }
  if (!check || found.length === 0) return 0
  process.stdout.write('\nThey are written from the code. Run `npx node tools/generate.ts` and look at what changed.\n')
  return 1
}

if (import.meta.main) process.exitCode = await main(process.argv.includes('--check'))
