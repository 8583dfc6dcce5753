/** What was replayed and undone. */
import { listRuns } from '#insight/replay.ts'
import { replayRuns } from './contract-replay.ts'
import { operation } from './operation.ts'

export const getReplayRuns = operation({
  id: 'getReplayRuns',
  method: 'GET',
  path: '/api/replay/runs',
  summary: 'The last 100 replays and undos, newest first.',
  answer: replayRuns,
  handle: async (_, { engine }) => ({ runs: await listRuns(engine.database, 100) }),
})
