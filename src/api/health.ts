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

const ENDING: Readonly<Record<string, string>> = {
  draining: 'The process is ending. Send webhooks to another.',
  left: 'The process is ending. Send webhooks to another.',
  refused: 'The database was changed for a newer release. Start that one.',
}

export const getReady = operation({
  id: 'getReady',
  method: 'GET',
  path: '/api/ready',
  summary: 'Whether it can work: 503 while the database is away or lacks migrations, and once the process is ending.',
  answer: ready,
  open: true,
  async handle(_, { engine }) {
    const known = await readiness(engine.database)
    const state = engine.life?.state() ?? 'running'
    const now = known.ready && ENDING[state] ? { ...known, ready: false, detail: ENDING[state] } : known
    return new Reply(now, { status: now.ready ? 200 : 503 })
  },
})
