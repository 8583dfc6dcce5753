/** What undoing a replay, or what a connection delivered in a period, would do now. */
import { previewUndo } from '#engine/replay/undo.ts'
import { undoLookBody, undoPreview } from './contract-replay.ts'
import { operation } from './operation.ts'
import { orRefusal } from './replay-refusal.ts'

export const lookAtUndo = operation({
  id: 'lookAtUndo',
  method: 'POST',
  path: '/api/replay/undo/preview',
  summary: 'What undoing would do, what only a person can undo, and the token that confirms it.',
  body: undoLookBody,
  answer: undoPreview,
  handle: ({ body: { what } }, { engine }) => orRefusal(previewUndo(engine, what)),
})
