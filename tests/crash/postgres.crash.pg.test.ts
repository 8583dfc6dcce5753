/**
 * PostgreSQL itself goes down under load: at once, as when its machine is switched off, and by the hand of a killer.
 * What the hub has acknowledged is there afterwards, and the hub goes on by itself.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { openClock } from '#sim/matrix/clock.ts'
import { startHubProcess } from '#sim/matrix/hub-process.ts'
import { freePort } from '#store/ports.ts'
import { openStage } from '#sim/matrix/stage.ts'
import { openDatabase } from '#store/database.ts'
import { dataFolder, startEmbedded } from '#store/embedded.ts'

const ENTRY = fileURLToPath(new URL('../../src/cli/crash-hub.ts', import.meta.url))

test.each([
  ['SIGQUIT', 'immediate shutdown'],
  ['SIGKILL', 'kill -9 of the postmaster'],
] as const)('P14, P26: PostgreSQL ends by %s (%s) under load', async (signal, _how) => {
  const directory = mkdtempSync(join(tmpdir(), 'crossdock-postgres-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  // Whoever started it brings it back, as the hub does with its own.
  const states: string[] = []
  const server = await startEmbedded({ directory, log: () => {}, onState: (state) => states.push(state) })
  onTestFinished(() => server.stop())
  const database = openDatabase(server.url, { max: 2, applicationName: 'test', onError: () => {} })
  onTestFinished(() => database.close())

  const clock = openClock(Date.now, (aheadMs) => hub.forward(aheadMs))
  const port = await freePort()
  const check = () => {
    if (hub.hasEnded()) throw new Error(`The hub ended: ${hub.said().join('\n')}`)
  }
  const stage = await openStage({ seed: 11, database, clock, shoppers: 12, check, isUp: () => hub.isUp() })
  onTestFinished(() => stage.close())
  const order = { shop: stage.shop, erp: stage.erp, port, directory, database: server.url }
  const hub = startHubProcess(ENTRY, { ...order, alone: true, aheadMs: 0, fatal: null })
  onTestFinished(async () => {
    hub.kill()
    await hub.ended
  })

  await hub.ready
  await stage.open()
  const trading = stage.trade()
  // In the middle of the day: once some news has been taken.
  while (stage.acknowledged.size < 8) await new Promise((resolve) => setTimeout(resolve, 5))
  process.kill(Number(readFileSync(join(dataFolder(directory), 'postmaster.pid'), 'utf8').split('\n')[0]), signal)
  await trading
  expect(await stage.settle(), hub.said().join('\n')).toEqual([])
  expect(states).toEqual(['down', 'up'])
  expect(hub.hasEnded()).toBe(false)
})
