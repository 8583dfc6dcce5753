/**
 * The disk under PostgreSQL is full under load: webhooks are refused for now, what was acknowledged is there, and once
 * there is room again the hub goes on by itself. The disk is a small one of its own, which only root may mount.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openClock } from '#sim/matrix/clock.ts'
import { startHubProcess } from '#sim/matrix/hub-process.ts'
import { freePort } from '#store/ports.ts'
import { openStage, type Stage } from '#sim/matrix/stage.ts'
import { openDatabase } from '#store/database.ts'
import { startEmbedded } from '#store/embedded.ts'

const ENTRY = fileURLToPath(new URL('../../src/cli/crash-hub.ts', import.meta.url))
/** A new cluster and a database on it take two thirds. */
const SIZE_MB = 160
const PIECE = Buffer.alloc(1 << 20)
/** So many refusals, and there is no doubt what the hub does about a full disk. */
const REFUSALS_MIN = 3

/** A disk of its own, gone at the end of the test; null where this user or this container may not mount one. */
function smallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0711`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch {
    rmSync(folder, { recursive: true })
    console.warn('No small disk can be mounted here: the hub on a full disk was NOT tested. Run as root on Linux.')
    return null
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder])
    rmSync(folder, { recursive: true })
  })
  return folder
}

/** Takes what is left, as often as it is called: PostgreSQL may have given something back. */
function fill(folder: string): void {
  const path = join(folder, 'ballast')
  try {
    for (let piece = PIECE; ;) {
      try {
        appendFileSync(path, piece)
      } catch (error) {
        if (piece.length <= 4_096) throw error
        piece = piece.subarray(0, piece.length / 2)
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

async function aDay(disk: string) {
  const states: string[] = []
  const server = await startEmbedded({ directory: disk, log: () => {}, onState: (state) => states.push(state) })
  onTestFinished(() => server.stop())
  const database = openDatabase(server.url, { max: 2, applicationName: 'test', onError: () => {} })
  onTestFinished(() => database.close())
  const clock = openClock(Date.now, (aheadMs) => hub.forward(aheadMs))
  const port = await freePort()
  const check = () => {
    if (hub.hasEnded()) throw new Error(`The hub ended: ${hub.said().join('\n')}`)
  }
  const stage: Stage = await openStage({ seed: 11, database, clock, shoppers: 8, check, isUp: () => hub.isUp() })
  onTestFinished(() => stage.close())
  const order = { shop: stage.shop, erp: stage.erp, port, directory: disk, database: server.url, alone: true }
  const hub = startHubProcess(ENTRY, { ...order, aheadMs: 0, fatal: null })
  onTestFinished(async () => {
    hub.kill()
    await hub.ended
  })
  await hub.ready
  await stage.open()
  return { stage, hub }
}

test('P26: the disk is full under load, and then there is room again', async () => {
  const disk = smallDisk()
  if (disk === null) return
  const { stage, hub } = await aDay(disk)
  const trading = stage.trade()
  while (stage.acknowledged.size < 8) await pause(5)
  while ((stage.answers['503'] ?? 0) < REFUSALS_MIN) {
    fill(disk)
    // Business goes on: whatever room is left in PostgreSQL's files is used up.
    if (stage.people.buy() === null) stage.people.receive()
    await pause(10)
  }
  truncateSync(join(disk, 'ballast'), 0)
  await trading
  expect(await stage.settle(), hub.said().join('\n')).toEqual([])
  expect(hub.hasEnded()).toBe(false)
})
