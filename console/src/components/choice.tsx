/** What filters a list by the address, a choice of one and a flag; and one of several codes in a form. */
import { filter } from '../paging.ts'
import { query } from '../router.ts'

type Options = readonly (readonly [value: string, text: string])[]

interface Props {
  /** The page whose list it is. */
  path: string
  name: string
  label: string
  /** What no choice is called; without it the first option is chosen. */
  any?: string
  options: Options
}

/** What the address asks for is there to be seen, whether it is an option or not. */
export function Choice({ path, name, label, any, options }: Props) {
  const asked = query.value.get(name) ?? (any === undefined ? (options[0]?.[0] ?? '') : '')
  const known = asked === '' || options.some(([value]) => value === asked)
  return (
    <select
      class="field"
      aria-label={label}
      value={asked}
      onChange={({ currentTarget }) => filter(path, name, currentTarget.value)}
    >
      {any !== undefined && <option value="">{any}</option>}
      {!known && <option value={asked}>{asked}</option>}
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  )
}

export const optionsOf = (words: Readonly<Record<string, { text: string }>>): Options =>
  Object.entries(words).map(([value, { text }]) => [value, text])

export const Flag = ({ path, name, text }: { path: string; name: string; text: string }) => (
  <label class="choice">
    <input
      type="checkbox"
      checked={query.value.get(name) === 'true'}
      onChange={({ currentTarget }) => filter(path, name, currentTarget.checked ? 'true' : '')}
    />
    {text}
  </label>
)

interface CodeChoiceProps<Code extends string> {
  label: string
  options: Readonly<Record<Code, string>>
  value: Code
  onChange(code: Code): void
}

export const CodeChoice = <Code extends string>({ label, options, value, onChange }: CodeChoiceProps<Code>) => (
  <label class="choice">
    {label}
    <select class="field" value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as Code)}>
      {Object.entries<string>(options).map(([code, text]) => (
        <option key={code} value={code}>
          {text}
        </option>
      ))}
    </select>
  </label>
)
