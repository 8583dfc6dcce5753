/** What every part of the connector works with. */
import type { Io } from '../../io.ts'
import type { Client } from './client.ts'
import type { OdooConfig } from './config.ts'
import type { Directory } from './directory.ts'

export interface Odoo {
  client: Client
  directory: Directory
  config: OdooConfig
  io: Io
}
