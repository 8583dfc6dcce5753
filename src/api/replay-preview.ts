/** What handing deliveries of the past to the hub again would do now. */
import { previewReplay } from '#engine/replay/replay.ts'
import { replayPreview, replaySelection } from './contract-replay.ts'
import { operation } from './operation.ts'
import { orRefusal } from './replay-refusal.ts'

export const lookAtReplay = operation({
  id: 'lookAtReplay',
  method: 'POST',
  path: '/api/replay/preview',
  summary: 'What a replay would do now, with the token that confirms it. Nothing is sent or written.',
  body: replaySelection,
  answer: replayPreview,
  handle: ({ body }, { engine }) => orRefusal(previewReplay(engine, body)),
})
