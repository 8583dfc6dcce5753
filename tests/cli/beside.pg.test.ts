/** The commands of an operator beside a demo that runs, on its own PostgreSQL: as the documents promise. */
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** A demo that is open for business; stopped and removed when the test is over. @returns its configuration. */
async function openDemo(): Promise<{ file: string; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-beside-'))
  const args = [MAIN, 'demo', '--directory', folder, '--port', '0', '--orders', '5', '--per-minute', '600']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  onTestFinished(async () => {
    child.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true })
  })
  const said: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line)
    if (line.includes('open for business')) return { file: join(folder, 'demo.yaml'), folder }
  }
  throw new Error(`The demo did not open: ${said.join('\n')}`)
}

const run = (args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, out, err) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, out, err })
    })
  })

test('every command that may be used beside a hub is used beside one, with the file the demo leaves', async () => {
  const { file, folder } = await openDemo()
  const backup = join(folder, 'monday.backup')
  const commands: [string[], RegExp][] = [
    [['schedule'], /odoo-main feed:stock/],
    [['dead', 'list'], /0 not resolved/],
    [['shadow'], /No connection is in shadow/],
    [['retention', '--run'], /moved to the archive/],
    [['backfill', 'shopify-main', 'orders', '--from', '2d'], /^Read orders of shopify-main again/],
    [['reconcile', '--only', 'products'], /No differences/],
    [['replay', '--connection', 'odoo-main'], /Nothing was sent or written/],
    [['doctor'], /All \d+ subscriptions stand/],
    [['backup', '--to', backup], /Wrote \d+ rows/],
    [['restore', '--from', backup, '--check'], /is whole/],
  ]
  for (const [args, says] of commands) {
    const { code, out, err } = await run([...args, '--config', file])
    expect({ args, code, err: code === 0 ? '' : err }).toEqual({ args, code: 0, err: '' })
    expect(`${out}${err}`).toMatch(says)
  }
  const refused = await run(['restore', '--from', backup, '--replace', '--config', file])
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toContain('already runs a hub')
})
