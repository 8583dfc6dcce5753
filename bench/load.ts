/**
 * The load generator: keep-alive connections in a thread of its own, each sending one signed webhook after the other as
 * fast as the answers come. Requests are written by hand, since a client library would take more of the two cores than
 * the hub.
 */
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { percentile } from './measure.ts'
import { hookHeaders, orderBody } from './shop.ts'

export interface LoadOrder {
  port: number
  path: string
  connections: number
  seconds: number
  /** Share of requests that repeat an earlier delivery. */
  duplicates: number
  /** Events of this run begin with it, so that runs do not meet each other's deliveries. */
  run: string
  /** So many different orders, once each, and then no more; without it the same few hundred until the time is over. */
  count?: number
}

export interface LoadReport {
  answered: number
  /** Of the answered ones, how many were repeats. */
  repeated: number
  refused: number
  seconds: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

export interface LoadGenerator {
  run(order: LoadOrder): Promise<LoadReport>
  stop(): Promise<void>
}

export function startLoad(): LoadGenerator {
  const worker = new Worker(new URL(import.meta.url))
  return {
    run: (order) =>
      new Promise((resolve, reject) => {
        worker.once('error', reject)
        worker.once('message', (report: LoadReport) => {
          worker.off('error', reject)
          resolve(report)
        })
        worker.postMessage(order)
      }),
    stop: async () => {
      await worker.terminate()
    },
  }
}

/** How many different bodies there are. Signed beforehand: the sender's work is not what is measured. */
const BODIES = 512

interface Prepared {
  body: Buffer
  head: string
}

let prepared: Prepared[] | undefined

function prepare(count = BODIES): Prepared[] {
  return Array.from({ length: count }, (_, number) => {
    const body = orderBody(number + 1)
    const { 'x-shopify-event-id': _event, ...headers } = hookHeaders(body, '')
    const lines = Object.entries({
      'host': 'hub.example.com',
      'user-agent': 'Shopify-Captain-Hook',
      'accept': '*/*',
      'content-type': 'application/json',
      'content-length': String(body.length),
      'x-shopify-api-version': '2026-10',
      ...headers,
    })
    return { body, head: lines.map(([name, value]) => `${name}: ${value}\r\n`).join('') }
  })
}

async function load(order: LoadOrder): Promise<LoadReport> {
  if (!prepared || (order.count ?? 0) > prepared.length) prepared = prepare(order.count)
  const bodies = prepared
  const latencies: number[] = []
  const counts = { sent: 0, repeated: 0, refused: 0 }
  const startedMs = performance.now()
  const endMs = startedMs + order.seconds * 1_000
  const next = (): Buffer | null => {
    if (counts.sent === order.count) return null
    // Every so many requests one repeats a delivery that was sent long enough ago to be stored.
    const repeats =
      order.duplicates > 0 &&
      counts.sent > 2 * order.connections &&
      counts.sent % Math.round(1 / order.duplicates) === 0
    const number = repeats ? counts.sent - 2 * order.connections + 1 : counts.sent
    counts.sent += 1
    if (repeats) counts.repeated += 1
    const { body, head } = bodies[number % bodies.length]!
    const start = `POST ${order.path} HTTP/1.1\r\n${head}x-shopify-event-id: ${order.run}-${number}\r\n\r\n`
    return Buffer.concat([Buffer.from(start, 'latin1'), body])
  }
  await Promise.all(
    Array.from({ length: order.connections }, () =>
      oneConnection(order.port, next, endMs, latencies, () => (counts.refused += 1)),
    ),
  )
  const sorted = Float64Array.from(latencies).sort()
  return {
    answered: latencies.length,
    repeated: counts.repeated,
    refused: counts.refused,
    seconds: (performance.now() - startedMs) / 1_000,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? 0,
  }
}

function oneConnection(
  port: number,
  next: () => Buffer | null,
  endMs: number,
  latencies: number[],
  refused: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let sentMs = 0
    let answer = ''
    const send = () => {
      sentMs = performance.now()
      const request = sentMs < endMs ? next() : null
      if (request === null) {
        socket.end()
        resolve()
        return
      }
      socket.write(request)
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (!isWhole(answer)) return
      if (!answer.startsWith('HTTP/1.1 20')) refused()
      latencies.push(performance.now() - sentMs)
      answer = ''
      send()
    })
  })
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer)
  if (length) return answer.length >= end + 4 + Number(length[1])
  return answer.startsWith('HTTP/1.1 204') || answer.endsWith('0\r\n\r\n')
}

if (!isMainThread && parentPort) {
  const port = parentPort
  port.on('message', (order: LoadOrder) => {
    void load(order).then((report) => port.postMessage(report))
  })
}
