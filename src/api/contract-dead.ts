/** What the API says of dead letters: what failed for good, whose it is, what it is worth, and what can be done. */
import { DEAD_CLASS_NAMES, DEAD_STEPS } from '#policy/dead-classes.ts'
import { z } from 'zod'
import { amount, at, count, cursor, limit, next, object, part } from './contract-parts.ts'

export const deadClass = part('DeadClass', z.enum(DEAD_CLASS_NAMES))
export const deadState = part('DeadState', z.enum(['open', 'retrying', 'resolved']))

/** No text of a database can hold NUL, or half of a surrogate pair. */
const storable = z
  .string()
  .refine((text) => !text.includes('\0') && text.isWellFormed(), 'holds a character that cannot be stored.')
const name = storable.trim().min(1).max(60)
const filters = {
  state: z.enum(['unresolved', 'open', 'retrying', 'resolved']).default('unresolved'),
  class: deadClass.optional(),
  owner: name.optional(),
  connection: storable.max(63).optional(),
  assignee: name.optional(),
  what: storable.max(200).optional().describe('The intent, as sale.ensure, or the topic of what arrived.'),
  code: storable.max(120).optional(),
}

export const deadListParams = z.object({ ...filters, cursor: cursor.optional(), limit })
export const deadParams = z.object({ id: z.coerce.number().pipe(z.int().min(1)) })

export const deadLetter = object('DeadLetter', {
  id: z.int(),
  class: deadClass,
  means: z.string().describe('What the class means.'),
  step: z.enum(DEAD_STEPS).describe('Where on its way it failed.'),
  title: z.string().describe('In plain words: Odoo could not create the sale order.'),
  connection: z.string(),
  what: z.string(),
  stream: z.string().nullable(),
  correlation: z.string().nullable().describe('The order it belongs to, when that is known.'),
  code: z.string(),
  kind: z.string().describe('Kind of the fault, or bug.'),
  reason: z.string().describe('With personal data masked.'),
  next: z.string().describe('The next best action.'),
  owner: z.string().describe('By policy.'),
  assignee: z.string().nullable(),
  value: amount.nullable().describe("The order's total; null when it belongs to no order."),
  state: deadState,
  openedAt: at,
  failedAt: at.describe('When it failed last.'),
  deaths: count.describe('How often it failed for good.'),
  retries: count.describe('By people; nothing else retries it.'),
  notifiedAt: at.nullable(),
  resolvedAt: at.nullable(),
  resolution: z
    .enum(['by_hand', 'answered', 'mended', 'decided', 'superseded'])
    .nullable()
    .describe('How it ended: by a person, or because something showed that the cause is gone.'),
  proof: z.string().nullable().describe('What showed it.'),
})
export type DeadLetter = z.infer<typeof deadLetter>

export const deadList = object('DeadLetterList', {
  rows: z.array(deadLetter).describe('Newest first.'),
  next,
  figures: z
    .object({
      count,
      value: z.array(amount),
      byClass: z.array(z.object({ class: deadClass, owner: z.string(), count, oldestAt: at })),
    })
    .describe('Of all that are not resolved, whatever was asked for.'),
})
export type DeadList = z.infer<typeof deadList>

export const deadPage = object('DeadLetterPage', {
  letter: deadLetter,
  payload: z.unknown().describe('What arrived or was asked, as JSON, with personal data masked.'),
  key: z.string().nullable().describe('Idempotency key of the delivery or call.'),
  attempts: count.nullable(),
  inboxId: z.int().nullable(),
  can: z.object({ retryStep: z.boolean(), retryLatest: z.boolean(), edit: z.boolean(), resolve: z.boolean() }),
  bodies: z
    .array(z.object({ version: count, at, who: z.string(), bytes: count }))
    .describe('Every body it has had, once it was edited; version 0 is what arrived. All are kept.'),
  comments: z.array(z.object({ at, who: z.string(), action: z.string(), text: z.string() })).describe('Oldest first.'),
  notices: z
    .array(
      z.object({
        channel: z.enum(['log', 'webhook', 'email']),
        state: z.enum(['open', 'sent', 'failed']),
        letters: count.describe('How many dead letters the message tells of.'),
        attempts: count,
        sentAt: at.nullable(),
        nextAt: at.nullable(),
        fault: z.string().nullable(),
      }),
    )
    .describe('Whom it was told, and how that went.'),
})
export type DeadPage = z.infer<typeof deadPage>

const by = name.default('api').describe('Who asks for it; written down with what was done.')
const mode = z
  .enum(['step', 'latest'])
  .default('step')
  .describe('step: the same once more, under the same key. latest: the stream decides again on today’s state.')
const reason = storable.trim().min(3).max(1_000)

export const retryDeadBody = object('RetryDeadLetter', { by, mode })
export const assignDeadBody = object('AssignDeadLetter', { by, assignee: name.nullable() })
export const commentDeadBody = object('CommentDeadLetter', { by, text: storable.trim().min(1).max(2_000) })
export const resolveDeadBody = object('ResolveDeadLetter', { by, reason })

const pointer = storable.regex(/^(\/[^/]*)+$/, 'must be a JSON pointer: /line_items/0/sku').max(500)
const change = z.union([
  z.strictObject({ path: pointer, remove: z.literal(true) }),
  z.strictObject({ path: pointer, value: z.unknown().refine((one) => one !== undefined, 'must be given, or remove') }),
])
export const editDeadBody = part(
  'EditDeadLetter',
  z
    .object({
      by,
      changes: z
        .array(change)
        .min(1)
        .max(200)
        .optional()
        .describe('Members to set or remove; the rest stays as it is.'),
      body: z.string().min(1).optional().describe('Or the whole body.'),
      check: z.boolean().default(false).describe('Only say whether it would be accepted.'),
    })
    .refine(({ changes, body }) => (changes === undefined) !== (body === undefined), {
      path: ['changes'],
      error: 'must be given, or body, and not both.',
    }),
)

export const acted = object('DeadLetterActed', {
  id: z.int(),
  state: deadState,
  changed: z.boolean().describe('False when it had been done before.'),
  said: z.string(),
})

export const bulkDeadBody = part(
  'BulkDeadLetters',
  z
    .object({
      by,
      filter: z.strictObject({ ...filters }).prefault({}),
      action: z.enum(['retry', 'assign', 'resolve']),
      mode,
      assignee: name.nullable().default(null),
      reason: reason.optional(),
    })
    .refine(({ action, reason: why }) => action !== 'resolve' || why !== undefined, {
      path: ['reason'],
      error: 'must be given when resolving.',
    }),
)

export const bulkDone = object('BulkDone', {
  found: count,
  changed: count,
  unchanged: count.describe('Done before.'),
  refused: z.array(z.object({ code: z.string(), count, first: z.int().describe('Number of the first of them.') })),
})
export type BulkDone = z.infer<typeof bulkDone>
