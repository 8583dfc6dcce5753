/** One run of the crash matrix: a day on the stage with a hub that is killed at given places, and what came of it. */
import type { Database } from '#store/database.ts'
import { freePort } from '#store/ports.ts'
import { openClock } from './clock.ts'
import { startHubProcess } from './hub-process.ts'
import { keepAlive } from './keeper.ts'
import type { Fatal } from './points.ts'
import { openStage } from './stage.ts'

export interface RunPlan {
  seed: number
  /** Where it dies, life after life; nowhere when empty. */
  fatals: readonly Fatal[]
}

export interface RunOptions {
  /** The program of the hub that is killed. */
  entry: string
  database: Database
  /** Nobody else uses that server. */
  alone: boolean
  shoppers: number
  /** The system's clock, in milliseconds since 1970. */
  now(): number
}

export interface RunReport extends RunPlan {
  deaths: number
  orders: number
  findings: string[]
  /** How often the last life passed each point. */
  passed: Record<string, number>
  /** The end of the log of the last life. */
  log: string[]
}

export async function performRun(plan: RunPlan, options: RunOptions): Promise<RunReport> {
  const { entry, database, alone, shoppers, now } = options
  const clock = openClock(now, (aheadMs) => keeper.hub().forward(aheadMs))
  const port = await freePort()
  const check = () => {
    if (keeper.accidents().length > 2) throw new Error(keeper.accidents().join('\n'))
  }
  const stage = await openStage({ seed: plan.seed, database, clock, shoppers, check, isUp: () => keeper.hub().isUp() })
  const order = {
    shop: stage.shop,
    erp: stage.erp,
    port,
    directory: '.',
    database: database.url,
    alone,
  }
  const keeper = keepAlive(
    (fatal) => startHubProcess(entry, { ...order, aheadMs: clock.aheadMs(), fatal }),
    plan.fatals,
  )
  try {
    // What never happens is a finding like any other; the auditor is asked all the same.
    const stuck = (error: Error) => [`Stuck: ${error.message}`]
    const before = await stage
      .open()
      .then(stage.trade)
      .then(() => [], stuck)
    const findings = [...before, ...(await stage.settle().catch(stuck)), ...keeper.accidents()]
    const passed = (await keeper.hub().passed()) ?? {}
    return {
      ...plan,
      deaths: keeper.deaths(),
      orders: stage.estate.shop.beliefs().orders.length,
      findings,
      passed,
      log: findings.length > 0 ? keeper.hub().said() : [],
    }
  } finally {
    await keeper.stop()
    await stage.close()
  }
}
