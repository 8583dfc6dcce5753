/** A choice that filters a list by the address. */
import { filter } from '../paging.ts'
import { query } from '../router.ts'

interface Props {
  /** The page whose list it is. */
  path: string
  name: string
  label: string
  /** What no choice is called; without it the first option is chosen. */
  any?: string
  options: Readonly<Record<string, string>>
}

export const Choice = ({ path, name, label, any, options }: Props) => (
  <select
    class="field"
    aria-label={label}
    value={query.value.get(name) ?? (any === undefined ? Object.keys(options)[0] : '')}
    onChange={({ currentTarget }) => filter(path, name, currentTarget.value)}
  >
    {any !== undefined && <option value="">{any}</option>}
    {Object.entries(options).map(([value, text]) => (
      <option key={value} value={value}>
        {text}
      </option>
    ))}
  </select>
)
