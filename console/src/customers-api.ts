/** What the console asks of the API about customers that may be one person. */
import { act } from './api.ts'
import type { Accepted } from '../../src/api/contract-parts.ts'

const at = (key: string): string => `/api/customers/${encodeURIComponent(key)}`

export const recordPath = at
export const previewPath = (key: string, other: string, step: 'join' | 'apart'): string =>
  `${at(key)}/preview?step=${step}&with=${encodeURIComponent(other)}`
export const joinCustomers = (key: string, other: string, by: string, note: string): Promise<Accepted> =>
  act(`${at(key)}/join`, { with: other, by, note })
export const keepApart = (key: string, other: string, by: string, note: string): Promise<Accepted> =>
  act(`${at(key)}/apart`, { from: other, by, note })
