/**
 * What a person changed in a JSON text, member by member. Only what was changed is sent, so that what was shown masked
 * stays as it is.
 */

export type Change = { path: string; value: unknown } | { path: string; remove: true }

/** @param path JSON pointer of both values. */
export function changesBetween(before: unknown, after: unknown, path = ''): Change[] {
  if (same(before, after)) return []
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path)
  if (isObject(before) && isObject(after)) {
    const removed = Object.keys(before).filter((name) => !Object.hasOwn(after, name))
    return [
      ...Object.entries(after).flatMap(([name, value]): Change[] =>
        Object.hasOwn(before, name)
          ? changesBetween(before[name], value, `${path}/${escaped(name)}`)
          : [{ path: `${path}/${escaped(name)}`, value }],
      ),
      ...removed.map((name): Change => ({ path: `${path}/${escaped(name)}`, remove: true })),
    ]
  }
  return [{ path, value: after }]
}

/** When items were only taken out, the others keep their place; removed from the end, so that numbers stay right. */
function listChanges(before: readonly unknown[], after: readonly unknown[], path: string): Change[] {
  if (after.length < before.length) {
    const gone: number[] = []
    let next = 0
    for (const [index, item] of before.entries()) {
      if (next < after.length && same(item, after[next])) next += 1
      else gone.push(index)
    }
    if (next === after.length) return gone.toReversed().map((index) => ({ path: `${path}/${index}`, remove: true }))
  }
  const kept = after.flatMap((item, index): Change[] =>
    index < before.length
      ? changesBetween(before[index], item, `${path}/${index}`)
      : [{ path: `${path}/${index}`, value: item }],
  )
  const rest = before.slice(after.length).map((_, n): Change => ({ path: `${path}/${after.length + n}`, remove: true }))
  return [...kept, ...rest.toReversed()]
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
