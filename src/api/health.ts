/** Whether the process lives, and whether it can work. For supervisors and load balancers; open to all. */
import { readiness } from '#insight/readiness.ts'
import { health, ready } from './contract.ts'
import { operation, Reply } from './operation.ts'

export const getHealth = operation({
  id: 'getHealth',
  method: 'GET',
  path: '/api/health',
  summary: 'Whether the process lives.',
  answer: health,
  open: true,
  handle: async (_, { engine, startedMs, version }) => ({
    status: 'ok' as const,
    version,
    uptimeSeconds: Math.max(0, Math.floor((engine.io.now() - startedMs) / 1_000)),
  }),
})

export const getReady = operation({
  id: 'getReady',
  method: 'GET',
  path: '/api/ready',
  summary: 'Whether it can work: 503 while the database is away or lacks migrations.',
  answer: ready,
  open: true,
  async handle(_, { engine }) {
    const now = await readiness(engine.database)
    return new Reply(now, { status: now.ready ? 200 : 503 })
  },
})
