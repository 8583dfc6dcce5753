/**
 * Explicit-state search: every state that can be reached is visited once, breadth first, so that the first way found to
 * a broken rule is a shortest one. A state is known by a hash of what it means; the way there by its parent.
 */

export interface Step<State> {
  /** What happens, for a person. */
  words: string
  next(): State
}

export interface Space<State> {
  initial: State
  /**
   * Everything that can happen in a state. The first one is what happens when the outside is quiet; null: it is at
   * rest.
   */
  steps(state: State): { quiet: Step<State> | null; others: readonly Step<State>[] }
  /** Equal for states that mean the same. */
  meaning(state: State): string
  /** What is wrong with a state; null when nothing is. */
  broken(state: State): string | null
  /** What is wrong with a state at rest. */
  unsettled(state: State): string | null
}

export interface Explored {
  states: number
  transitions: number
  /** Longest shortest way to a state. */
  depth: number
  /** The first rule that was found broken, and a shortest way there. */
  failure: { what: string; trace: string[] } | null
}

interface Visited {
  parents: number[]
  words: string[]
  /** Where a quiet run goes from here; -1 at rest. */
  quietly: number[]
}

export function explore<State>(space: Space<State>, statesMax = Number.POSITIVE_INFINITY): Explored {
  const seen: Visited = { parents: [-1], words: [''], quietly: [-1] }
  const index = new Map<number, number>([[hashOf(space.meaning(space.initial)), 0]])
  const result: Explored = { states: 1, transitions: 0, depth: 0, failure: null }
  let frontier = [{ at: 0, state: space.initial }]
  const reach = (from: number, { words, next }: Step<State>, into: typeof frontier): number => {
    const state = next()
    result.transitions += 1
    const hash = hashOf(space.meaning(state))
    const known = index.get(hash)
    if (known !== undefined) return known
    const at = result.states
    index.set(hash, at)
    result.states += 1
    seen.parents.push(from)
    seen.words.push(words)
    seen.quietly.push(-1)
    const what = space.broken(state)
    if (what !== null) result.failure ??= { what, trace: traceTo(seen, at) }
    into.push({ at, state })
    return at
  }
  while (frontier.length > 0 && !result.failure) {
    if (result.states > statesMax) throw new Error(`more than ${statesMax} states`)
    const next: typeof frontier = []
    for (const { at, state } of frontier) {
      const { quiet, others } = space.steps(state)
      if (quiet) seen.quietly[at] = reach(at, quiet, next)
      else {
        const what = space.unsettled(state)
        if (what !== null) result.failure ??= { what, trace: traceTo(seen, at) }
      }
      for (const step of others) reach(at, step, next)
      if (result.failure) break
    }
    if (next.length > 0) result.depth += 1
    frontier = next
  }
  if (!result.failure) result.failure = restless(seen)
  return result
}

/** A quiet run that comes back to where it was never ends. */
function restless({ quietly, ...seen }: Visited): Explored['failure'] {
  const ends = new Uint8Array(quietly.length)
  for (let start = 0; start < quietly.length; start += 1) {
    const way: number[] = []
    let at = start
    while (at >= 0 && ends[at] === 0) {
      ends[at] = 1
      way.push(at)
      at = quietly[at]!
    }
    if (at >= 0 && ends[at] === 1) return { what: 'A quiet run never ends.', trace: traceTo({ quietly, ...seen }, at) }
    for (const one of way) ends[one] = 2
  }
  return null
}

function traceTo({ parents, words }: Visited, end: number): string[] {
  const trace: string[] = []
  for (let at = end; at > 0; at = parents[at]!) trace.push(words[at]!)
  return trace.reverse()
}

/** 53 bits: among a million states two that differ are taken for one with a chance of one in twenty thousand. */
function hashOf(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    high = Math.imul(high ^ code, 2_654_435_761)
    low = Math.imul(low ^ code, 1_597_334_677)
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0)
}
