/** DBOS: a workflow per order, a durable step per step, its own tables on the same PostgreSQL. */
import { type Candidate, type Pool, STEPS, write } from './flow.ts'
import { load } from './install.ts'

/** Workflows under way at once. */
const AT_ONCE = 50

interface Handle {
  getResult(): Promise<unknown>
}
type Workflow = (id: string) => Promise<void>
interface Dbos {
  setConfig(config: object): void
  launch(): Promise<void>
  shutdown(options: object): Promise<void>
  registerWorkflow(workflow: Workflow, config: object): Workflow
  startWorkflow(workflow: Workflow, params: object): (id: string) => Promise<Handle>
  runStep(step: () => Promise<void>, config: object): Promise<void>
}

export async function dbos(url: string, pool: Pool): Promise<Candidate> {
  const { DBOS } = await load<{ DBOS: Dbos }>('@dbos-inc/dbos-sdk')
  DBOS.setConfig({
    name: 'bench', systemDatabaseUrl: url, systemDatabasePoolSize: 6, runAdminServer: false, logLevel: 'error',
  }) // prettier-ignore
  const workflow = DBOS.registerWorkflow(
    async (id) => {
      for (let step = 0; step < STEPS; step += 1) {
        await DBOS.runStep(() => write(pool, [{ id, step }]), { name: `step${step}` })
      }
    },
    { name: 'flow' },
  )
  await DBOS.launch()
  return {
    async run(ids) {
      const waiting = [...ids]
      const work = async () => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          await (await DBOS.startWorkflow(workflow, { workflowID: `order-${id}` })(id)).getResult()
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
    },
    stop: () => DBOS.shutdown({ deregister: true }),
  }
}
