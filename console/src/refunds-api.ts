/** What the console asks of the API about money that goes back. */
import { act, readOrderPath } from './api.ts'
import type { Accepted } from '../../src/api/contract-parts.ts'
import type { Place } from './holds-api.ts'

export const decideRefund = (place: Place, requestId: string, approve: boolean, by: string): Promise<Accepted> =>
  act(
    `${readOrderPath(place.channel, place.externalId)}/refunds/${encodeURIComponent(requestId)}/decision`,
    { approve, by },
  ) // prettier-ignore
