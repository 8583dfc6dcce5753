/** `crossdock serve`: the hub as it runs at a retailer. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { createServer, type Server } from '#api/server.ts'
import { type Hub, startHub } from '#engine/hub.ts'
import type { Command } from './command.ts'
import { jsonLog } from './log.ts'
import { busOf } from './open-bus.ts'
import { openEngine } from './open.ts'
import { CONFIG_OPTION, configured, untilStopped } from './shared.ts'

export const CONSOLE = fileURLToPath(new URL('../../console/dist/', import.meta.url))

/** Calls get so long to end. Shorter than what supervisors give a process before they kill it, as a rule 30 s. */
const DRAIN_MS = 20_000
/** Time for a load balancer to see that this process is not ready, when there are others it can turn to. */
const TURN_AWAY_MS = 5_000
const CLOSE_MS = 10_000

/**
 * Claims no more and says so, finishes calls while webhooks are still taken, then closes the door behind the last one.
 *
 * @returns whether everything ended in time.
 */
async function leave(hub: Hub, server: Server): Promise<boolean> {
  const { life } = hub.engine
  const turnAwayMs = (life?.others() ?? 0) > 0 ? TURN_AWAY_MS : 0
  const [inTime] = await Promise.all([hub.stop(DRAIN_MS), pause(turnAwayMs)])
  await server.close()
  return inTime
}

export const serve: Command = {
  name: 'serve',
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
    err(`${await untilStopped()}: finishing what is under way.`)
    const inTime = await leave(hub, server)
    await Promise.race([bus?.close(), ...(inTime ? [] : [pause(CLOSE_MS)])])
    await Promise.race([opened.close(), ...(inTime ? [] : [pause(CLOSE_MS)])])
    // A call that never ends would keep the process; its lease is given back, and nobody waits for its answer.
    if (!inTime) process.exit(0)
    return 0
  },
}
