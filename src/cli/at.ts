/** `crossdock at`: a stream as it stood at a version or a moment. */
import { maskedState } from '#insight/replay.ts'
import { stateAt } from '#engine/replay/time-travel.ts'
import { openQuietly } from './open.ts'
import { type Command, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const at: Command = {
  name: 'at',
  options: {
    stream: { type: 'string', value: 'name', description: 'Its name: order/shopify-main/1042.' },
    version: { type: 'string', value: 'n', description: 'After its n-th event; 0 is before the first.' },
    time: { type: 'string', value: 'moment', description: 'At this moment: 2026-11-20T08:00Z.' },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock at --stream order/shopify-main/1042 --version 3', does: 'Its state after its third event.' },
    { command: 'crossdock at --stream stock/WH/MUG --time 2026-11-20T08:00Z', does: 'The ledger on that morning.' },
  ],
  async run(options, { out, err }) {
    const stream = options.text('stream')
    if (!stream) throw new UsageError('--stream is missing: name the stream.')
    const time = options.text('time')
    if (time !== undefined && Number.isNaN(Date.parse(time)))
      throw new UsageError(`--time takes a moment like 2026-11-20T08:00Z, not '${time}'.`)
    const given = options.text('version')
    if (given !== undefined && time !== undefined) throw new UsageError('Give --version or --time, not both.')
    const version =
      given === undefined ? undefined : options.number('version', { from: 0, to: 2_147_483_647, default: 0 })
    const { config, io } = configured(options, plainLog(err))
    const { engine, close } = await openQuietly(config, io, 'crossdock-beside')
    try {
      const past = await stateAt(engine.database, stream, { version, at: time })
      if (!past) {
        err(`There is no stream ${stream}.`)
        return 1
      }
      const shown = { ...past, state: maskedState(past.state) }
      if (options.flag('json')) out(JSON.stringify(shown))
      else {
        const { label, status, event } = past
        const since = event ? `, since ${event.at} (${event.type}, message ${event.cause}, policy ${event.policy})` : ''
        out(`${stream} ${label} ${status}: version ${past.version} of ${past.latest}${since}`)
        out(JSON.stringify(shown.state, null, 2))
      }
      return 0
    } finally {
      await close()
    }
  },
}
