/**
 * Traces of orders across processes. Nothing is stored for them: the trace is a digest of the order's correlation, and
 * each span a digest of the key its hop has anyway, so every process knows its parents without being told.
 *
 * order ▸ receive ▸ inbox ▸ the event ▸ outbox ▸ call, and the answer's inbox below the outbox. Other streams belong to
 * the order that caused their messages; what no order caused is not traced, since it would never end.
 */
import { createHash } from 'node:crypto'
import type { Connection, Outcome } from '#connectors/kit/connector.ts'
import type { IntentType } from '#core/intents.ts'
import { correlationOf } from '#core/summary.ts'
import type { InboxRow, InboxVerdict, NewInboxRow } from '#store/inbox.ts'
import type { NewEvent } from '#store/journal.ts'
import type { LeasedIntent } from '#store/outbox.ts'
import type { Log } from '../io.ts'
import { storableJson } from './storable.ts'

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length)

export const traceIdOf = (correlation: string): string => digest(`trace ${correlation}`, 32)
export const spanIdOf = (hop: string, key: string): string => digest(`${hop} ${key}`, 16)

export interface SpanAt {
  traceId: string
  spanId: string
}

export type Attribute = string | number

/** One finished span. Attributes hold ids, codes and counts, never personal data. */
export interface TraceSpan extends SpanAt {
  name: string
  kind: 'internal' | 'server' | 'client' | 'consumer' | 'producer'
  parentId?: string
  startMs: number
  endMs: number
  attributes: Readonly<Record<string, Attribute>>
  /** Class of what went wrong. */
  error?: string
  links?: readonly SpanAt[]
}

/** Where spans go. Never waits and never throws: what cannot be sent is dropped. */
export interface SpanSink {
  send(span: TraceSpan): void
  /** Sends what is left. */
  close(): Promise<void>
}

export interface Tracer {
  /** Address of a trace's page, with `{traceId}` for the trace; absent when there is none. */
  view?: string
  /** The trace of an order, where it is traced at all. */
  traceOf(correlation: string): string | null
  received(connection: Connection, row: NewInboxRow, by: 'webhook' | 'feed', span: Span): void
  decided(rows: readonly InboxRow[], verdicts: readonly InboxVerdict[], events: readonly NewEvent[], span: Span): void
  called(connection: string, calls: readonly Called[], span: Span): void
  ended(connection: string, intent: LeasedIntent, state: 'done' | 'failed', endMs: number): void
  close(): Promise<void>
}

interface Span {
  startMs: number
  endMs: number
}

export interface Called {
  intent: LeasedIntent
  outcome: Outcome<IntentType>
}

export interface TracerOptions {
  /** The share of orders that is traced, from 0 to 1; every process takes the same ones. */
  sample: number
  view?: string
}

export const isOrder = (correlation: string | null): correlation is string => correlation?.startsWith('order/') === true

/** The same answer in every process. */
const isSampled = (traceId: string, sample: number): boolean =>
  Number.parseInt(traceId.slice(0, 8), 16) < sample * 2 ** 32

/** A customer's stream may be named after what people are; nothing else is. */
const shown = (stream: string): string => (stream.startsWith('customer/') ? 'customer' : stream)

const MESSAGING = { 'messaging.system': 'crossdock' } as const

export function createTracer(sink: SpanSink, { sample, view }: TracerOptions): Tracer {
  const traced = (correlation: string | null): string | null => {
    if (!isOrder(correlation)) return null
    const traceId = traceIdOf(correlation)
    return isSampled(traceId, sample) ? traceId : null
  }
  return {
    ...(view === undefined ? {} : { view }),
    traceOf: traced,
    received(connection, row, by, { startMs, endMs }) {
      const correlation = correlationFor(connection, row)
      const traceId = traced(correlation)
      if (!traceId) return
      const { source, key } = row
      sink.send({
        traceId, spanId: spanIdOf('receive', `${source} ${key}`), parentId: spanIdOf('order', correlation!),
        name: `receive ${source}`, kind: by === 'webhook' ? 'server' : 'consumer', startMs, endMs,
        attributes: {
          ...MESSAGING, 'messaging.operation.type': 'receive', 'messaging.destination.name': source,
          'messaging.message.id': key, 'crossdock.by': by,
        },
      }) // prettier-ignore
    },
    decided(rows, verdicts, events, span) {
      const verdictOf = new Map(verdicts.map((one) => [one.id, one]))
      const byCause = Map.groupBy(events, ({ cause }) => cause)
      for (const row of rows) {
        const mine = byCause.get(row.id) ?? []
        const verdict = verdictOf.get(row.id)
        const traceId = traced(verdict?.correlation ?? row.correlation)
        if (!traceId || !verdict) continue
        for (const one of decisionSpans(traceId, row, verdict, mine, span)) sink.send(one)
      }
    },
    called(connection, calls, { startMs, endMs }) {
      const first = calls.find(({ intent }) => traced(intent.correlation))
      if (!first) return
      const at = outboxOf(first.intent)
      const others = calls.filter(({ intent }) => intent !== first.intent && traced(intent.correlation))
      const fault = 'fault' in first.outcome ? first.outcome.fault : null
      const { type, attempts } = first.intent
      sink.send({
        ...callOf(first.intent), parentId: at.spanId, name: `${type} ${connection}`, kind: 'client', startMs, endMs,
        attributes: {
          ...MESSAGING, 'messaging.operation.type': 'send', 'messaging.destination.name': connection,
          'messaging.batch.message_count': calls.length, 'crossdock.intent.type': type, 'crossdock.attempt': attempts,
          ...(fault ? { 'error.type': fault.kind, 'crossdock.fault.code': fault.code } : {}),
        },
        ...(fault ? { error: fault.kind } : {}),
        links: others.map(({ intent }) => outboxOf(intent)),
      }) // prettier-ignore
    },
    ended(connection, intent, state, endMs) {
      const traceId = traced(intent.correlation)
      if (!traceId) return
      const { key, type, stream, version, attempts, created_at } = intent
      sink.send({
        ...outboxOf(intent), parentId: spanIdOf('event', `${stream}/${version}`), name: `outbox ${type}`,
        kind: 'producer', startMs: Date.parse(created_at), endMs,
        attributes: {
          ...MESSAGING, 'messaging.operation.type': 'create', 'messaging.destination.name': connection,
          'messaging.message.id': `${shown(stream)}${key.slice(stream.length)}`,
          'crossdock.intent.type': type, 'crossdock.attempts': attempts, 'crossdock.outcome': state,
        },
        ...(state === 'failed' ? { error: 'failed' } : {}),
      }) // prettier-ignore
    },
    close: () => sink.close(),
  }
}

