/**
 * A lane that makes one call at a time goes on to its next call while the end of the last one is being written: between
 * two calls lies a claim and nothing else. The order within a stream holds, since what is not written as finished is
 * still the first of its stream and is leased; and the next of the stream is not claimed before it. A process that dies
 * in between has made one call more whose end is not known: like any other it is made again under its key.
 */
import { callNext, dispatch, type Lane, type Made, openPart, urgencyOf, writeDown } from './dispatch.ts'
import { connectionNamed, type Engine } from './engine.ts'
import { outboundOf, slotsOf } from './lanes.ts'

export interface LaneWork {
  /** Asked before each call. */
  isStopping(): boolean
  /** The ends of some calls are in the inbox. */
  onFinished(): void
}

/** Works a lane until it has nothing that may go out, or a call fails. @returns how many intents were attempted. */
export async function workLane(engine: Engine, lane: Lane, work: LaneWork): Promise<number> {
  const connection = connectionNamed(engine, lane.connection)
  const isSerial = connection.adaptive || lane.types.some((type) => outboundOf(connection, type).serial !== undefined)
  if (isSerial && engine.parallel > 1) {
    const { life } = engine
    return life ? life.hold(() => callAfterCall(engine, lane, work)) : callAfterCall(engine, lane, work)
  }
  const attempted = await dispatch(engine, lane)
  if (attempted > 0) work.onFinished()
  return attempted
}

async function callAfterCall(engine: Engine, lane: Lane, { isStopping, onFinished }: LaneWork): Promise<number> {
  const connection = connectionNamed(engine, lane.connection)
  const mayGoOn = () => !isStopping() && engine.life?.mayClaim() !== false
  const askForPlace = (open: Lane) => (connection.adaptive ? slotsOf(connection).enter(urgencyOf(open)) : null)
  const failures: unknown[] = []
  let writing = Promise.resolve()
  let attempted = 0
  let open = mayGoOn() ? await openPart(engine, lane) : null
  let place = open && askForPlace(open)
  while (open) {
    const leave = await place
    const made = await callNext(engine, open).catch((error: unknown) => void failures.push(error))
    const goesOn = made && isWell(made) && failures.length === 0 && mayGoOn()
    // The next place is asked for before this one is left: whoever is less urgent does not get in between.
    place = goesOn ? askForPlace(open) : null
    leave?.()
    await writing
    if (!made) break
    attempted += made.claimed.intents.length
    writing = writeDown(engine, lane.connection, made).then(onFinished, (error: unknown) => void failures.push(error))
    open = goesOn ? await openPart(engine, lane).catch((error: unknown) => (failures.push(error), null)) : null
  }
  // Nobody waits for the last place, should there be one.
  void place?.then((leave) => leave())
  await writing
  if (failures.length > 0) throw failures[0]
  return attempted
}

/** What failed is written before anything else is claimed: the governor or the breaker may have to do with it. */
const isWell = ({ claimed, calls }: Made): boolean =>
  !claimed.probe &&
  calls.every(({ attempted, left = [] }) => left.length === 0 && attempted.every(({ outcome }) => 'answer' in outcome))
