/** A recorded day decided again with its own policies gives the identical journal: the core is pure. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { dryRun } from '#engine/replay/dry-run.ts'
import { configFor } from '#sim/estate.ts'
import { runWorld } from '#sim/world.ts'
import { freshDatabase } from '../support/database.ts'
import { engineOf, HOSTS } from './support.ts'

test.each([4, 17])('the recorded day %i decided again gives the identical journal, event for event', async (seed) => {
  const database = await freshDatabase()
  const lived = await runWorld(database, { seed, shoppers: 12 })
  const lines: { key: string; line: string }[] = []
  const report = await dryRun(engineOf(database, configFor(HOSTS)), { from: '2026-01-01T00:00Z' }, {
    policy: 'recorded',
    onEvent({ stream, version, type, data }, at) {
      const seconds = `${Math.floor(Date.parse(at) / 1_000)}.${at.slice(20, 23)}000`
      const key = `${stream} ${String(version).padStart(9, '0')}`
      lines.push({ key, line: `${stream} ${version} ${type} ${data} ${seconds}` })
    },
  }) // prettier-ignore
  expect(report).toMatchObject({ identical: true, streams: 0, more: 0, findings: [] })
  // What nobody could read that day is what nobody can read now.
  const dead = await database.query<{ inbox: number }>(`select id as inbox from inbox where state = 'dead' order by id`)
  expect(report.dead.count).toBe(dead.length)
  expect(report.dead.first).toMatchObject(dead)
  expect(report.answers.unfit).toBe(0)
  expect(report.events.recorded).toBeGreaterThan(150)
  // The very hash that the world computes over its journal in the database.
  const hash = createHash('sha256')
  for (const { line } of lines.sort((a, b) => (a.key < b.key ? -1 : 1))) hash.update(line).update('\n')
  expect(hash.digest('hex')).toBe(lived.journal)
})
