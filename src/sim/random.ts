/** Seeded chance: the same seed gives the same day. */

export interface Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number
  chance(share: number): boolean
  pick<T>(items: readonly T[]): T
  /** Where the generator stands, to go on later. */
  state(): number[]
}

/** sfc32: small, fast, and passes the usual tests of randomness; 128 bits of state. */
export function createRandom(seed: number, from?: readonly number[]): Random {
  let [a, b, c, d] = (from ?? [seed | 0, 0x9e3779b9, 0x243f6a88, 0xb7e15162]) as [number, number, number, number]
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4_294_967_296
  }
  if (!from) for (let warmUp = 0; warmUp < 15; warmUp += 1) next()
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: <T>(items: readonly T[]) => items[int(0, items.length - 1)]!,
    state: () => [a, b, c, d],
  }
}
