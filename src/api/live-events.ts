/** The live figures as server-sent events; see `live` in contract.ts. */
import { live } from './contract.ts'
import { operation } from './operation.ts'
import { Refusal } from './problem.ts'

const FULL = new Refusal(
  503,
  'too_many_listeners',
  {
    title: 'Too many listen',
    detail: 'No more live connections are taken.',
    cure: 'Close other consoles, or ask /api/overview.',
  },
  { 'retry-after': '10' },
)

export const getLive = operation({
  id: 'getLive',
  method: 'GET',
  path: '/api/live',
  summary: 'Server-sent events `overview` (the members that changed) and `events` (the newest), every second.',
  answer: live,
  async handle(_, house) {
    const stream = house.live.join()
    if (!stream) return FULL
    // A proxy in between that buffers would hold the news back.
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
    return new Response(stream, { headers })
  },
})
