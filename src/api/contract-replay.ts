/** Schemas of deciding again: dry runs, replays, undoing them, and streams as they stood. */
import { z } from 'zod'
import { at, count, object } from './contract-parts.ts'

const moment = z.iso.datetime({ offset: true }).describe('A moment: 2026-11-20T08:00:00Z.')
const name = z.string().min(1).max(400)

export const replaySelection = object('ReplaySelection', {
  inbox: z.int().min(1).optional().describe('One message.'),
  stream: name.optional().describe('Everything said to one stream.'),
  connection: name.optional().describe('What one connection has to do with.'),
  from: moment.optional().describe('Decided at or after.'),
  to: moment.optional().describe('Decided before.'),
})

export const dryRunBody = object('DryRunRequest', {
  ...replaySelection.shape,
  policy: z
    .string()
    .max(64)
    .default('today')
    .describe('today, recorded (each under its own), or the beginning of an earlier digest.'),
  limit: z.int().min(0).max(1_000).default(100).describe('How many differences are listed; the rest is counted.'),
})

const perKind = z.object({ event: count, intent: count, note: count })
const value = z.unknown().describe('With personal data masked.')
const reasons = z.object({ count, first: z.array(z.object({ inbox: z.int(), reason: z.string() })) })

export const dryRunResult = object('DryRun', {
  rows: count.describe('Messages that were decided again.'),
  policy: z.string(),
  policiesUnknown: z.array(z.string()).describe("Digests that were not kept: today's policy took their place."),
  identical: z.boolean().describe('Every event is as recorded.'),
  journal: z.object({ recorded: z.string(), again: z.string() }).describe('SHA-256 over the events, in order.'),
  events: z.object({ recorded: count, again: count }),
  counts: z.object({ different: perKind, missing: perKind, additional: perKind }),
  streams: count.describe('Streams with a difference.'),
  findings: z.array(
    z.object({
      stream: z.string(),
      verdict: z.enum(['different', 'missing', 'additional']),
      kind: z.enum(['event', 'intent', 'note']),
      type: z.string(),
      to: z.string(),
      fields: z.array(z.string()),
      words: z.string(),
      recorded: value,
      again: value,
    }),
  ),
  more: count.describe('How many more differences there are.'),
  answers: z
    .object({
      used: count,
      unfit: count,
      first: z.array(z.object({ stream: z.string(), type: z.string(), inbox: z.int() })),
    })
    .describe('Recorded answers heard again, and those to calls that would not have been made like this.'),
  dead: reasons.describe('Messages that cannot be decided.'),
})

const preview = {
  rows: count.describe('Messages that would be handed to the hub.'),
  streams: count.describe('Streams that would change.'),
  events: z.record(z.string(), count),
  intents: z.array(z.object({ type: z.string(), connection: z.string(), count, irreversible: z.boolean() })),
  irreversible: count.describe('Steps that cannot be taken back.'),
  refused: reasons,
  first: z.array(
    z.object({
      stream: z.string(),
      events: z.array(z.string()),
      intents: z.array(z.object({ type: z.string(), connection: z.string() })),
    }),
  ),
  token: z.string().describe('Repeat it to have exactly this done.'),
}
export const replayPreview = object('ReplayPreview', preview)
export const undoPreview = object('UndoPreview', {
  ...preview,
  caused: z.object({ messages: count, events: count, intents: count }),
  commands: z.record(z.string(), count),
  byHand: z
    .object({
      count,
      first: z.array(
        z.object({
          stream: z.string(),
          type: z.string(),
          connection: z.string(),
          key: z.string(),
          cure: z.string(),
        }),
      ),
    })
    .describe('What only a person can undo.'),
})

const token = z.string().regex(/^[0-9a-f]{16}$/).describe('Of the preview that was looked at.') // prettier-ignore
export const replayBody = object('ReplayRequest', { ...replaySelection.shape, token })

const undoTarget = z.union([
  z.strictObject({ run: z.string().regex(/^[0-9a-f]{12}$/) }),
  z.strictObject({ connection: name, from: moment, to: moment }),
])
export const undoLookBody = object('UndoLook', { what: undoTarget })
export const undoBody = object('UndoRequest', { what: undoTarget, token })

export const replayDone = object('ReplayDone', { run: z.string(), rows: count })

export const replayRuns = object('ReplayRuns', {
  runs: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['replay', 'undo']),
      at,
      askedBy: z.string(),
      policy: z.string(),
      rows: count,
      selection: z.unknown(),
      undoneBy: z.string().nullable(),
    }),
  ),
})

export const pastParams = z.object({
  kind: z.string().regex(/^[a-z-]{1,40}$/),
  id: z.string().min(1).max(300).describe("The rest of the stream's name, slashes and all."),
  version: z.coerce.number().pipe(z.int().min(0).max(2_147_483_647)).optional().describe('After so many events.'),
  at: moment.optional().describe('At this moment.'),
})

export const pastState = object('PastState', {
  stream: z.string(),
  version: count,
  latest: count,
  label: z.string(),
  status: z.string(),
  attention: z.boolean(),
  event: z
    .object({ version: count, type: z.string(), at, cause: z.int(), policy: z.string() })
    .nullable()
    .describe('What brought it there; null before the first event.'),
  state: z.unknown().describe('With personal data masked.'),
})
