/** The retailer's rules for dead letters: who owns which, who is told and how, and how far people may go at once. */
import { z } from 'zod'
import { DEAD_CLASS_NAMES, type DeadClass } from './dead-classes.ts'

/** A whole number that always has a bound: what is retried, gathered or done in bulk must end. */
const bounded = (from: number, to: number) => {
  const error = `must be a whole number from ${from} to ${to}: nothing here may be without a bound`
  return z.int({ error }).min(from, { error }).max(to, { error })
}

const reference = z.string().min(1).meta({ secret: true })
const ownerName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,59}$/u, 'is a name of at most 60 letters, digits, blanks and . _ @ -')

const webhook = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Where the message is posted.'),
  secret: reference.describe('Reference to the signing secret of the Standard Webhooks scheme: whsec_ and base64.'),
})

const email = z.strictObject({
  host: z.string().min(1).describe('The SMTP server.'),
  port: bounded(1, 65_535).default(587).describe('Its port; 465 means TLS from the first byte.'),
  user: z.string().optional().describe('The login, when the server wants one.'),
  password: reference.optional().describe('Reference to the password.'),
  from: z.email().describe('The sender.'),
  to: z.array(z.email()).min(1).max(50).describe('The receivers.'),
  tls: z
    .enum(['required', 'optional'])
    .default('required')
    .describe('optional lets a server without TLS be used, as on the same machine.'),
})

const notify = z.strictObject({
  log: z.boolean().default(true).describe('Write each message to the log, as an error.'),
  webhook: webhook.optional().describe('Post each message, signed.'),
  email: email.optional().describe('Send each message by SMTP.'),
  gatherSeconds: bounded(0, 3_600)
    .default(60)
    .describe('Dead letters of one cause within this time are one message that says how many.'),
  attempts: bounded(1, 50).default(12).describe('How often a message is tried before it counts as failed.'),
})

const owner = z.strictObject({
  class: z
    .enum(DEAD_CLASS_NAMES, { error: `is no class of dead letters; there are: ${DEAD_CLASS_NAMES.join(', ')}` })
    .optional()
    .describe('Only of this class; any when left out.'),
  connection: z.string().min(1).optional().describe('Only of this connection; any when left out.'),
  owner: ownerName.describe('A person or a team.'),
})

export const deadLetterPolicySchema = z.strictObject({
  owners: z.array(owner).max(200).default([]).describe('Who owns a dead letter: the first line that fits. Else operations.'),
  notify: notify.prefault({}).describe('Who is told of a dead letter, and how.'),
  retriesMax: bounded(1, 100).default(10).describe('How often people may retry one dead letter.'),
  bulkMax: bounded(1, 10_000).default(1_000).describe('How many dead letters one bulk action may touch.'),
}) // prettier-ignore

export type DeadLetterPolicy = z.infer<typeof deadLetterPolicySchema>
export type NotifyPolicy = DeadLetterPolicy['notify']
export type EmailPolicy = NonNullable<NotifyPolicy['email']>

/** What holds where the configuration says nothing. */
export const DEFAULT_DEAD_LETTERS: DeadLetterPolicy = deadLetterPolicySchema.parse({})

export const DEFAULT_OWNER = 'operations'

export function ownerOf({ owners }: DeadLetterPolicy, letter: { class: DeadClass; connection: string }): string {
  const fits = owners.find(
    (one) =>
      (one.class === undefined || one.class === letter.class) &&
      (one.connection === undefined || one.connection === letter.connection),
  )
  return fits?.owner ?? DEFAULT_OWNER
}

/** Names of connections in the rules that no connection has. @returns where, and what is wrong. */
export function strangeOwners(
  { owners }: DeadLetterPolicy,
  known: readonly string[],
): { path: (string | number)[]; message: string }[] {
  const all = [...known, 'core', 'person']
  return owners.flatMap(({ connection }, index) =>
    connection === undefined || all.includes(connection)
      ? []
      : [
          {
            path: ['deadLetters', 'owners', index, 'connection'],
            message: `No connection is called '${connection}'. There are: ${known.join(', ')}.`,
          },
        ],
  )
}
