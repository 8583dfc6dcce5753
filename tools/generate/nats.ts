/** deploy/nats/*.conf: the servers of a bus of three and of one shop, from what the tests of the bus run on. */
import { hubConf, leafConf } from '../../src/engine/bus/server-conf.ts'

const NODES = [1, 2, 3].map((number) => `nats-${number}.example.com`)
const SECRETS = { user: 'crossdock', passwordVariable: 'NATS_PASSWORD' }

const head = (what: string): string =>
  `# ${what} Written from src/engine/bus/server-conf.ts; change names and sizes to yours.\n# NATS_PASSWORD is read from the environment: NATS_PASSWORD=… nats-server --config <this file>\n`

export const natsHub = (number: number): string =>
  head(`Node ${number} of the three that make the hub's bus.`) +
  hubConf(
    {
      name: `nats-${number}`,
      host: '0.0.0.0',
      clientPort: 4222,
      clusterPort: 6222,
      leafPort: 7422,
      storeDirectory: '/var/lib/nats',
      storeMax: '20GB',
      routes: NODES.map((host) => `${host}:6222`),
    },
    SECRETS,
  )

export const natsLeaf = (): string =>
  head('The server in a shop, a leaf node: its tills publish to it, with the line or without.') +
  leafConf(
    {
      shop: 'harbour',
      domain: 'harbour',
      host: '127.0.0.1',
      clientPort: 4222,
      storeDirectory: '/var/lib/nats',
      storeMax: '5GB',
      hub: NODES.map((host) => `${host}:7422`),
    },
    SECRETS,
  )
