/**
 * The clock of the hub's machine jumps an hour ahead under load, and back, as when somebody corrects it. Nothing is
 * lost or done twice, and nothing waits for the hour that had been shown.
 */
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { openClock } from '#sim/matrix/clock.ts'
import { type HubOrder, startHubProcess } from '#sim/matrix/hub-process.ts'
import { freePort } from '#store/ports.ts'
import { openStage, type Stage } from '#sim/matrix/stage.ts'
import { freshDatabase } from '../support/database.ts'

const ENTRY = fileURLToPath(new URL('../../src/cli/crash-hub.ts', import.meta.url))
const HOUR_MS = 3_600_000

async function day(seed: number) {
  const database = await freshDatabase()
  const jump = { ms: 0 }
  const clock = openClock(Date.now, (aheadMs) => hub.forward(aheadMs + jump.ms))
  const port = await freePort()
  const stage: Stage = await openStage({ seed, database, clock, shoppers: 8, isUp: () => hub.isUp() })
  onTestFinished(() => stage.close())
  const order = { shop: stage.shop, erp: stage.erp, port, directory: '.', database: database.url, alone: true }
  const start = () => startHubProcess(ENTRY, { ...order, aheadMs: clock.aheadMs() + jump.ms, fatal: null } as HubOrder)
  let hub = start()
  const stop = async () => {
    hub.kill()
    await hub.ended
  }
  onTestFinished(stop)
  return {
    database,
    clock,
    stage,
    hub: () => hub,
    async jump(ms: number) {
      jump.ms = ms
      await hub.setClock(clock.aheadMs() + ms)
    },
    async restart() {
      await stop()
      hub = start()
      await hub.ready
    },
  }
}

test('an hour ahead and back again, under load', async () => {
  const { stage, jump, hub, clock } = await day(21)
  await stage.open()
  await jump(HOUR_MS)
  await stage.trade()
  const backAtMs = clock.now()
  await jump(0)
  expect(await stage.settle(), hub().said().join('\n')).toEqual([])
  expect(clock.now() - backAtMs, 'and nobody waited for the hour to come').toBeLessThan(HOUR_MS)
})

test('a hub that is started after the clock was put right', async () => {
  const { stage, jump, restart, hub, clock } = await day(22)
  await stage.open()
  await jump(HOUR_MS)
  await stage.trade()
  hub().kill()
  await hub().ended
  const backAtMs = clock.now()
  await jump(0)
  await restart()
  expect(await stage.settle(), hub().said().join('\n')).toEqual([])
  expect(clock.now() - backAtMs, 'and nobody waited for the hour to come').toBeLessThan(HOUR_MS)
})
