/** Traces over two processes, taken by a collector that speaks OTLP over HTTP. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { createReceiver } from '#engine/receive.ts'
import { openTelemetrySink } from '#engine/telemetry.ts'
import { createTracer, spanIdOf, traceIdOf, withTraceIds } from '#engine/tracing.ts'
import { turn } from '#engine/turn.ts'
import type { Database } from '#store/database.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

interface Value {
  stringValue?: string
  intValue?: number | string
}
interface Exported {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: Value }[]
  links?: { traceId: string; spanId: string }[]
  status: { code: number; message?: string }
  /** Which process sent it. */
  from: string
}
interface Body {
  resourceSpans: { resource: { attributes: { key: string; value: Value }[] }; scopeSpans: { spans: Exported[] }[] }[]
}

/** Keeps what it is sent, as text and as spans; refuses whoever lacks the token. */
async function collector() {
  const texts: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const welcome = request.headers.authorization === 'Bearer t' && request.url === '/v1/traces'
      if (welcome) texts.push(Buffer.concat(chunks).toString('utf8'))
      response.writeHead(welcome ? 200 : 401, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const spans = () =>
    texts.flatMap((text) =>
      (JSON.parse(text) as Body).resourceSpans.flatMap(({ resource, scopeSpans }) =>
        scopeSpans.flatMap((scope) =>
          scope.spans.map((span) => ({
            ...span,
            from: attribute(resource.attributes, 'service.instance.id') as string,
          })),
        ),
      ),
    )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, texts, spans }
}

const attribute = (all: Exported['attributes'], name: string): string | number | undefined => {
  const value = all.find(({ key }) => key === name)?.value
  return value?.stringValue ?? (value?.intValue === undefined ? undefined : Number(value.intValue))
}

const LISTED = [
  { stream: 'product/MUG', command: { type: 'product.observe', product: { sku: 'MUG', name: 'Mug', stocked: true, changedAt: '2026-11-20T09:00:00.000Z' } } },
] // prettier-ignore

/** Two processes on one database, each with its own line to the collector. */
async function twoProcesses(url: string, sample = 1) {
  const database = await freshDatabase()
  const erp = anErp()
  const shop = aShop()
  const processOf = (owner: string): Engine => {
    const sink = openTelemetrySink({ url, headers: { authorization: 'Bearer t' }, instance: owner, log: () => {} })
    const engine = anEngine(database, { shop, erp }, { owner, tracer: createTracer(sink, { sample }) })
    return { ...engine, io: { ...engine.io, log: () => {} } }
  }
  const processes = [processOf('one'), processOf('two')] as const
  const close = () => Promise.all(processes.map(({ tracer }) => tracer!.close()))
  return { database, erp, processes, close }
}

const deliver = (engine: Engine, key: string, body: unknown, topic = 'order') =>
  createReceiver(engine).receive('shop', {
    headers: { signature: 'good', key, topic },
    body: Buffer.from(JSON.stringify(body)),
    receivedAt: new Date(engine.io.now()).toISOString(),
  })

/** Turns and calls, by turns in the one and the other process, until nothing is left. */
async function settle(database: Database, processes: readonly Engine[]): Promise<void> {
  for (let round = 0, idle = 0; idle < 4; round += 1) {
    const engine = processes[round % 2]!
    let found = await turn(engine, 3)
    for (const [name, connection] of engine.connections)
      for (const lane of lanesOf(name, connection)) found += await dispatch(engine, lane)
    idle = found === 0 ? idle + 1 : 0
    await database.query(`update outbox set due_at = created_at where state = 'open'`)
  }
}

