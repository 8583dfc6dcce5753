/** Hands deliveries of the past to the hub again, after somebody saw what that does. */
import { replay } from '#engine/replay/replay.ts'
import { replayBody, replayDone } from './contract-replay.ts'
import { operation } from './operation.ts'
import { Refusal } from './problem.ts'
import { orRefusal } from './replay-refusal.ts'

export const runReplay = operation({
  id: 'runReplay',
  method: 'POST',
  path: '/api/replay',
  summary: 'Replay: does exactly what the preview with this token showed, or nothing.',
  body: replayBody,
  answer: replayDone,
  status: 202,
  async handle({ body: { token, ...selection } }, { engine }) {
    const done = await orRefusal(replay(engine, selection, token, 'api'))
    return done instanceof Refusal ? done : { run: done.run, rows: done.preview.rows }
  },
})
