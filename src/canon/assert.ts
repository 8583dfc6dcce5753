/** Bugs stop the unit of work they are found in; they are never handled, only fixed. */

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Bug: ${message}`)
}

/** The value, which the caller knows to be there. */
export function must<T>(value: T | null | undefined, message: string): T {
  if (value === null || value === undefined) throw new Error(`Bug: ${message}`)
  return value
}

/** Marks a branch the compiler has proved empty. */
export function unreachable(value: never): never {
  throw new Error(`Bug: unreachable case ${JSON.stringify(value)}`)
}
