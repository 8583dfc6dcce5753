/** What people say about a hold: refused at once where it could only be refused later, unseen. */
import type { HoldCommand } from '#core/order/holds.ts'
import { streams } from '#core/streams.ts'
import { holdRefusal } from '#engine/holds.ts'
import type { Engine } from '#engine/engine.ts'
import { heldOrder } from '#insight/holds.ts'
import { notFound, Refusal } from './problem.ts'
import { tell, type Told } from './tell.ts'

export const HOLD_CURES: Readonly<Record<string, string>> = {
  order_released: 'Cancel the order, if it must not be shipped.',
  hold_open: 'Keep it held instead: that sets its clock anew.',
  hold_unknown: 'Look again: it may have been let go meanwhile.',
  release_never: 'Mend the cause; the order then goes on by itself.',
  same_person: 'Let somebody else agree, or keep it held.',
}

export async function tellHeld(
  engine: Engine,
  { channel, externalId }: { channel: string; externalId: string },
  command: HoldCommand,
  requestKey: string | undefined,
): Promise<Told | Refusal> {
  const stream = streams.order(channel, externalId)
  const state = await heldOrder(engine.database, channel, externalId)
  if (!state) return notFound('such order')
  const why = holdRefusal(engine, stream, state, command)
  if (!why) return tell(engine, stream, command, requestKey)
  const cure = HOLD_CURES[why.refused] ?? 'Look at the order again.'
  return new Refusal(409, why.refused, { title: 'It cannot be done now', detail: why.reason, cure })
}
