/** Which pools there are: every warehouse that the rules of a channel name. */
import type { Policy } from './policy.ts'
import { poolsIn } from './routing.ts'

/** In the order of their names. */
export function poolsOf({ channels }: Policy): string[] {
  const named = Object.values(channels).flatMap(({ pool, locations, routing }) => [
    pool,
    ...locations.map((one) => one.pool),
    ...(routing ? poolsIn(routing) : []),
  ])
  return [...new Set(named)].sort()
}
