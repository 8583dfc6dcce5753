/** Decides messages of the past again and says what would be different. Nothing is sent or written. */
import { dryRun } from '#engine/replay/dry-run.ts'
import { maskedDifferences, maskedReasons } from '#insight/replay.ts'
import { dryRunBody, dryRunResult } from './contract-replay.ts'
import { operation } from './operation.ts'
import { Refusal } from './problem.ts'
import { orRefusal } from './replay-refusal.ts'

/** Nobody waits longer for an answer; `crossdock replay` takes what is larger. */
const ROWS_MAX = 50_000

export const dryRunReplay = operation({
  id: 'dryRunReplay',
  method: 'POST',
  path: '/api/replay/dry-run',
  summary: 'What would be different if messages of the past were decided again, with an earlier policy if you like.',
  body: dryRunBody,
  answer: dryRunResult,
  async handle({ body: { policy, limit, ...selection } }, { engine }) {
    const found = await orRefusal(dryRun(engine, selection, { policy, limit, rowsMax: ROWS_MAX }))
    if (found instanceof Refusal) return found
    const dead = { ...found.dead, first: maskedReasons(found.dead.first) }
    return { ...found, dead, findings: maskedDifferences(found.findings) }
  },
})
