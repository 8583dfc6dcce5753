/**
 * How far a channel's orders are known. `channel/<name>` hears it from the feed that lists them; `channel/<name>/<n>`
 * keeps the stock streams that wait for it, spread over many so that no state grows with the catalogue, and itself
 * waits at `channel/<name>`. Nobody waits: nothing is written, the next pass tells anew.
 *
 * What is told must be true: every order up to `until` is heard by then at every stock stream. Streams hear notes in
 * the order they arose, so it is passed on in as many notes, one after the other, as lie between an order's delivery
 * and its news to stock, and never overtakes it.
 */
import type { CatchUp } from '../commands.ts'
import { type Context, type Decider, type Decision, type Note, note, refused } from '../decider.ts'
import type { Policy } from '../policy.ts'

export interface ChannelState {
  version: number
  /** Who waits, and up to when orders have to be known. */
  waiting: Readonly<Record<string, string>>
  /** For streams of the second kind: what they wait for at the channel's own. */
  asked: string | null
}

export type ChannelCommand =
  | CatchUp
  | { type: 'channel.await'; stream: string; until: string }
  /** To itself: the last step but so many before those who wait are told. */
  | { type: 'channel.settle'; until: string; steps: number }

export type ChannelEvent =
  | { type: 'channel.awaited'; stream: string; until: string }
  | { type: 'channel.settling'; until: string; steps: number }
  | { type: 'channel.caughtUp'; until: string; streams: readonly string[] }

/** Notes between an order's delivery and its news to stock, at most. One more than any order needs today. */
export const STEPS = 3

const isOwn = (stream: string): boolean => stream.split('/').length === 2

function decide(state: ChannelState, command: ChannelCommand, _: Policy, { stream }: Context): Decision<ChannelEvent> {
  if (command.type === 'channel.await') {
    const { stream: who, until } = command
    return state.waiting[who] === until ? [] : [{ type: 'channel.awaited', stream: who, until }]
  }
  const { until } = command
  const streams = Object.keys(state.waiting)
    .filter((who) => state.waiting[who]! <= until)
    .sort()
  // Whoever waited is content with later by now: ask for that.
  const again = !isOwn(stream) && Object.keys(state.waiting).length > 0
  if (streams.length === 0 && !again) return refused('nobody_waits', 'No stock waits for the orders of this channel.')
  const steps = command.type === 'channel.settle' ? command.steps : isOwn(stream) ? STEPS : 0
  return steps > 0 ? [{ type: 'channel.settling', until, steps }] : [{ type: 'channel.caughtUp', until, streams }]
}

function evolve(before: ChannelState, event: ChannelEvent): ChannelState {
  const state = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'channel.awaited': {
      const { stream, until } = event
      const asked = state.asked === null || until < state.asked ? until : state.asked
      return { ...state, waiting: { ...state.waiting, [stream]: until }, asked }
    }
    case 'channel.settling':
      return state
    case 'channel.caughtUp': {
      const waiting = Object.fromEntries(Object.entries(state.waiting).filter(([who]) => !event.streams.includes(who)))
      return { ...state, waiting, asked: Object.values(waiting).sort()[0] ?? null }
    }
  }
}

function react(event: ChannelEvent, state: ChannelState, stream: string): Note[] {
  const [, channel = ''] = stream.split('/')
  const own = `channel/${channel}`
  const ask = (): Note[] =>
    isOwn(stream) || state.asked === null ? [] : [note(own, { type: 'channel.await', stream, until: state.asked })]
  switch (event.type) {
    case 'channel.awaited':
      // The channel's own stream was told already, unless this one is content with less.
      return event.until === state.asked ? ask() : []
    case 'channel.settling':
      return [note(stream, { type: 'channel.settle', until: event.until, steps: event.steps - 1 })]
    case 'channel.caughtUp':
      return [
        ...event.streams.map((who) =>
          note(
            who,
            who.startsWith('channel/')
              ? { type: 'channel.caughtUp', until: event.until }
              : { type: 'stock.caughtUp', channel, until: event.until },
          ),
        ),
        ...ask(),
      ]
  }
}

export const channel: Decider<ChannelState, ChannelCommand, ChannelEvent, Policy> = {
  initial: { version: 0, waiting: {}, asked: null },
  decide,
  evolve,
  react,
}
