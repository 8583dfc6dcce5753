/** Stripe takes forms with brackets: `metadata[key]=value`, `items[0]=a`. Absent members are left out. */

export type FormValue =
  | string
  | number
  | boolean
  | undefined
  | readonly FormValue[]
  | { readonly [name: string]: FormValue }

export function encodeForm(values: Readonly<Record<string, FormValue>>): string {
  const pairs = new URLSearchParams()
  const add = (name: string, value: FormValue): void => {
    if (value === undefined) return
    if (Array.isArray(value)) value.forEach((one: FormValue, at) => add(`${name}[${at}]`, one))
    else if (typeof value === 'object')
      for (const [inner, one] of Object.entries(value)) add(`${name}[${inner}]`, one as FormValue)
    else pairs.append(name, String(value))
  }
  for (const [name, value] of Object.entries(values)) add(name, value)
  return pairs.toString()
}
