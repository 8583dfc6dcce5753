/** The locations a channel sells from: each has an allotment of its own, in the ledger of a pool of its own. */
import type { ChannelPolicy } from '#core/policy.ts'

interface Location {
  locationId: string
  pool: string
}

interface Named {
  connector: string
  config?: unknown
}

/** What does not fit between channels and connections, where it stands in the policy. */
export const strangeChannels = (
  channels: Readonly<Record<string, Pick<ChannelPolicy, 'pool' | 'locations' | 'returns'>>>,
  connections: Readonly<Record<string, Named>>,
): { path: string[]; message: string }[] => [
  ...strangeLocations(channels, connections),
  ...strangeExchanges(channels, connections),
]

const strangeLocations = (
  channels: Readonly<Record<string, Pick<ChannelPolicy, 'pool' | 'locations'>>>,
  connections: Readonly<Record<string, Named>>,
): { path: string[]; message: string }[] =>
  Object.entries(channels).flatMap(([name, channel]) => {
    const message = locationTrouble(name, channel, connections[name])
    return message === null ? [] : [{ path: ['channels', name, 'locations'], message }]
  })

/** Connectors whose orders say which location they are taken from. */
const TELL_LOCATIONS: ReadonlySet<string> = new Set(['shopify', 'square'])

/**
 * What is wrong with a channel's locations, for a person; null when they fit.
 *
 * @param connection of the same name, whose own configuration names the locations as well.
 */
export function locationTrouble(
  name: string,
  { pool, locations }: Pick<ChannelPolicy, 'pool' | 'locations'>,
  connection: Named | undefined,
): string | null {
  const pools = locations.map((one) => one.pool)
  if (locations.length > 0 && !pools.includes(pool))
    return `None of the locations sells from the channel's pool '${pool}'. Name the one that does.`
  if (locations.length < 2) return null
  const twice = pools.find((one, index) => pools.indexOf(one) < index)
  if (twice !== undefined)
    return `Two locations sell from '${twice}'. Each needs a warehouse of its own, or nobody could tell whose piece was sold.`
  const { connector = name, config } = connection ?? {}
  if (!TELL_LOCATIONS.has(connector))
    return `Orders of ${connector} do not say which location they are taken from: name one, or make a connection for each.`
  const { locations: told = [] } = (config ?? {}) as { locations?: readonly Location[] }
  const named = ({ locationId, pool: from }: Location) =>
    locations.some((one) => one.locationId === locationId && one.pool === from)
  if (told.length === locations.length && told.every(named)) return null
  return `connections.${name}.config.locations names others. Name the same in both places.`
}

/** An exchange is an order of a channel without a system of its own: nobody else would know of it. */
function strangeExchanges(
  channels: Readonly<Record<string, Pick<ChannelPolicy, 'returns'>>>,
  connections: Readonly<Record<string, { connector: string }>>,
): { path: string[]; message: string }[] {
  return Object.entries(channels).flatMap(([name, { returns }]) => {
    const to = returns?.refund?.exchange?.channel
    if (to === undefined || (to in channels && connections[to]?.connector === 'direct')) return []
    const direct = Object.keys(channels).filter((one) => connections[one]?.connector === 'direct')
    const message = `'${to}' is no channel of the connector 'direct'. There are: ${direct.join(', ') || 'none'}.`
    return [{ path: ['channels', name, 'returns', 'refund', 'exchange', 'channel'], message }]
  })
}
