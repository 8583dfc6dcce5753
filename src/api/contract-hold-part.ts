/** One hold of an order, as the queue and the page of the order show it. */
import { HELD_FOR } from '#policy/holds.ts'
import { z } from 'zod'
import { at, count, object } from './contract-parts.ts'

export const holdKind = z.enum(HELD_FOR)

const asked = object('HoldAsked', { by: z.string(), note: z.string(), at })
export const hold = {
  kind: holdKind,
  owner: z.string(),
  since: at,
  dueAt: at.describe('Then `atExpiry` happens.'),
  atExpiry: z.enum(['release', 'cancel', 'escalate']),
  release: z.enum(['anyone', 'second_person', 'never']).describe('Who may let it go while its cause is still there.'),
  escalated: count.describe('How often nobody decided in time.'),
  asked: asked.nullable().describe('Somebody asked to let it go, and a second person has to agree.'),
  reasons: z.array(object('HoldReason', { code: z.string(), detail: z.string(), cure: z.string() })),
}
export const holdPart = object('Hold', hold)
