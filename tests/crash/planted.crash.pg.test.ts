/**
 * The crash matrix finds bugs that only the death of a process shows. Each goes into a copy of the sources, whose hub
 * is killed where it matters. One here; `CROSSDOCK_PLANTED=all` takes them all.
 */
import { type ExecFileException, execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { CRASH_BUGS, type CrashBug } from './planted.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const CHOSEN = process.env['CROSSDOCK_PLANTED'] === 'all' ? CRASH_BUGS : CRASH_BUGS.slice(0, 1)

/** A copy of the sources with the bug in it, gone at the end of the test. */
function plant({ file, find, replace }: CrashBug): string {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-crash-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['src', 'package.json', 'tsconfig.json'])
    cpSync(join(PROJECT, name), join(folder, name), { recursive: true })
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
  const path = join(folder, file)
  const parts = readFileSync(path, 'utf8').split(find)
  expect(parts.length - 1, `'${find}' stands once in ${file}; when it has changed, plant the bug in the new line`).toBe(1) // prettier-ignore
  writeFileSync(path, parts.join(replace))
  return folder
}

test('every planted bug still has its place', () => {
  for (const { file, find } of CRASH_BUGS)
    expect(readFileSync(join(PROJECT, file), 'utf8').split(find).length - 1, `'${find}' in ${file}`).toBe(1)
})

test.each(CHOSEN)('found: $name', { timeout: 300_000 }, async (bug) => {
  const folder = plant(bug)
  const { url } = await freshDatabase()
  const options = ['crash', '--points', bug.points, '--database', url, '--shoppers', '4', '--thorough', '--json']
  const { code, out, said } = await new Promise<{ code: unknown; out: string; said: string }>((resolve) => {
    execFile(process.execPath, ['src/main.ts', ...options], { cwd: folder }, (error: ExecFileException | null, out, said) => {
      resolve({ code: error ? error.code : 0, out, said })
    }) // prettier-ignore
  })
  // A bug that keeps the program from running proves nothing.
  expect(out, said).toMatch(/^\{/)
  expect(code, `not found: ${bug.why}`).toBe(1)
  expect((JSON.parse(out) as { harmed: number }).harmed, said).toBeGreaterThan(0)
})
