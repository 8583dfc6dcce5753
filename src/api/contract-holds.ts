/** The shapes of orders that are held, and of what people decide about them. */
import { HELD_FOR } from '#policy/holds.ts'
import { z } from 'zod'
import { amount, at, count, object } from './contract-parts.ts'
import { orderParams } from './contract.ts'

const kind = z.enum(HELD_FOR)
const person = z.string().trim().min(1).max(100)
const words = z.string().trim().max(500)
const minutes = z.int().min(1).max(525_600)

export const holdListParams = z.object({
  owner: z.string().min(1).max(50).optional().describe('Whose business it is.'),
  kind: kind.optional(),
  channel: z.string().min(1).max(100).optional(),
  asked: z.enum(['true', 'false']).transform((text) => text === 'true').optional().describe('Waits for a second person.'),
  sort: z.enum(['due', 'age', 'value']).default('due').describe('The least time left first, the oldest, or the dearest.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
}) // prettier-ignore

const asked = object('HoldAsked', { by: z.string(), note: z.string(), at })
const hold = {
  kind,
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

export const holdList = object('HoldList', {
  holds: z.array(
    object('HeldOrder', { channel: z.string(), externalId: z.string(), label: z.string(), value: amount.nullable(), ...hold }),
  ),
  all: count.describe('How many fit, of which these are the first.'),
  owners: z.array(z.string()).describe('Everybody who has a hold.'),
  more: z.boolean().describe('There are so many that not all were looked at.'),
}) // prettier-ignore

export const orderHolds = object('OrderHolds', {
  holds: z.array(
    object('HoldWithSteps', {
      ...hold,
      steps: z.array(object('HoldStep', { step: z.string(), does: z.string(), possible: z.boolean() })),
    }),
  ),
})

export const holdParams = orderParams.extend({ kind })
export const openHoldBody = object('OpenHold', {
  by: person,
  reason: words.min(1),
  minutes: minutes.optional().describe('Its clock; as the policy says unless said.'),
})
export const releaseHoldBody = object('ReleaseHold', { by: person, note: words.default('') })
export const keepHoldBody = object('KeepHold', { by: person, note: words.default(''), minutes: minutes.optional() })
