/** Counters of this process since it started. `insight/` shows them as metrics. */

export const COUNTERS = {
  accepted: 'Deliveries stored',
  duplicates: 'Deliveries that were known already',
  forged: 'Deliveries refused because of their signature',
  messages: 'Inbox rows decided',
  refused: 'Commands a decider refused',
  dead: 'Inbox rows nobody can decide without help',
  events: 'Events written to the journal',
  intents: 'Intents written to the outbox',
  answered: 'Intents done',
  postponed: 'Attempts that failed and will be repeated',
  failed: 'Intents given up or refused for good',
  lateAnswers: 'Answers that came after the lease was lost',
} as const

export type Counter = keyof typeof COUNTERS

export interface Meter {
  add(counter: Counter, by?: number): void
  read(): Record<Counter, number>
}

export function createMeter(): Meter {
  const counts = Object.fromEntries(Object.keys(COUNTERS).map((name) => [name, 0])) as Record<Counter, number>
  return {
    add: (counter, by = 1) => {
      counts[counter] += by
    },
    read: () => ({ ...counts }),
  }
}
