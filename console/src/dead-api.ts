/** What the console asks of the API about dead letters. */
import { act } from './api.ts'
import type { Change } from './json-changes.ts'
import type { BulkDone } from './types.ts'

/** The API writes down who did what; the console knows no names. */
const BY = 'console'

interface Done {
  said: string
}

const at = (id: number, action: string): string => `/api/dead/${id}/${action}`

export const retryLetter = (id: number, mode: 'step' | 'latest'): Promise<Done> =>
  act(at(id, 'retry'), { by: BY, mode })
export const assignLetter = (id: number, assignee: string | null): Promise<Done> =>
  act(at(id, 'assign'), { by: BY, assignee })
export const commentLetter = (id: number, text: string): Promise<Done> => act(at(id, 'comment'), { by: BY, text })
export const resolveLetter = (id: number, reason: string): Promise<Done> => act(at(id, 'resolve'), { by: BY, reason })
export const editLetter = (id: number, changes: readonly Change[], check: boolean): Promise<Done> =>
  act(at(id, 'edit'), { by: BY, changes, check })

export type Bulk = { action: 'retry'; mode: 'step' | 'latest' } | { action: 'resolve'; reason: string }

/** @param filter as in the address of the list. */
export const actOnAll = (filter: Readonly<Record<string, string>>, bulk: Bulk): Promise<BulkDone> =>
  act('/api/dead', { by: BY, filter, ...bulk })
