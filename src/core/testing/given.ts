/**
 * Tests of deciders as sentences: `given(order, placed, reserved).when(cancel).then(cancelled).owes(release)`. What is
 * expected of an event or an intent may be a part of it: members that are not named are not compared.
 */
import { canonicalJson } from '#canon/json.ts'
import type { Context, Decider, Decision, Note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import { policyWith, second } from './sample.ts'

/** Some members of one of the variants of `T`; nested ones in part as well. */
export type Part<T> = T extends readonly (infer Item)[]
  ? readonly Part<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Part<T[Key]> | undefined }
    : T

export interface Outcome<State, Event> {
  /** These events and no others, in this order; none when nothing is named. */
  then(...events: Part<Event>[]): Outcome<State, Event>
  /** Nothing happens, and so nothing is owed. */
  thenNothing(): Outcome<State, Event>
  refused(code: string): void
  /** These intents and notes and no others, in this order. */
  owes(...owed: Part<Intent | Note<{ type: string; [member: string]: unknown }>>[]): Outcome<State, Event>
  state: State
}

export interface Given<State, Command, Event> {
  when(...commands: Command[]): Outcome<State, Event>
  /** The same history, decided under other rules. */
  under(policy: ReturnType<typeof policyWith>): Given<State, Command, Event>
  on(stream: string): Given<State, Command, Event>
  state: State
}

type AnyPolicy = ReturnType<typeof policyWith>

const STREAM = 'order/shop/1001'

/** The history a command meets. */
export function given<State extends { version: number }, Command, Event extends { type: string }>(
  decider: Decider<State, Command, Event, AnyPolicy>,
  ...history: Event[]
): Given<State, Command, Event> {
  const past = history.reduce((state, event) => decider.evolve(state, event), decider.initial)
  return from(decider, past, policyWith(), STREAM)
}

function from<State extends { version: number }, Command, Event extends { type: string }>(
  decider: Decider<State, Command, Event, AnyPolicy>,
  past: State,
  policy: AnyPolicy,
  stream: string,
): Given<State, Command, Event> {
  return {
    state: past,
    under: (other) => from(decider, past, other, stream),
    on: (other) => from(decider, past, policy, other),
    when(...commands) {
      const context: Context = { stream, at: second(3_600), messageKey: 'm-1' }
      let state = past
      const events: Event[] = []
      const owed: (Intent | Note)[] = []
      let decision: Decision<Event> = []
      for (const command of commands) {
        decision = decider.decide(state, command, policy, context)
        if ('refused' in decision) break
        for (const event of decision) {
          state = decider.evolve(state, event)
          events.push(event)
          owed.push(...decider.react(event, state, stream))
        }
      }
      return outcome(state, events, owed, decision)
    },
  }
}

function outcome<State, Event>(
  state: State,
  events: readonly Event[],
  owed: readonly (Intent | Note)[],
  decision: Decision<Event>,
): Outcome<State, Event> {
  const self: Outcome<State, Event> = {
    state,
    then(...expected) {
      if ('refused' in decision) throw new Error(`refused as '${decision.refused}': ${decision.reason}`)
      compare('events', events, expected)
      return self
    },
    thenNothing() {
      compare('intents', owed, [])
      return self.then()
    },
    owes(...expected) {
      compare('intents', owed, expected)
      return self
    },
    refused(code) {
      const got = 'refused' in decision ? decision.refused : `not refused, but ${canonicalJson(events)}`
      if (got !== code) throw new Error(`expected the refusal '${code}', got: ${got}`)
    },
  }
  return self
}

function compare(what: string, got: readonly unknown[], expected: readonly unknown[]): void {
  if (got.length === expected.length && expected.every((part, index) => holds(part, got[index]))) return
  const list = (all: readonly unknown[]) => all.map((one) => `\n  ${canonicalJson(one)}`).join('') || ' none'
  throw new Error(`expected ${what}:${list(expected)}\ngot:${list(got)}`)
}

/** Whether every member of `part` is the same in `whole`. Lists have to have the same length. */
function holds(part: unknown, whole: unknown): boolean {
  if (part === null || typeof part !== 'object') return Object.is(part, whole)
  if (whole === null || typeof whole !== 'object') return false
  if (Array.isArray(part)) {
    return (
      Array.isArray(whole) && part.length === whole.length && part.every((item, index) => holds(item, whole[index]))
    )
  }
  return Object.entries(part).every(([key, member]) => holds(member, (whole as Record<string, unknown>)[key]))
}
