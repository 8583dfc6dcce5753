/**
 * Configuration of the NATS servers a hub needs, as text for `nats-server --config`: the nodes of the hub's cluster,
 * and the leaf node of a shop. Written for nats-server 2.9, which Debian 12 has; newer ones read it too.
 */

export interface HubNode {
  name: string
  host: string
  clientPort: number
  clusterPort: number
  leafPort: number
  storeDirectory: string
  /** What JetStream may write on this node's disk, e.g. `10GB`. */
  storeMax: string
  /** `host:port` of every node's cluster port, this one's included. */
  routes: readonly string[]
}

/** Names of environment variables that hold the passwords: none stands in the file. */
export interface Secrets {
  user: string
  passwordVariable: string
}

export interface LeafNode {
  shop: string
  /** Named like its stream is addressed from the hub. */
  domain: string
  host: string
  clientPort: number
  storeDirectory: string
  storeMax: string
  /** `host:port` of the leaf ports of the hub's nodes. */
  hub: readonly string[]
}

export const HUB_DOMAIN = 'hub'

const quoted = (text: string): string => JSON.stringify(text)
const block = (lines: readonly string[]): string => `${lines.join('\n')}\n`

const authorization = (secrets: Secrets | null): string[] =>
  secrets ? ['authorization {', `  user: ${quoted(secrets.user)}`, `  password: $${secrets.passwordVariable}`, '}'] : []

/** One node of the cluster. The larger payload lets a webhook of 2 MB through. */
export const hubConf = (node: HubNode, secrets: Secrets | null): string =>
  block([
    `server_name: ${quoted(node.name)}`,
    `listen: ${quoted(`${node.host}:${node.clientPort}`)}`,
    'max_payload: 3MB',
    ...authorization(secrets),
    'jetstream {',
    `  store_dir: ${quoted(node.storeDirectory)}`,
    `  domain: ${HUB_DOMAIN}`,
    `  max_file_store: ${node.storeMax}`,
    '}',
    'cluster {',
    '  name: crossdock',
    `  listen: ${quoted(`${node.host}:${node.clusterPort}`)}`,
    `  routes: [${node.routes.map((route) => quoted(`nats-route://${route}`)).join(', ')}]`,
    '}',
    'leafnodes {',
    `  listen: ${quoted(`${node.host}:${node.leafPort}`)}`,
    '}',
  ])

/** The server in a shop. It keeps what its tills say on its own disk and forwards it when the line is there. */
export const leafConf = (leaf: LeafNode, secrets: Secrets | null): string => {
  const login = secrets ? `${secrets.user}:$${secrets.passwordVariable}@` : ''
  return block([
    `server_name: ${quoted(leaf.shop)}`,
    `listen: ${quoted(`${leaf.host}:${leaf.clientPort}`)}`,
    'jetstream {',
    `  store_dir: ${quoted(leaf.storeDirectory)}`,
    `  domain: ${quoted(leaf.domain)}`,
    `  max_file_store: ${leaf.storeMax}`,
    '}',
    'leafnodes {',
    '  reconnect: 2',
    `  remotes: [{ urls: [${leaf.hub.map((at) => quoted(`nats-leaf://${login}${at}`)).join(', ')}] }]`,
    '}',
  ])
}
