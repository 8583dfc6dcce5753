/**
 * The deciders together without a database: notes of one stream are heard in the order they were sent, those of
 * different streams in any; calls are answered late. More disorder than the engine makes, so what holds here holds
 * there.
 */
import type { Note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { deciders } from '../registry.ts'
import { kindOf } from '../streams.ts'
import { second } from './sample.ts'

export interface Saying {
  type: string
  [member: string]: unknown
}

export interface OwedCall {
  stream: string
  version: number
  intent: Intent
}

export class SmallHub {
  readonly states = new Map<string, { version: number }>()
  readonly refused: string[] = []
  calls: OwedCall[] = []
  private readonly notes = new Map<string, Note[]>()
  private readonly policy: Policy
  private at = 0

  constructor(policy: Policy) {
    this.policy = policy
  }

  state<State>(stream: string): State | undefined {
    return this.states.get(stream) as State | undefined
  }

  /** States of one kind, by stream. */
  of<State>(kind: string): [string, State][] {
    return [...this.states].filter(([stream]) => kindOf(stream) === kind) as unknown as [string, State][]
  }

  pass(seconds: number): void {
    this.at += seconds
  }

  tell(stream: string, command: { type: string }): void {
    const decider = deciders[kindOf(stream)]
    if (!decider) return
    let state = this.states.get(stream) ?? decider.initial
    const context = { stream, at: second(this.at), messageKey: 'm' }
    const decision = decider.decide(state, command, this.policy, context)
    if ('refused' in decision) {
      this.refused.push(`${stream} ${command.type}: ${decision.refused}`)
      return
    }
    for (const event of decision) {
      state = decider.evolve(state, event)
      for (const owed of decider.react(event, state, stream)) {
        if ('note' in owed) this.notes.set(stream, [...(this.notes.get(stream) ?? []), owed])
        else this.calls.push({ stream, version: state.version, intent: owed })
      }
    }
    if (decision.length > 0) this.states.set(stream, state)
  }

  /** Notes that were sent and not heard. */
  get unheard(): { stream: string; command: Saying }[] {
    return [...this.notes.values()].flat() as unknown as { stream: string; command: Saying }[]
  }

  /** One note of some stream is heard. @returns false when there is none. */
  hear(which: number): boolean {
    const senders = [...this.notes].filter(([, all]) => all.length > 0)
    const next = senders[which % Math.max(1, senders.length)]
    if (!next) return false
    const [first, ...rest] = next[1]
    this.notes.set(next[0], rest)
    this.tell(first!.stream, first!.command)
    return true
  }

  /** One call is made and answered. @returns false when none is owed. */
  answer(which: number, perform: (call: OwedCall) => unknown): boolean {
    const call = this.calls[which % Math.max(1, this.calls.length)]
    if (!call) return false
    // The calls of one stream go out in order.
    const first = this.calls.find(({ stream }) => stream === call.stream)!
    this.calls = this.calls.filter((one) => one !== first)
    const { stream, version, intent } = first
    const answer = perform(first)
    const done = { type: 'done', intent: intent.type, ask: intent.ask, answer, version }
    if (answer !== undefined) this.tell(stream, done)
    return true
  }
}
