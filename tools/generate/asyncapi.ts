/** docs/reference/asyncapi.json: what subscribers are told, by post and on the bus, as an AsyncAPI 3.0 document. */
import { EVENT_SENTENCES } from './event-sentences.ts'

const text = { type: 'string' }

const CLOUD_EVENT = {
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'correlation', 'data'],
  properties: {
    specversion: { const: '1.0' },
    id: { ...text, description: '<stream>/<version>. The same at every repeat: leave out what you know.' },
    source: { ...text, format: 'uri', description: 'hub.publicUrl, or urn:crossdock:hub.' },
    type: { ...text, description: 'What happened, e.g. order.placed.' },
    subject: { ...text, description: 'The stream it is about, e.g. order/shop/1042.' },
    time: { ...text, format: 'date-time' },
    datacontenttype: { const: 'application/json' },
    correlation: { ...text, description: 'The order it belongs to.' },
    data: { type: 'object', description: 'The event. Personal data is masked unless the subscriber may see it.' },
  },
}

const HEADERS = {
  type: 'object',
  description: 'Of posts, by the Standard Webhooks scheme.',
  properties: {
    'webhook-id': { ...text, description: 'The id of the event.' },
    'webhook-timestamp': { ...text, description: 'Seconds since 1970, of this attempt.' },
    'webhook-signature': { ...text, description: 'v1, and the HMAC-SHA256 over id.timestamp.body in base64.' },
  },
}

const nameOf = (type: string): string => type.replaceAll('.', '-')

export function asyncApiDocument(): string {
  const types = Object.entries(EVENT_SENTENCES)
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Crossdock events',
      version: '1',
      description:
        'What happened in the hub, as CloudEvents 1.0 in structured JSON, in the order of the journal: posted to subscribers with a url, or on the bus at <prefix>.events.<type>.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(
      types.map(([type]) => [
        nameOf(type),
        { address: `crossdock.events.${type}`, messages: { event: { $ref: `#/components/messages/${nameOf(type)}` } } },
      ]),
    ),
    operations: Object.fromEntries(
      types.map(([type]) => [nameOf(type), { action: 'send', channel: { $ref: `#/channels/${nameOf(type)}` } }]),
    ),
    components: {
      schemas: { headers: HEADERS, event: CLOUD_EVENT },
      messages: Object.fromEntries(
        types.map(([type, summary]) => [
          nameOf(type),
          {
            name: type,
            summary,
            headers: { $ref: '#/components/schemas/headers' },
            payload: {
              allOf: [{ $ref: '#/components/schemas/event' }, { properties: { type: { const: type } } }],
            },
          },
        ]),
      ),
    },
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
