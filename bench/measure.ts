/**
 * How everything here is measured: candidates take turns round after round, and the median over the rounds counts.
 */
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export const seconds = (startedMs: number): number => (performance.now() - startedMs) / 1_000
export const startClock = (): number => performance.now()

/** The value in the middle; between two it is their mean. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The smallest value that `share` of the values do not exceed. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
}

export const rounded = (value: number, digits = 0): number => Number(value.toFixed(digits))

export type Candidates<Name extends string> = Record<Name, () => Promise<number>>

/**
 * Runs every candidate once per round, in an order that shifts from round to round so that none always follows the same
 * one. The first round warms up and does not count.
 *
 * @returns the figure of each candidate in each round that counts.
 */
export async function interleave<Name extends string>(
  candidates: Candidates<Name>,
  rounds: number,
  report: (line: string) => void,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(candidates) as Name[]
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (let round = 0; round <= rounds; round += 1) {
    const line: string[] = []
    for (let place = 0; place < names.length; place += 1) {
      const name = names[(place + round) % names.length]!
      const figure = await candidates[name]()
      if (round > 0) figures[name].push(figure)
      line.push(`${name} ${Math.round(figure)}/s`)
    }
    report(`${round === 0 ? 'warm-up' : `round ${round}`}: ${line.join(', ')}`)
  }
  return figures
}

/** Median of the ratios of each round: what the machine did to one round it did to both. */
export const ratioOf = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.map((figure, round) => figure / theirs[round]!))

/** What the process holds once everything that can be collected is. */
export function memoryMB(): { resident: number; heap: number } {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let times = 0; times < 3; times += 1) collect()
  const { rss, heapUsed } = process.memoryUsage()
  return { resident: rss / 1e6, heap: heapUsed / 1e6 }
}
