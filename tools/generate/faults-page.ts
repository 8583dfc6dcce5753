/** docs/reference/faults.md: the kinds of fault, which are all the engine knows of what goes wrong outside. */
import { FAULT_KINDS } from '../../src/fault.ts'
import { page, table } from './page.ts'

export const faultsPage = (): string =>
  page(
    'Faults',
    'src/fault.ts',
    'A fault is what goes wrong outside the hub. A connector classifies it; only the engine acts on it, by kind.',
    table(
      ['kind', 'what happened'],
      Object.entries(FAULT_KINDS).map(([kind, meaning]) => [`\`${kind}\``, meaning]),
    ),
  )
