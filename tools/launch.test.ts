/**
 * The launcher stands aside: signals reach the hub once, its exit code comes back, and it never outlives the launcher.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'

/** Says what reached it so far; leaves with 7 when told something, and after SIGTERM. */
const HUB = `
let seen = []
for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => {
    seen.push(name)
    process.stdout.write(seen.join() + '\\n', () => { if (name === 'SIGTERM') process.exit(7) })
  })
}
process.stdin.on('data', () => process.exit(7))
setInterval(() => {}, 1000)
console.log('ready')
`

async function launched() {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-launch-'))
  const hub = join(folder, 'hub.mjs')
  writeFileSync(hub, HUB)
  const run = new URL('../bin/launch/run.mjs', import.meta.url).href
  const start = `const { handOver } = await import('${run}'); process.exitCode = await handOver(process.execPath, ['${hub}'])`
  const launcher = spawn(process.execPath, ['--input-type=module', '-e', start], { stdio: 'pipe', detached: true })
  onTestFinished(() => {
    launcher.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })
  const lines = createInterface(launcher.stdout)[Symbol.asyncIterator]()
  const next = async () => (await lines.next()).value
  expect(await next()).toBe('ready')
  return { launcher, next }
}

it('passes Ctrl-C on once, although it reaches the whole group and is repeated by npm', async () => {
  const { launcher, next } = await launched()
  process.kill(-launcher.pid!, 'SIGINT')
  launcher.kill('SIGINT')
  expect(await next()).toBe('SIGINT')
  launcher.kill('SIGTERM')
  expect(await next()).toBe('SIGINT,SIGTERM')
})

it('ends with the exit code of the hub', async () => {
  const { launcher } = await launched()
  launcher.stdin.write('leave')
  expect(await once(launcher, 'exit')).toEqual([7, null])
})

it('stops the hub in order when it is killed itself', async () => {
  const { launcher, next } = await launched()
  launcher.kill('SIGKILL')
  expect(await next()).toBe('SIGTERM')
})
