/** Reads forms with brackets, written anew here: the simulator must not share the connector's mistakes. */

export type Values = { [name: string]: string | Values }

/** `a[b][0]=c` becomes nested objects; a list becomes an object with numbers as names. */
export function parseForm(text: string): Values {
  const all: Values = Object.create(null) as Values
  for (const [name, value] of new URLSearchParams(text)) {
    const path = [name.replace(/\[.*$/s, ''), ...[...name.matchAll(/\[([^\]]*)\]/g)].map(([, inner]) => inner ?? '')]
    let at = all
    for (const step of path.slice(0, -1)) {
      const inner = at[step]
      at = typeof inner === 'object' ? inner : (at[step] = Object.create(null) as Values)
    }
    const last = path.at(-1)!
    at[last === '' ? String(Object.keys(at).length) : last] = value
  }
  return all
}

export const listed = (value: string | Values | undefined): string[] =>
  typeof value === 'object' ? Object.values(value).filter((one) => typeof one === 'string') : []

export const text = (value: string | Values | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

export function record(value: string | Values | undefined): Record<string, string> {
  if (typeof value !== 'object') return {}
  return Object.fromEntries(Object.entries(value).filter((one): one is [string, string] => typeof one[1] === 'string'))
}
