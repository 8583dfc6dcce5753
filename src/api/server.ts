/** The hub's one port: webhooks past every framework, the API and the console behind it. */
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Engine } from '#engine/engine.ts'
import type { Receiver } from '#engine/receive.ts'
import { createMetrics } from '#insight/metrics.ts'
import { createOverview } from '#insight/overview.ts'
import { getRequestListener } from '@hono/node-server'
import { createAccess } from './access.ts'
import { createApp } from './app.ts'
import { type HookDoor, isHook, serveHook } from './hooks.ts'
import { createLive } from './live.ts'
import type { House } from './operation.ts'
import { openPages } from './pages.ts'

export interface ServerLimits {
  /** A request, body and all, has to be here within this time. */
  requestTimeoutMs: number
  connectionsMax: number
  /** Listeners of the live figures. */
  listenersMax: number
  /** When closing, requests under way are given this long. */
  closeTimeoutMs: number
}

export const SERVER_LIMITS: ServerLimits = {
  requestTimeoutMs: 5_000,
  connectionsMax: 1_000,
  listenersMax: 50,
  closeTimeoutMs: 10_000,
}

export interface ServerOptions {
  engine: Engine
  receiver: Receiver
  host: string
  /** 0 takes any free one. */
  port: number
  /** The value itself, not a reference. Without one only this machine may be listened on. */
  token?: string
  /** Folder of the built console. */
  console?: string
  /** Names of the connectors, by connection; for people. */
  kinds?: ReadonlyMap<string, string>
  /** Where the outside reaches the hub; its name is then accepted like those of this machine. */
  publicUrl?: string
  version?: string
  limits?: Partial<ServerLimits>
}

export interface Server {
  /** `http://127.0.0.1:4870` */
  url: string
  /** Takes no more requests, finishes those under way, ends the live figures. */
  close(): Promise<void>
}

/** Throws when it would be open to others without a token, or cannot listen. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { engine, receiver, host, port, token, publicUrl } = options
  const limits = { ...SERVER_LIMITS, ...options.limits }
  const now = engine.io.now
  const names = publicUrl && URL.canParse(publicUrl) ? [new URL(publicUrl).hostname] : []
  const access = createAccess({ token, host, names, now })
  const house = openHouse(options, access, limits)
  const app = createApp(house, options.console === undefined ? null : openPages(options.console))
  const door: HookDoor = { receiver, io: engine.io, onForged: () => engine.meter.add('forged') }
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => new Response(null, { status: 400 }),
  })
  const http = createHttpServer(
    {
      requestTimeout: limits.requestTimeoutMs,
      headersTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(500, limits.requestTimeoutMs),
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => {
      response.on('error', () => {})
      const answered = isHook(request.url ?? '') ? serveHook(request, response, door) : listener(request, response)
      void Promise.resolve(answered).catch((error: unknown) => {
        engine.io.log('error', 'a request broke', { reason: error instanceof Error ? error.message : String(error) })
        response.destroy()
      })
    },
  )
  http.maxConnections = limits.connectionsMax
  http.on('clientError', answerBroken)
  await listen(http, host, port)
  const address = http.address() as AddressInfo
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return { url: `http://${shown}:${address.port}`, close: () => close(http, house, limits.closeTimeoutMs) }
}

function openHouse(options: ServerOptions, access: House['access'], limits: ServerLimits): House {
  const { engine, receiver, kinds = new Map<string, string>(), version = releaseVersion() } = options
  const startedMs = engine.io.now()
  const overview = createOverview({
    sql: engine.database,
    now: engine.io.now,
    connections: [...engine.connections].map(([name, { feeds }]) => ({
      name,
      kind: kinds.get(name) ?? name.split('-')[0]!,
      role: name === engine.erp ? 'erp' : 'channel',
      feeds: Object.keys(feeds),
      due: (feed, afterMs) => engine.schedules?.of(name, `feed:${feed}`)?.table.after(afterMs) ?? null,
    })),
    duplicates: () => engine.meter.read().duplicates,
    stores: engine.policy.stores,
    startedMs,
    version,
  })
  const live = createLive({ engine, overview, listenersMax: limits.listenersMax })
  const metrics = createMetrics({
    sql: engine.database,
    now: engine.io.now,
    log: engine.io.log,
    overview,
    connections: [...engine.connections].map(([name, { outbound }]) => ({ name, intents: Object.keys(outbound) })),
    stores: engine.policy.stores,
    measured: () => engine.meter.measured(),
    startedMs,
    version,
  })
  return { engine, receiver, access, overview, live, metrics, kinds, startedMs, version }
}

const releaseVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version

/** What is no HTTP gets a short answer and no second chance. */
function answerBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable || (socket as Socket).destroyed) {
    socket.destroy()
    return
  }
  const status =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout'
    : error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large'
    : '400 Bad Request' // prettier-ignore
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

function listen(http: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const why =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is taken: set hub.port to another, or end who has it.`
          : error.message
      reject(new Error(`The hub cannot listen on ${host}:${port}. ${why}`, { cause: error }))
    }
    http.once('error', failed)
    http.listen(port, host, () => {
      http.off('error', failed)
      resolve()
    })
  })
}

async function close(http: HttpServer, house: House, timeoutMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()))
  await house.live.close()
  house.metrics.close()
  http.closeIdleConnections()
  const late = AbortSignal.timeout(timeoutMs)
  late.addEventListener('abort', () => http.closeAllConnections())
  await closed
}
