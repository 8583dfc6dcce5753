/** Schemas of connections in shadow. */
import { z } from 'zod'
import { at, count, limit, object } from './contract-parts.ts'

export const shadowParams = z.object({ limit })

const verdict = z.enum(['same', 'different', 'missing', 'extra'])

export const shadowReportPart = object('ShadowReport', {
  connections: z.array(
    z.object({
      connection: z.string(),
      since: at.nullable().describe('When it was first compared.'),
      compared: count,
      same: count,
      different: count,
      missing: count.describe('Records the other integration did not do in time.'),
      unsettled: count.describe('Differences seen once, of what changes as we look.'),
      waiting: count.describe('What still waits for the other integration; it is sent once the shadow ends.'),
      byType: z.array(z.object({ type: z.string(), same: count, different: count, missing: count })),
      byField: z.array(z.object({ type: z.string(), field: z.string(), verdict, count })),
      first: z
        .array(
          z.object({
            stream: z.string(),
            type: z.string(),
            field: z.string().describe('Empty when the whole record is missing.'),
            ours: z.string().nullable(),
            theirs: z.string().nullable(),
            verdict,
            at,
          }),
        )
        .describe('What is not the same, newest first.'),
      verdict: z.enum(['cut over', 'go on', 'stop']).describe("By the policy's criteria."),
      share: z.number().nullable().describe('Of equal records, from 0 to 1.'),
      reasons: z.array(z.string()),
    }),
  ),
})
