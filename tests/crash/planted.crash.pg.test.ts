/**
 * The crash matrix finds bugs that only the death of a process shows. Each goes into a copy of the sources, whose hub
 * is killed where it matters. The first one always; CROSSDOCK_PLANTED takes `all`, or those whose name contains it.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { performRun } from '#sim/matrix/run.ts'
import { harmOf } from '#sim/matrix/verdict.ts'
import { expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { CRASH_BUGS, type CrashBug } from './planted.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const wanted = process.env['CROSSDOCK_PLANTED'] ?? ''
const isChosen = ({ name }: CrashBug) => wanted === 'all' || name.includes(wanted)
const CHOSEN = wanted === '' ? CRASH_BUGS.slice(0, 1) : CRASH_BUGS.filter(isChosen)

/** A copy of the sources with the bug in it, gone at the end of the test. */
function plant({ edits }: CrashBug): string {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-crash-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['src', 'package.json']) cpSync(join(PROJECT, name), join(folder, name), { recursive: true })
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
  for (const { file, find, replace } of edits) {
    const path = join(folder, file)
    writeFileSync(path, readFileSync(path, 'utf8').split(find).join(replace))
  }
  return folder
}

test('every planted bug still has its place', () => {
  for (const { file, find } of CRASH_BUGS.flatMap(({ edits }) => edits))
    expect(readFileSync(join(PROJECT, file), 'utf8').split(find).length - 1, `'${find}' in ${file}`).toBe(1)
})

test.each(CHOSEN)('found: $name', async (bug) => {
  const entry = join(plant(bug), 'src/cli/crash-hub.ts')
  const database = await freshDatabase()
  const { fatals, why, harm } = bug
  const report = await performRun({ seed: 7, fatals }, { entry, database, alone: true, shoppers: 6, now: Date.now })
  // A bug that keeps the program from running, or from coming by, proves nothing.
  expect(report.deaths, report.findings.join('\n')).toBeGreaterThan(0)
  expect(report.findings.map(harmOf), `not found: ${why} ${report.findings.join('\n')}`).toContain(harm)
})
