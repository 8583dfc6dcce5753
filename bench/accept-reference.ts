/**
 * The yardstick of `accept`: the same webhooks taken by a server written for nothing else. Plain `node:http` and `pg`,
 * the signature checked by hand, the same columns under the same unique index, deliveries that wait share one commit.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { CHANNEL, SECRET, SHOP } from './shop.ts'

interface Waiting {
  key: string
  topic: string
  body: Buffer
  at: string
  response: ServerResponse
}

const BATCH_MAX = 200
const COLUMNS = 8

export interface ReferenceServer {
  url: string
  close(): Promise<void>
}

export async function openReference(url: string): Promise<ReferenceServer> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  // What a hand would write: the body in a plain column, packing left to PostgreSQL.
  await client.query('alter table inbox alter column body set storage extended')
  const waiting: Waiting[] = []
  let busy = false

  const texts: string[] = []
  const textFor = (rows: number): string =>
    (texts[rows] ??=
      `insert into inbox (source, key, kind, topic, body, correlation, received_at, priority) values ${Array.from(
        { length: rows },
        (_, row) => `(${Array.from({ length: COLUMNS }, (_, column) => `$${row * COLUMNS + column + 1}`).join(',')})`,
      ).join(',')} on conflict (source, key) do nothing`)

  async function flush(): Promise<void> {
    busy = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_MAX)
      const values: unknown[] = []
      for (const { key, topic, body, at } of batch) values.push(CHANNEL, key, 'delivery', topic, body, null, at, 5)
      let status = 200
      try {
        await client.query({ name: `insert-${batch.length}`, text: textFor(batch.length), values })
      } catch {
        status = 503
      }
      for (const { response } of batch) answer(response, status)
    }
    busy = false
  }

  const server = createServer((request, response) => {
    withBody(request, (body) => {
      const { headers } = request
      const given = Buffer.from(String(headers['x-shopify-hmac-sha256'] ?? ''), 'base64')
      const expected = createHmac('sha256', SECRET).update(body).digest()
      if (
        given.length !== expected.length ||
        !timingSafeEqual(given, expected) ||
        headers['x-shopify-shop-domain'] !== SHOP
      ) {
        answer(response, 401)
        return
      }
      const topic = String(headers['x-shopify-topic'])
      const key = `${topic}:${String(headers['x-shopify-event-id'])}`
      waiting.push({ key, topic, body, at: new Date().toISOString(), response })
      if (!busy) void flush()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await client.end()
    },
  }
}

function withBody(request: IncomingMessage, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => then(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': '0' })
  response.end()
}
