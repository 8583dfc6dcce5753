/**
 * pg-boss as fast as it goes: a queue per step; jobs are fetched in batches, and what a step writes, the jobs of the
 * next step and the end of these are one transaction.
 */
import { type Candidate, type Client, type Flow, inTransaction, type Pool, STEPS, write } from './flow.ts'
import { load } from './install.ts'

const BATCH = 200

interface Executor {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}
interface Boss {
  start(): Promise<unknown>
  stop(options: object): Promise<void>
  on(event: 'error', listener: (error: Error) => void): void
  createQueue(name: string): Promise<void>
  insert(name: string, jobs: { data: Flow }[], options?: { db: Executor }): Promise<unknown>
  fetch(name: string, options: { batchSize: number }): Promise<{ id: string; data: Flow }[]>
  complete(name: string, ids: string[], data: null, options: { db: Executor }): Promise<unknown>
}

const executor = (client: Client): Executor => ({ executeSql: (text, values) => client.query(text, values) })
const queue = (step: number): string => `step${step}`

export async function pgBoss(url: string, pool: Pool): Promise<Candidate> {
  const { PgBoss } = await load<{ PgBoss: new (options: object) => Boss }>('pg-boss')
  const boss = new PgBoss({ connectionString: url, max: 3, supervise: false, schedule: false })
  boss.on('error', (error) => {
    throw error
  })
  await boss.start()
  for (let step = 0; step < STEPS; step += 1) await boss.createQueue(queue(step))
  const drain = async (step: number, count: number): Promise<void> => {
    for (let left = count; left > 0;) {
      const jobs = await boss.fetch(queue(step), { batchSize: BATCH })
      if (jobs.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 2))
        continue
      }
      left -= jobs.length
      await inTransaction(pool, async (client) => {
        const db = executor(client)
        await write(client, jobs.map(({ data }) => data)) // prettier-ignore
        const next = jobs.map(({ data }) => ({ data: { ...data, step: step + 1 } }))
        if (step + 1 < STEPS) await boss.insert(queue(step + 1), next, { db })
        await boss.complete(queue(step), jobs.map(({ id }) => id), null, { db }) // prettier-ignore
      })
    }
  }
  return {
    async run(ids) {
      for (let at = 0; at < ids.length; at += BATCH) {
        const jobs = ids.slice(at, at + BATCH).map((id) => ({ data: { id, step: 0 } }))
        await boss.insert(queue(0), jobs)
      }
      await Promise.all(Array.from({ length: STEPS }, (_, step) => drain(step, ids.length)))
    },
    stop: () => boss.stop({ graceful: false }),
  }
}
