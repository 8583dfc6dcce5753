/** Whether what goes out instead has a channel to go by. */
import type { ChannelPolicy } from '#core/policy.ts'

type Found = { path: string[]; message: string }

/** An exchange is an order of a channel without a system of its own: nobody else would know of it. */
export function strangeExchanges(
  channels: Readonly<Record<string, Pick<ChannelPolicy, 'returns'>>>,
  connections: Readonly<Record<string, { connector: string }>>,
): Found[] {
  return Object.entries(channels).flatMap(([name, { returns }]) => {
    const to = returns?.refund?.exchange?.channel
    if (to === undefined || (to in channels && connections[to]?.connector === 'direct')) return []
    const direct = Object.keys(channels).filter((one) => connections[one]?.connector === 'direct')
    const message = `'${to}' is no channel of the connector 'direct'. There are: ${direct.join(', ') || 'none'}.`
    return [{ path: ['channels', name, 'returns', 'refund', 'exchange', 'channel'], message }]
  })
}
