/** Every kind of system the hub can be connected to, and how a configuration's connections are opened. */
import type { Io } from '../io.ts'
import { amazon } from './amazon/index.ts'
import type { Connection, Connector } from './kit/connector.ts'
import { shadowed, type ShadowPace } from './kit/shadow.ts'
import { easypost } from './easypost/index.ts'
import { direct } from './direct/index.ts'
import { mirakl } from './mirakl/index.ts'
import { odoo } from './odoo/index.ts'
import { signifyd } from './signifyd/index.ts'
import { shipbob } from './shipbob/index.ts'
import { shopify } from './shopify/index.ts'
import { woocommerce } from './woocommerce/index.ts'
import { square } from './square/index.ts'
import { stripe } from './stripe/index.ts'
import { paypal } from './paypal/index.ts'
import { supplier } from './supplier/index.ts'
import { till } from './till/index.ts'
import { uber } from './uber/index.ts'
import { x12 } from './x12/index.ts'

export const CONNECTORS: Readonly<Record<string, Connector<unknown>>> = {
  shopify: shopify as Connector<unknown>,
  odoo: odoo as Connector<unknown>,
  woocommerce: woocommerce as Connector<unknown>,
  direct: direct as Connector<unknown>,
  mirakl: mirakl as Connector<unknown>,
  amazon: amazon as Connector<unknown>,
  square: square as Connector<unknown>,
  stripe: stripe as Connector<unknown>,
  paypal: paypal as Connector<unknown>,
  easypost: easypost as Connector<unknown>,
  till: till as Connector<unknown>,
  shipbob: shipbob as Connector<unknown>,
  signifyd: signifyd as Connector<unknown>,
  supplier: supplier as Connector<unknown>,
  uber: uber as Connector<unknown>,
  x12: x12 as Connector<unknown>,
}

export interface Configured {
  connections: Readonly<Record<string, { connector: string; config: unknown; shadow?: boolean | undefined }>>
  /** How connections in shadow are watched. */
  pace?: ShadowPace
  /** Where the outside reaches the hub. */
  publicUrl?: string | undefined
}

export interface OpenedConnections {
  connections: Map<string, Connection>
  /** What is wrong, by its path in the configuration. */
  problems: { path: string; message: string }[]
}

/** Opens what can be opened; nothing is called yet. */
export function openConnections({ connections: configured, publicUrl, pace }: Configured, io: Io): OpenedConnections {
  const problems: OpenedConnections['problems'] = []
  const connections = new Map<string, Connection>()
  for (const [name, { connector: kind, config, shadow }] of Object.entries(configured)) {
    const report = (path: string, message: string) => problems.push({ path: `connections.${name}${path}`, message })
    const connector = Object.hasOwn(CONNECTORS, kind) ? CONNECTORS[kind] : undefined
    if (!connector) {
      report('.connector', `There is no connector '${kind}'. There are: ${Object.keys(CONNECTORS).join(', ')}.`)
      continue
    }
    const parsed = connector.config.safeParse(config)
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) report(`.config.${path.join('.')}`, message)
      continue
    }
    const hookUrl = publicUrl ? `${publicUrl.replace(/\/$/, '')}/hooks/${name}` : undefined
    try {
      const connection = connector.open(parsed.data, { name, io, ...(hookUrl ? { hookUrl } : {}) })
      connections.set(name, shadow ? shadowed(connection, pace) : connection)
    } catch (error) {
      report('', error instanceof Error ? error.message : String(error))
    }
  }
  return { connections, problems }
}
