/** What the console asks of the API about orders that are held. */
import { act, readOrderPath } from './api.ts'
import type { Accepted } from '../../src/api/contract-parts.ts'

export const holdsPath = (channel: string, externalId: string): string => `${readOrderPath(channel, externalId)}/holds`

export interface Place {
  channel: string
  externalId: string
}

const at = ({ channel, externalId }: Place, kind: string, action: string): string =>
  `${holdsPath(channel, externalId)}/${encodeURIComponent(kind)}/${action}`

export const holdOrder = ({ channel, externalId }: Place, by: string, reason: string): Promise<Accepted> =>
  act(holdsPath(channel, externalId), { by, reason })
export const releaseHold = (place: Place, kind: string, by: string, note: string): Promise<Accepted> =>
  act(at(place, kind, 'release'), { by, note })
export const keepHold = (place: Place, kind: string, by: string, note: string): Promise<Accepted> =>
  act(at(place, kind, 'keep'), { by, note })
