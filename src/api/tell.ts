/** A person's command for a stream. It goes through the inbox like everything else: nobody has a private door. */
import type { Engine } from '#engine/engine.ts'
import { tellStream } from '#engine/person.ts'
import { Refusal } from './problem.ts'

export interface Told {
  stream: string
  key: string
  duplicate: boolean
}

/** @param requestKey as the caller sent it; without one every request counts. */
export async function tell(
  engine: Engine,
  stream: string,
  command: { type: string },
  requestKey: string | undefined,
): Promise<Told | Refusal> {
  if (requestKey !== undefined && !/^[\x21-\x7e]{1,200}$/.test(requestKey)) return BAD_KEY
  const { key, fresh } = await tellStream(engine, stream, command, requestKey ?? engine.io.id())
  return { stream, key, duplicate: !fresh }
}

const BAD_KEY = new Refusal(400, 'bad_parameter', {
  title: 'A parameter is not usable',
  detail: 'Idempotency-Key: must be 1 to 200 printable ASCII characters without blanks.',
  cure: 'Send a UUID, or leave the header out.',
})
