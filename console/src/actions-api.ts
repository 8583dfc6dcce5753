/** What the console asks of the API about things people do with an order: looked at first, then done as shown. */
import type { z } from 'zod'
import { act, readOrderPath } from './api.ts'
import type { actionPreview, OrderAction as Parsed } from '../../src/api/contract-actions.ts'
import type { Accepted } from '../../src/api/contract-parts.ts'
import type { Place } from './holds-api.ts'

export type OrderAction = Parsed
export type ActionPreview = z.infer<typeof actionPreview>

const at = ({ channel, externalId }: Place): string => `${readOrderPath(channel, externalId)}/actions`

export const lookAtAction = (place: Place, action: OrderAction): Promise<ActionPreview> =>
  act(`${at(place)}/preview`, { action })
export const doAction = (place: Place, action: OrderAction, token: string): Promise<Accepted> =>
  act(at(place), { action, token })
