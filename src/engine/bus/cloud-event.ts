/** A business event as it travels outside: CloudEvents 1.0, structured JSON, personal data masked unless allowed. */
import type { JournalRow } from '#store/readers.ts'

export const CLOUD_EVENT_TYPE = 'application/cloudevents+json'

export interface CloudEvent {
  specversion: '1.0'
  /** `<stream>/<version>`: unique within the source, the same at every repeat. */
  id: string
  source: string
  /** `order.placed` */
  type: string
  /** The stream it is about: `order/shop/1042`. */
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** The order it belongs to, for whoever traces it. An extension. */
  correlation: string
  data: unknown
}

/** @param shown of its data: all, or with personal data masked. */
export const cloudEvent = (row: JournalRow, source: string, shown: (data: unknown) => unknown): CloudEvent => ({
  specversion: '1.0',
  id: `${row.stream}/${row.version}`,
  source,
  type: row.type,
  subject: row.stream,
  time: row.at,
  datacontenttype: 'application/json',
  correlation: row.correlation,
  data: shown(row.data),
})

/** @param pattern `order.*`, `order.placed`, or `*` for all. */
export const matches = (pattern: string, type: string): boolean =>
  pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)))
