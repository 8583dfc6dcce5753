/**
 * The shape of every process in the hub: what may happen (`decide`), what has happened (`evolve`), what must be done
 * about it (`react`). All three are pure. An intent can only come from a recorded event, so the outbox can be rebuilt
 * from the journal and the idempotency key of every outgoing call is the event that caused it.
 *
 * Words: a _command_ asks for something and may be refused; an _event_ has happened and is never refused; an _intent_
 * is work owed to the outside (`Intent`) or a command owed to another stream (`Note`); a _refusal_ is a return value
 * with a code; a _stream_ is the history of one thing, named `kind/…`.
 */
import type { Intent } from './intents.ts'

/** What `decide` is told besides the state: the moment the message is decided, and the name it was stored under. */
export interface Context {
  /** Name of the stream the command is for. */
  stream: string
  /** UTC with milliseconds. The only clock a decider knows. */
  at: string
  /** Identifies the message for good; equal when the same message is decided again. */
  messageKey: string
  /** The database was restored once: the outside may know of things that no journal here tells of. */
  restored?: boolean
}

/** A command owed to another stream of the hub. Delivered once, in its own turn. */
export interface Note<Command = { type: string }> {
  note: true
  stream: string
  command: Command
  /**
   * Not now but at this moment, unless it is set anew or called off (null) before: the stream's own alarm of that name.
   * Only for notes of a stream to itself. It may ring late, and is only worth looking at the clock: see `Context.at`.
   */
  alarm?: { name: string; at: string | null }
}

export interface Refused {
  refused: string
  /** For a person: what was refused and why, without personal data. */
  reason: string
}

export type Decision<Event> = readonly Event[] | Refused

export interface Decider<State, Command, Event, Policy> {
  initial: State
  decide(state: State, command: Command, policy: Policy, context: Context): Decision<Event>
  evolve(state: State, event: Event): State
  /** @param state the state right after the event. */
  react(event: Event, state: State, stream: string): readonly (Intent | Note)[]
}

export const refused = (code: string, reason: string): Refused => ({ refused: code, reason })

/** A note of a stream to itself at a later moment; null calls it off. */
export const alarm = <Command extends { type: string }>(
  stream: string,
  name: string,
  at: string | null,
  command: Command,
): Note<Command> => ({ note: true, stream, command, alarm: { name, at } })

export const note = <Command>(stream: string, command: Command): Note<Command> => ({ note: true, stream, command })
