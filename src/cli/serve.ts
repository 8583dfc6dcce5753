/** `crossdock serve`: the hub as it runs at a retailer. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createServer } from '#api/server.ts'
import { startHub } from '#engine/hub.ts'
import type { Command } from './command.ts'
import { jsonLog } from './log.ts'
import { busOf } from './open-bus.ts'
import { openEngine } from './open.ts'
import { CONFIG_OPTION, configured, untilStopped } from './shared.ts'

export const CONSOLE = fileURLToPath(new URL('../../console/dist/', import.meta.url))

export const serve: Command = {
  name: 'serve',
  summary: 'run the hub',
  options: { config: CONFIG_OPTION },
  examples: [
    { command: 'crossdock serve', does: 'Runs the hub with crossdock.yaml in this folder.' },
    { command: 'crossdock serve --config /etc/crossdock/shop.yaml', does: 'Runs it with another configuration.' },
  ],
  async run(options, { err }) {
    const log = jsonLog()
    const { config, io } = configured(options, log)
    const opened = await openEngine(config, io, { onMigrated: (name) => err(`Migrated the database: ${name}`) })
    const bus = busOf(config, io, opened.engine)
    const hub = startHub(opened.engine)
    const { host, port, token, publicUrl } = config.hub
    const kinds = new Map(Object.entries(config.connections).map(([name, { connector }]) => [name, connector]))
    const server = await createServer({
      engine: opened.engine,
      receiver: hub.receiver,
      host,
      port,
      ...(existsSync(CONSOLE) ? { console: CONSOLE } : {}),
      kinds,
      ...(publicUrl ? { publicUrl } : {}),
      ...(token ? { token: io.secret(token) } : {}),
    }).catch(async (error: unknown) => {
      await hub.stop()
      await bus?.close()
      await opened.close()
      throw error
    })
    err(`The hub runs at ${server.url}. Stop it with Ctrl-C.`)
    const signal = await untilStopped()
    err(`${signal}: finishing what is under way.`)
    await server.close()
    await hub.stop()
    await bus?.close()
    await opened.close()
    return 0
  },
}
