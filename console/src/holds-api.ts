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

export const keepHold = (place: Place, kind: string, by: string, note: string): Promise<Accepted> =>
  act(at(place, kind, 'keep'), { by, note })
