/**
 * A real hub is killed at some of the places it can die, and nothing is lost and nothing happens twice. The whole
 * matrix is `npx crossdock crash`; here are the places where most is at stake.
 */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { performRun } from '#sim/matrix/run.ts'
import { freshDatabase } from '../support/database.ts'

const ENTRY = fileURLToPath(new URL('../../src/cli/crash-hub.ts', import.meta.url))

const PLACES: readonly (readonly [point: string, passings: readonly number[]])[] = [
  ['receive.store-sent', [2]],
  ['turn.commit-sent', [3]],
  ['sale.ensure sale.order.load', [1, 1]],
  ['dispatch-finish.commit-sent', [4]],
  ['feed.between-store-and-cursor', [2]],
]

test.each(PLACES)('F166, P26, T17: killed at %s, passing %j', async (point, passings) => {
  const database = await freshDatabase()
  const fatals = passings.map((passing) => ({ point, passing }))
  const options = { entry: ENTRY, database, alone: true, shoppers: 4, now: Date.now }
  const report = await performRun({ seed: 7, fatals }, options)
  expect(report.findings, report.log.join('\n')).toEqual([])
  expect(report.deaths).toBe(passings.length)
  expect(report.orders).toBeGreaterThan(0)
})
