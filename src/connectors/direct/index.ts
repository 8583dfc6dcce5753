/**
 * Direct: a channel without a system of its own. Business customers' portals, telesales tools and own storefronts hand
 * their orders in at the hub's door, and follow them by the API or by the hub's events.
 */
import { z } from 'zod'
import { withoutTypedCards } from '../kit/card-door.ts'
import type { Connection, Connector, Finding } from '../kit/connector.ts'
import { oneByOne } from '../kit/connector.ts'
import { receive, translate } from './inbound.ts'
import { TYPED } from './typed.ts'

export const directConfig = z.strictObject({
  key: z.string().min(1).meta({ secret: true }).describe('Reference to the key that orders are handed in with.'),
  previousKey: z
    .string()
    .optional()
    .meta({ secret: true })
    .describe('Reference to the key before: taken as well while senders change to the new one.'),
})
export type DirectConfig = z.infer<typeof directConfig>

const KEY_LENGTH_MIN = 20

export const direct: Connector<DirectConfig> = {
  name: 'direct',
  api: { version: '1' },
  scopes: {},
  config: directConfig,

  open({ key, previousKey }, { name, io, hookUrl }): Connection {
    const references = previousKey ? [key, previousKey] : [key]
    const keys = () => references.map((reference) => io.secret(reference))
    const connection: Connection = {
      receive: (request) => receive(request, keys),
      translate: (delivery) => translate(delivery, name),
      outbound: {
        // Nobody has to be called: whoever handed the order in hears of its parcels by the hub's own events.
        'fulfilment.ensure': oneByOne(() => Promise.resolve({ fulfilmentId: null })),
      },
      feeds: {},
      upkeep: {},
      check: () => Promise.resolve([keyFinding(io.secret(key)), doorFinding(hookUrl)]),
    }
    return withoutTypedCards(connection, TYPED)
  },
}

const keyFinding = ({ length }: string): Finding =>
  length >= KEY_LENGTH_MIN
    ? { level: 'ok', about: 'key', message: 'The key is long enough.' }
    : {
        level: 'warning',
        about: 'key',
        message: `The key has ${length} characters and can be guessed.`,
        cure: `Use one of at least ${KEY_LENGTH_MIN} random characters.`,
      }

const doorFinding = (hookUrl: string | undefined): Finding =>
  hookUrl
    ? { level: 'ok', about: 'door', message: `Orders are handed in by POST to ${hookUrl}.` }
    : {
        level: 'warning',
        about: 'door',
        message: 'The hub does not know its own address.',
        cure: 'Set hub.publicUrl, so that senders can be told where to hand in.',
      }
