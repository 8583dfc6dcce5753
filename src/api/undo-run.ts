/** Undoes a bad run, after somebody saw what that does. Once. */
import { undo } from '#engine/replay/undo.ts'
import { replayDone, undoBody } from './contract-replay.ts'
import { operation } from './operation.ts'
import { Refusal } from './problem.ts'
import { orRefusal } from './replay-refusal.ts'

export const runUndo = operation({
  id: 'runUndo',
  method: 'POST',
  path: '/api/replay/undo',
  summary: 'Undo: does exactly what the preview with this token showed, or nothing.',
  body: undoBody,
  answer: replayDone,
  status: 202,
  async handle({ body: { what, token } }, { engine }) {
    const done = await orRefusal(undo(engine, what, token, 'api'))
    return done instanceof Refusal ? done : { run: done.run, rows: done.preview.rows }
  },
})
