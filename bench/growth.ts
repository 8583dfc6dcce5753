/**
 * Whether it stays as fast and as small: the lives of `turn` on a database with a million orders against one with a
 * thousand, and the memory of the process before and after all of it.
 */
import { statfsSync } from 'node:fs'
import type { Engine } from '#engine/engine.ts'
import { fill, sizeGB } from './fill.ts'
import { openEngine } from './hub.ts'
import { live, stockUp } from './life.ts'
import { interleave, median, memoryMB, ratioOf, rounded } from './measure.ts'
import type { Run } from './run.ts'
import { withServer } from './server.ts'

const MANY = 1_000_000
const FEW = 1_000
const ORDERS_PER_ROUND = 500
/** Until the code is compiled and the pools are full: what memory comes after that is growth. */
const WARM_ROUNDS = 2
/** Measured: 1,000,000 orders take less than 8 GB, and the log a little more. */
const BYTES_PER_ORDER = 9_000

export async function growth({ orders = MANY, rounds, report }: Run) {
  requireDisk(orders * BYTES_PER_ORDER)
  return withServer(async ({ version, create }) => {
    const [large, small] = [await create('growth_large'), await create('growth_small')]
    await fill(small, Math.min(FEW, orders), report)
    await fill(large, orders, report)
    const engines = { many: openEngine(large), few: openEngine(small) }
    for (const engine of Object.values(engines)) {
      await stockUp(engine)
      await engine.database.query('analyze')
    }
    const life = lives()
    for (let round = 0; round < WARM_ROUNDS; round += 1) for (const engine of Object.values(engines)) await life(engine)
    const before = memoryMB()
    const figures = await interleave({ many: () => life(engines.many), few: () => life(engines.few) }, rounds, report)
    const after = memoryMB()
    return {
      benchmark: 'growth',
      postgres: version,
      ordersStored: { many: orders, few: Math.min(FEW, orders) },
      databaseGB: { many: await sizeGB(large), few: await sizeGB(small) },
      messagesPerSecond: { many: rounded(median(figures.many)), few: rounded(median(figures.few)) },
      ratioManyToFew: rounded(ratioOf(figures.many, figures.few), 3),
      residentMB: { before: rounded(before.resident, 1), after: rounded(after.resident, 1) },
      heapMB: { before: rounded(before.heap, 1), after: rounded(after.heap, 1) },
      memoryRatio: rounded(after.resident / before.resident, 3),
      ordersProcessed: 2 * (rounds + 1) * ORDERS_PER_ROUND,
      rounds,
      goals: { ratioManyToFew: 0.9, memoryRatioMax: 1.3 },
    }
  })
}

/** Every call lives new orders. @returns messages a second. */
function lives() {
  let number = 0
  return async (engine: Engine): Promise<number> => {
    const lived = await live(engine, number + 1, ORDERS_PER_ROUND)
    number += ORDERS_PER_ROUND
    return lived.messages / lived.seconds
  }
}

function requireDisk(bytes: number): void {
  const { bavail, bsize } = statfsSync('.')
  if (bavail * bsize > 2 * bytes) return
  throw new Error(
    `This needs ${Math.ceil((2 * bytes) / 1e9)} GB of free disk, and there are ${Math.floor((bavail * bsize) / 1e9)} GB. ` +
      'Free some, or store fewer orders with --orders.',
  )
}