const outboxOf = ({ correlation, key }: LeasedIntent): SpanAt => ({
  traceId: traceIdOf(correlation),
  spanId: spanIdOf('outbox', key),
})

const callOf = ({ correlation, key, attempts }: LeasedIntent): SpanAt => ({
  traceId: traceIdOf(correlation),
  spanId: spanIdOf('call', `${key} ${attempts}`),
})

/** Whose order a delivery is about, as the turn will find it; null when it is about none or cannot be read. */
function correlationFor(connection: Connection, { topic, body, receivedAt }: NewInboxRow): string | null {
  try {
    const told = { topic, body: storableJson(Buffer.from(body).toString('utf8')), receivedAt }
    const [first] = connection.translate(told)
    return first ? correlationOf(first.stream) : null
  } catch {
    return null
  }
}

/** The message's wait, what came of it, and the order itself with its first event. */
function decisionSpans(
  traceId: string,
  row: InboxRow,
  verdict: InboxVerdict,
  events: readonly NewEvent[],
  { startMs, endMs }: Span,
): TraceSpan[] {
  const correlation = verdict.correlation!
  const inboxId = spanIdOf('inbox', `${row.source} ${row.key}`)
  const arrivedMs = Math.min(Date.parse(row.received_at), startMs)
  const refused = /^refused (\w+)/.exec(verdict.outcome)?.[1]
  const began = events.some(({ stream, version }) => stream === correlation && version === 1)
  const order: TraceSpan[] = began
    ? [{
        traceId, spanId: spanIdOf('order', correlation), name: 'order', kind: 'internal', startMs: arrivedMs, endMs,
        attributes: { 'crossdock.correlation': correlation },
      }]
    : [] // prettier-ignore
  return [
    ...order,
    {
      traceId, spanId: inboxId, parentId: parentOf(row, correlation), name: `inbox ${row.kind}`, kind: 'consumer',
      startMs: arrivedMs, endMs: startMs,
      attributes: {
        ...MESSAGING, 'messaging.operation.type': 'process', 'messaging.destination.name': row.source,
        'crossdock.outcome': refused ?? verdict.state, 'crossdock.events': events.length,
      },
      ...(verdict.state === 'dead' ? { error: 'dead' } : {}),
    },
    ...events.map(({ stream, version, type }): TraceSpan => ({
      traceId, spanId: spanIdOf('event', `${stream}/${version}`), parentId: inboxId, name: type, kind: 'internal', startMs, endMs,
      attributes: { 'crossdock.stream': shown(stream), 'crossdock.version': version },
    })),
  ] // prettier-ignore
}

/** What brought the message: its webhook, the intent it answers, or the event that noted it. */
function parentOf({ kind, source, key }: InboxRow, correlation: string): string {
  if (kind === 'answer') return spanIdOf('outbox', key.slice('answer/'.length))
  if (kind === 'delivery') return spanIdOf('receive', `${source} ${key}`)
  return source === 'core' && /\/\d+\/\d+$/.test(key)
    ? spanIdOf('event', key.slice(0, key.lastIndexOf('/')))
    : spanIdOf('order', correlation)
}

/** Log lines that name an order name its trace as well. */
export const withTraceIds =
  (log: Log): Log =>
  (level, message, fields = {}) => {
    const { correlation } = fields
    const known = typeof correlation === 'string' && isOrder(correlation)
    log(level, message, known ? { ...fields, trace_id: traceIdOf(correlation) } : fields)
  }
