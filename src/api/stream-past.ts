/** A stream as it stood at a version or a moment. */
import { stateAt } from '#engine/replay/time-travel.ts'
import { maskedState } from '#insight/replay.ts'
import { pastParams, pastState } from './contract-replay.ts'
import { operation } from './operation.ts'
import { notFound, Refusal } from './problem.ts'
import { orRefusal } from './replay-refusal.ts'

export const getStreamAt = operation({
  id: 'getStreamAt',
  method: 'GET',
  path: '/api/past/{kind}/{+id}',
  summary: 'The state of a stream at a version or a moment. Personal data is masked.',
  params: pastParams,
  answer: pastState,
  async handle({ params: { kind, id, version, at } }, { engine }) {
    const past = await orRefusal(stateAt(engine.database, `${kind}/${id}`, { version, at }))
    if (past instanceof Refusal) return past
    return past ? { ...past, state: maskedState(past.state) } : notFound('such stream')
  },
})
