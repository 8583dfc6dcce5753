/** A server on a database of its own, and the ways to knock at it, for the tests of one file. */
import { createServer, type ServerOptions } from '#api/server.ts'
import { freshDatabase } from '../support/database.ts'
import { CHANNEL, openEstate, signedHeaders } from './estate.ts'

export type Doors = Awaited<ReturnType<typeof openDoors>>

export async function openDoors() {
  const database = await freshDatabase()
  const estate = openEstate(database)
  /** Another server over the same estate. */
  const open = (options: Partial<ServerOptions> = {}) =>
    createServer({
      engine: estate.engine,
      receiver: estate.receiver,
      host: '127.0.0.1',
      port: 0,
      version: '1.2.3',
      ...options,
    })
  const server = await open()
  return {
    database,
    estate,
    server,
    open,
    get: (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}${path}`, { headers }),
    /** From our own page. */
    post: (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: {
          origin: server.url,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    /** As the shop would, signed. */
    deliver(body: unknown, topic = 'orders/create', event?: string, url = server.url) {
      const bytes = Buffer.from(JSON.stringify(body))
      const headers = signedHeaders(bytes, topic, event)
      return fetch(`${url}/hooks/${CHANNEL}`, { method: 'POST', headers, body: bytes })
    },
    async close() {
      await server.close()
      await database.close()
    },
  }
}
