/** graphile-worker: a job per step; what the step writes and the job of the next are one transaction. */
import { type Candidate, countdown, type Flow, inTransaction, type Pool, STEPS, write } from './flow.ts'
import { load } from './install.ts'

interface Runner {
  stop(): Promise<void>
}
interface Graphile {
  run(options: object): Promise<Runner>
  runMigrations(options: object): Promise<void>
  Logger: new (factory: () => () => void) => unknown
}

export async function graphileWorker(url: string, pool: Pool): Promise<Candidate> {
  const { run, runMigrations, Logger } = await load<Graphile>('graphile-worker')
  const logger = new Logger(() => () => {})
  await runMigrations({ connectionString: url, logger })
  let done = countdown(0)
  const step = async ({ id, step }: Flow): Promise<void> => {
    await inTransaction(pool, async (client) => {
      await write(client, [{ id, step }])
      if (step + 1 === STEPS) return
      await client.query(`select graphile_worker.add_job('step', $1::json)`, [JSON.stringify({ id, step: step + 1 })])
    })
    if (step + 1 === STEPS) done.one()
  }
  const options = { connectionString: url, maxPoolSize: 6, concurrency: 6, noHandleSignals: true, pollInterval: 50 }
  const runner = await run({ ...options, logger, taskList: { step }, parsedCronItems: [] })
  return {
    async run(ids) {
      done = countdown(ids.length)
      await pool.query(
        `select graphile_worker.add_job('step', json_build_object('id', id, 'step', 0)) from unnest($1::text[]) as id`,
        [[...ids]],
      )
      await done.all
    },
    stop: () => runner.stop(),
  }
}
