/** The bus and who is told of events, as a retailer sets them. */
import { z } from 'zod'

export const wordSchema = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'lower-case letters, digits and dashes')

export const busSchema = z.strictObject({
  servers: z
    .array(
      z.string().regex(/^(nats|tls|wss?):\/\/[^\s/@]+$/, 'nats://host:port or tls://host:port, without credentials'),
    )
    .min(1)
    .describe('The NATS servers of the hub, with JetStream on.'),
  credentials: z
    .string()
    .meta({ secret: true })
    .optional()
    .describe('Reference to user:password, a token, or a credentials file of NATS.'),
  prefix: wordSchema.default('crossdock').describe('Begins the name of every stream and subject.'),
  replicas: z
    .union([z.literal(1), z.literal(3), z.literal(5)])
    .default(3)
    .describe('Copies of each stream. 3 survive the loss of one server; 1 survives none.'),
  maxBytes: z
    .int()
    .min(1_048_576)
    .default(1_073_741_824)
    .describe('What one stream may hold. Deliveries go to the database when theirs is full.'),
  edges: z
    .record(
      wordSchema,
      z.strictObject({
        domain: wordSchema.describe('The JetStream domain of the leaf node.'),
        connection: z.string().describe('The connection whose deliveries the tills send.'),
      }),
    )
    .default({})
    .describe('Shops with a NATS server of their own, a leaf node.'),
})

export const subscriberSchema = z.strictObject({
  types: z
    .array(
      z.string().regex(/^(\*|[a-z]+\.(\*|[A-Za-z]+))$/, 'an event such as order.placed, a kind such as order.*, or *'),
    )
    .min(1)
    .describe('Which events it is told of.'),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where events are posted.'),
  bus: z.boolean().default(false).describe('It reads from the bus instead, with a durable consumer of its name.'),
  secret: z.string().meta({ secret: true }).optional().describe('Reference to what signs the posts.'),
  personalData: z
    .enum(['masked', 'full'])
    .default('masked')
    .describe('Personal data in events: masked, or as it is. On the bus it is always masked.'),
  from: z.enum(['now', 'beginning']).default('now').describe('Where in the journal a new subscriber begins.'),
  backlogHours: z
    .int()
    .min(1)
    .max(8_760)
    .default(72)
    .describe('Events it could not be told of for so long are left out.'),
})
