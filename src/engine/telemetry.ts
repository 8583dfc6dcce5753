/** Sends spans by OpenTelemetry's own batching and its OTLP exporter. Loaded only where traces are sent. */
import {
  type Attributes,
  type HrTime,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace'
import type { Log } from '../io.ts'
import type { SpanAt, SpanSink, TraceSpan } from './tracing.ts'

export interface TelemetryOptions {
  url: string
  headers: Readonly<Record<string, string>>
  /** Names this process among those of the hub. */
  instance: string
  log: Log
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
} as const

export function openTelemetrySink({ url, headers, instance, log }: TelemetryOptions): SpanSink {
  const resource = resourceFromAttributes({ 'service.name': 'crossdock', 'service.instance.id': instance })
  const exporter = telling(new OTLPTraceExporter({ url, headers }), log)
  const processor = new BatchSpanProcessor({ exporter, maxQueueSize: 8_192, scheduledDelayMillis: 2_000 })
  const fixed = {
    resource,
    instrumentationScope: { name: 'crossdock' },
    ended: true,
    events: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  } as const
  return {
    send: (span) => processor.onEnd({ ...fixed, events: [], ...readable(span) }),
    close: () => processor.shutdown().catch(() => {}),
  }
}

/** A collector that is away is said once, and once when it is back; the hub works on without it. */
function telling(exporter: SpanExporter, log: Log): SpanExporter {
  let away = false
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const code: number = result.code
        const failed = code !== 0
        if (failed && !away) log('warn', 'traces cannot be sent and are dropped', { reason: result.error?.message })
        if (!failed && away) log('info', 'traces are sent again')
        away = failed
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  }
}

type Told = Omit<
  ReadableSpan,
  | 'resource' | 'instrumentationScope' | 'ended' | 'events' | 'droppedAttributesCount' | 'droppedEventsCount'
  | 'droppedLinksCount'
> // prettier-ignore

function readable({
  name,
  kind,
  traceId,
  spanId,
  parentId,
  startMs,
  endMs,
  attributes,
  error,
  links = [],
}: TraceSpan): Told {
  const context = contextOf({ traceId, spanId })
  const lastMs = Math.max(startMs, endMs)
  return {
    name,
    kind: KINDS[kind],
    spanContext: () => context,
    ...(parentId ? { parentSpanContext: contextOf({ traceId, spanId: parentId }) } : {}),
    startTime: timeOf(startMs),
    endTime: timeOf(lastMs),
    duration: timeOf(lastMs - startMs),
    status: error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes: attributes as Attributes,
    links: links.map((link) => ({ context: contextOf(link) })),
  }
}

const contextOf = ({ traceId, spanId }: SpanAt): SpanContext => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED })

const timeOf = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)]
