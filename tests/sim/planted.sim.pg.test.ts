/**
 * Every planted bug is found by the simulated world, and the code without it is not. Each bug goes into a copy of the
 * sources, which a process of its own lives through until the first broken day.
 */
import { type ExecFileException, execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { PLANTED, type PlantedBug } from './planted.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const NODE = join(PROJECT, 'node_modules/.bin/node')
/** Small days: fewer people find the same bugs sooner. */
const SHOPPERS = 12
/** Ends a world that hangs, before the test's own limit leaves its process behind. */
const LIMIT_MS = 600_000
/** Of days, at most. */
const STRETCH = 10

/** The sources as they were when the tests began, whatever is edited meanwhile. */
let sources = ''
beforeAll(() => {
  sources = copyOf(PROJECT)
})
afterAll(() => rmSync(sources, { recursive: true, force: true }))

function copyOf(project: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-planted-'))
  for (const name of ['src', 'package.json', 'tsconfig.json'])
    cpSync(join(project, name), join(folder, name), { recursive: true })
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** A copy with the bug in it, gone at the end of the test. */
function plant({ file, find, replace }: PlantedBug): string {
  const folder = copyOf(sources)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, file)
  const parts = readFileSync(path, 'utf8').split(find)
  expect(
    parts.length - 1,
    `'${find}' stands once in ${file}; when that line has changed, plant the bug in the new one`,
  ).toBe(1)
  writeFileSync(path, parts.join(replace))
  return folder
}

interface Lived {
  seeds: number
  broken: number
  findings: string
}

/** Lives through the days in a process of its own, up to the first broken one. */
async function live(folder: string, [from, count]: readonly [number, number], storm = false): Promise<Lived> {
  const { url } = await freshDatabase()
  const days = storm ? ['storm'] : ['sim', '--shoppers', `${SHOPPERS}`]
  const options = [...days, '--from', `${from}`, '--seeds', `${count}`, '--stop', '--json']
  const settings = { cwd: folder, env: { ...process.env, DATABASE_URL: url }, timeout: LIMIT_MS }
  const { code, out, said } = await new Promise<{ code: unknown; out: string; said: string }>((resolve) => {
    execFile(NODE, ['src/main.ts', ...options], settings, (error: ExecFileException | null, out, said) => {
      resolve({ code: error ? error.code : 0, out, said })
    })
  })
  // A bug that keeps the program from running proves nothing.
  expect(code, said).toBeOneOf([0, 1])
  expect(out, said).toMatch(/^\{/)
  // The storm says so by its exit code alone.
  return { broken: Number(code), ...(JSON.parse(out) as { seeds: number }), findings: said }
}

/**
 * The days any bug is looked for in, each once: first day and number of days, of every stretch that one process lives
 * through.
 */
function daysUsed(): [number, number][] {
  const used = PLANTED.filter(({ storm }) => !storm).flatMap(({ seeds: [from, count] }) =>
    Array.from({ length: count }, (_, index) => from + index),
  )
  const stretches: [number, number][] = []
  for (const day of [...new Set(used)].sort((a, b) => a - b)) {
    const last = stretches.at(-1)
    if (last && last[1] < STRETCH && day === last[0] + last[1]) last[1] += 1
    else stretches.push([day, 1])
  }
  return stretches
}

describe('the world finds what is wrong', () => {
  test.each(daysUsed())('the days used here are whole without a bug (%i, %i)', async (...days) => {
    const { broken, findings } = await live(sources, days)
    expect(broken, findings).toBe(0)
  })

  test.each(PLANTED)('$name', async (bug) => {
    const { seeds, broken, findings } = await live(plant(bug), bug.seeds, bug.storm)
    expect(broken, `not found in ${seeds} days from seed ${bug.seeds[0]}: ${bug.why}`).toBe(1)
    expect(findings).toContain('seed ')
  })
})
