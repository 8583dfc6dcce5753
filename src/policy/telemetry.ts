/** Where traces of orders go, as a retailer sets it. */
import { z } from 'zod'

export const telemetrySchema = z.strictObject({
  otlp: z.url().describe('Where a collector takes traces by OTLP over HTTP: http://127.0.0.1:4318/v1/traces.'),
  sample: z.number().min(0).max(1).default(1).describe('The share of orders that is traced, from 0 to 1.'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Headers for the collector, each a reference to a secret, e.g. authorization: env:OTLP_TOKEN.'),
  view: z
    .string()
    .refine((text) => text.includes('{traceId}') && URL.canParse(text.replace('{traceId}', '0')), {
      error: 'must be an address that holds {traceId}',
    })
    .optional()
    .describe('Address of a trace where people look at them, with {traceId} for the trace.'),
})
export type TelemetryConfig = z.infer<typeof telemetrySchema>
