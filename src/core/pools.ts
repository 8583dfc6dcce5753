/** Which pools there are: every warehouse that the rules of a channel name. */
import type { Policy } from './policy.ts'

/** In the order of their names. */
export function poolsOf({ channels }: Policy): string[] {
  const named = Object.values(channels).flatMap(({ pool, locations }) => [pool, ...locations.map((one) => one.pool)])
  return [...new Set(named)].sort()
}
