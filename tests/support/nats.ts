/**
 * Real NATS servers for tests: started on free loopback ports with their stores in temporary folders, killed as hard as
 * the test likes. Loud when nats-server is missing; where CI runs that is a failure.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '#store/ports.ts'
import { hubConf, leafConf } from '#engine/bus/server-conf.ts'

export const PROGRAM = process.env['NATS_SERVER'] ?? 'nats-server'

export interface NatsServer {
  name: string
  url: string
  /** Starts it (again) on the same store. Settles when it takes connections. */
  start(): Promise<void>
  /** SIGKILL. Settles when it is gone. */
  kill(): Promise<void>
  /** SIGTERM. Settles when it is gone. */
  stop(): Promise<void>
  /** Settles once its log, since it was last started, has a line with this. */
  said(words: string): Promise<void>
}

function serverFrom(name: string, url: string, file: string): NatsServer {
  let child: ChildProcess | null = null
  let log = ''
  let heard = () => {}
  const said = async (words: string): Promise<void> => {
    while (!log.includes(words)) {
      if (!child) throw new Error(`${name} ended: ${log.slice(-2_000)}`)
      await new Promise<void>((resolve) => {
        heard = resolve
      })
    }
  }
  const end = async (signal: NodeJS.Signals) => {
    const running = child
    if (!running) return
    const gone = once(running, 'exit')
    running.kill(signal)
    await gone
  }
  return {
    name,
    url,
    said,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async start() {
      log = ''
      const running = spawn(PROGRAM, ['--config', file], { stdio: ['ignore', 'ignore', 'pipe'] })
      child = running
      running.stderr!.on('data', (chunk: Buffer) => {
        log += chunk.toString()
        heard()
      })
      running.on('exit', () => {
        if (child === running) child = null
        heard()
      })
      await said('Server is ready')
    },
  }
}

export interface Cluster {
  nodes: readonly NatsServer[]
  urls: readonly string[]
  leafAddresses: readonly string[]
  folder: string
  close(): Promise<void>
}

/** @param storeMax what each node may write, e.g. `1GB`. */
export async function startCluster(storeMax = '1GB', size = 3): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-nats-'))
  const ports: number[] = []
  for (let left = size * 3; left > 0; left -= 1) ports.push(await freePort())
  const at = (index: number) => `127.0.0.1:${ports[index]}`
  const nodes = Array.from({ length: size }, (_, index): NatsServer => {
    const file = join(folder, `node-${index}.conf`)
    const conf = hubConf(
      {
        name: `hub-${index}`,
        host: '127.0.0.1',
        clientPort: ports[index]!,
        clusterPort: ports[size + index]!,
        leafPort: ports[2 * size + index]!,
        storeDirectory: join(folder, `node-${index}`),
        storeMax,
        routes: Array.from({ length: size }, (_, other) => at(size + other)),
      },
      null,
    )
    writeFileSync(file, conf)
    return serverFrom(`hub-${index}`, `nats://${at(index)}`, file)
  })
  await Promise.all(nodes.map((node) => node.start()))
  return {
    nodes,
    urls: nodes.map(({ url }) => url),
    leafAddresses: nodes.map((_, index) => at(2 * size + index)),
    folder,
    async close() {
      await Promise.all(nodes.map((node) => node.kill()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A shop's server, and not started yet. */
export async function leafOf(cluster: Cluster, shop: string): Promise<NatsServer> {
  const port = await freePort()
  const file = join(cluster.folder, `${shop}.conf`)
  const storeDirectory = join(cluster.folder, shop)
  const conf = leafConf(
    {
      shop, domain: shop, host: '127.0.0.1', clientPort: port, storeDirectory, storeMax: '1GB',
      hub: cluster.leafAddresses,
    },
    null,
  ) // prettier-ignore
  writeFileSync(file, conf)
  return serverFrom(shop, `nats://127.0.0.1:${port}`, file)
}