test('F210: one order over two processes is one tree, from the webhook to the last answer, without personal data', async () => {
  const { url, spans, texts } = await collector()
  const { database, erp, processes, close } = await twoProcesses(url)
  let failures = 1
  erp.before = (type) => {
    if (type === 'sale.ensure' && (failures -= 1) >= 0) throw new Fault('unavailable', 'It is away.')
  }
  await deliver(processes[0], 'listed', LISTED, 'messages')
  await settle(database, processes)
  const order = anOrder('1001')
  await deliver(processes[1], 'one', order)
  await deliver(processes[0], 'two', { ...order, updatedAt: '2026-11-20T11:00:00.000Z', tags: ['vip'] })
  await settle(database, processes)
  await close()

  const correlation = 'order/shop/1001'
  const mine = spans().filter(({ traceId }) => traceId === traceIdOf(correlation))
  expect(spans().length).toBe(mine.length)
  const byId = new Map(mine.map((span) => [span.spanId, span]))
  expect(byId.size).toBe(mine.length)
  const roots = mine.filter(({ parentSpanId }) => !parentSpanId)
  expect(roots.map(({ name, spanId }) => [name, spanId])).toEqual([['order', spanIdOf('order', correlation)]])
  const orphans = mine.filter(({ parentSpanId }) => parentSpanId && !byId.has(parentSpanId)).map(({ name }) => name)
  expect(orphans).toEqual([])
  const path = (name: string): string[] => {
    const names: string[] = []
    for (let span = mine.find((one) => one.name === name); span; span = byId.get(span.parentSpanId ?? ''))
      names.push(span.name)
    return names.reverse()
  }
  expect(path('order.confirmed')).toEqual([
    'order', 'receive shop', 'inbox delivery', 'order.placed', 'inbox note', 'stock.assured',
    'inbox note', 'order.released', 'outbox sale.ensure', 'inbox answer', 'order.confirmed',
  ]) // prettier-ignore
  expect(path('sale.ensure erp').slice(-2)).toEqual(['outbox sale.ensure', 'sale.ensure erp'])
  const calls = mine.filter(({ name }) => name === 'sale.ensure erp')
  const said = calls.map(({ attributes, status }) => {
    return [attribute(attributes, 'crossdock.attempt'), attribute(attributes, 'error.type'), status.code]
  })
  expect(said).toEqual([[1, 'unavailable', 2], [2, undefined, 0]]) // prettier-ignore
  expect(new Set(mine.map(({ from }) => from))).toEqual(new Set(['one', 'two']))
  for (const { startTimeUnixNano: start, endTimeUnixNano: end } of mine) expect(BigInt(end) >= BigInt(start)).toBe(true)

  const all = texts.join('\n')
  const { customer, shippingAddress: to } = order
  for (const datum of [customer!.name, customer!.email, to!.name, to!.street, to!.city, to!.postcode, 'Ada', 'Byron'])
    expect(all).not.toContain(datum)
})

test('a call for several orders is one span that links to the others', async () => {
  const { url, spans } = await collector()
  const { database, processes, close } = await twoProcesses(url)
  await deliver(processes[0], 'listed', LISTED, 'messages')
  await settle(database, processes)
  for (const id of ['1', '2', '3']) await deliver(processes[0], id, anOrder(id))
  while ((await turn(processes[0])) > 0);
  for (const lane of lanesOf('erp', processes[0].connections.get('erp')!))
    while ((await dispatch(processes[0], lane)) > 0);
  while ((await turn(processes[0])) > 0);
  for (const lane of lanesOf('erp', processes[0].connections.get('erp')!))
    while ((await dispatch(processes[0], lane)) > 0);
  await close()
  const calls = spans().filter(({ name }) => name === 'sale.ensure erp')
  expect(calls.map(({ attributes }) => attribute(attributes, 'messaging.batch.message_count'))).toEqual([3])
  const outboxes = spans().filter(({ name }) => name === 'outbox sale.ensure')
  const linked = calls[0]!.links!.map(({ traceId, spanId }) => `${traceId} ${spanId}`)
  const others = outboxes.filter(({ traceId }) => traceId !== calls[0]!.traceId)
  expect(linked.sort()).toEqual(others.map(({ traceId, spanId }) => `${traceId} ${spanId}`).sort())
  expect(outboxes.find(({ spanId }) => spanId === calls[0]!.parentSpanId)?.traceId).toBe(calls[0]!.traceId)
})

test('a sample takes the same orders whole in every process, and others not at all', async () => {
  const { url, spans } = await collector()
  const { database, processes, close } = await twoProcesses(url, 0.5)
  await deliver(processes[0], 'listed', LISTED, 'messages')
  const ids = Array.from({ length: 24 }, (_, n) => String(n))
  for (const id of ids) await deliver(processes[Number(id) % 2]!, id, anOrder(id))
  await settle(database, processes)
  await close()
  const traced = new Set(spans().map(({ traceId }) => traceId))
  const roots = spans().filter(({ name }) => name === 'order')
  expect(traced.size).toBe(roots.length)
  expect([...traced].every((traceId) => traceId < '8')).toBe(true)
  expect(traced.size).toBe(ids.filter((id) => traceIdOf(`order/shop/${id}`) < '8').length)
})

test('a collector that is away or refuses costs nothing but the traces, and is said once', async () => {
  const said: string[] = []
  const log = (_: string, message: string) => void said.push(message)
  const { url, texts } = await collector()
  const sink = openTelemetrySink({ url, headers: { authorization: 'wrong' }, instance: 'one', log })
  const engine = anEngine(
    await freshDatabase(),
    { shop: aShop(), erp: anErp() },
    { tracer: createTracer(sink, { sample: 1 }) },
  )
  await deliver(engine, 'one', anOrder('1'))
  expect(await turn(engine)).toBe(1)
  await engine.tracer!.close()
  expect([said, texts]).toEqual([['traces cannot be sent and are dropped'], []])
})

test('log lines that name an order name its trace', () => {
  const lines: unknown[] = []
  const log = withTraceIds((...line) => void lines.push(line[2]))
  log('info', 'said', { correlation: 'order/shop/1' })
  log('info', 'said', { correlation: 'stock/WH/MUG' })
  expect(lines).toEqual([
    { correlation: 'order/shop/1', trace_id: traceIdOf('order/shop/1') },
    { correlation: 'stock/WH/MUG' },
  ])
})
