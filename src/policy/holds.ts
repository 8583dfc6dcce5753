/** Whose business orders are that are held, until when, and what is compared before an order goes on. */
import type { HoldKind } from '#core/order/hold-kinds.ts'
import { z } from 'zod'

/** Everything an order can be held for whose rules stand by kind; those of screening stand by channel. */
export const HOLD_KINDS = [
  'fraud', 'payment', 'address', 'price', 'tax', 'credit', 'customer', 'shipping', 'sku', 'by_hand',
] as const satisfies readonly HoldKind[] // prettier-ignore

/** Everything a person may let go or keep. */
export const HELD_FOR = [...HOLD_KINDS, 'screening'] as const satisfies readonly HoldKind[]

const owner = z.string().regex(/^[a-z][a-z0-9_-]{0,49}$/)
const minorUnits = z.int().min(0).max(1_000_000_000)

const kind = z
  .strictObject({
    owner: owner.optional().describe('Whose business it is: a name of your own, such as finance.'),
    expiresAfterMinutes: z.int().min(1).max(525_600).optional().describe('So long nobody has to decide.'),
    atExpiry: z
      .enum(['release', 'cancel', 'escalate'])
      .optional()
      .describe('What happens then: the order goes on, is cancelled here, or is handed on with a new clock.'),
    release: z
      .enum(['anyone', 'second_person', 'never'])
      .optional()
      .describe('Who may let the order go while the cause is still there: anyone, two people, or nobody.'),
  })
  .refine(
    ({ atExpiry, release }) => atExpiry !== 'release' || release === undefined || release === 'anyone',
    'what takes two people, or may never go, cannot go by its clock: say release anyone, or another atExpiry',
  )

const screening = z.strictObject({
  by: z.string().min(1).describe('Name of the connection that screens the orders for fraud.'),
  withinMinutes: z.int().min(1).max(43_200).default(240).describe('So long a decision is waited for.'),
  atExpiry: z
    .enum(['release', 'cancel', 'escalate'])
    .default('escalate')
    .describe('What happens then: the order goes on unscreened, is cancelled here, or is handed on with a new clock.'),
  owner: owner.default('fraud').describe('Whose business it is until a decision has come.'),
})

const checks = z.strictObject({
  priceWithin: minorUnits.optional().describe('The lines may differ from the total by so many minor units.'),
  taxWithin: minorUnits.optional().describe('The tax may differ from its rates by so many minor units.'),
  creditLimit: z
    .record(z.string().regex(/^[A-Z]{3}$/), minorUnits)
    .optional()
    .describe('Orders on payment terms above this are held, in minor units by currency.'),
  wholeAddressIn: z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .optional()
    .describe('An address in these countries needs a street, a town and a postcode.'),
})

/** Kinds that may not go by a clock unless the policy says that anyone may let them go. */
const GUARDED: readonly string[] = ['fraud', 'payment', 'credit', 'customer', 'sku']

export const holdsSchema = z
  .strictObject({
    kinds: z.partialRecord(z.enum(HOLD_KINDS), kind).default({}).describe('By what the order is held for.'),
    escalateTo: owner.default('management').describe('Who gets what nobody decided in time.'),
    checks: z.record(z.string(), checks).default({}).describe('What is compared before an order goes on, by channel.'),
    screening: z.record(z.string(), screening).optional().describe('Who screens orders for fraud, by channel.'),
  })
  .superRefine(({ kinds }, context) => {
    for (const [name, rules] of Object.entries(kinds)) {
      if (rules?.atExpiry === 'release' && rules.release === undefined && GUARDED.includes(name))
        context.addIssue({
          code: 'custom',
          path: ['kinds', name],
          message: 'takes two people or has to be mended, so it cannot go by its clock: say release: anyone as well',
        })
    }
  })

/** What is wrong with the names of screeners and their channels. */
export const strangeScreening = (
  screening: Readonly<Record<string, { by: string }>> = {},
  known: readonly string[],
  channels: readonly string[],
): { path: string[]; message: string }[] =>
  Object.entries(screening).flatMap(([channel, { by }]) => {
    const path = ['holds', 'screening', channel]
    return [
      ...(channels.includes(channel) ? [] : [{ path, message: `'${channel}' is no channel of the policy.` }]),
      ...(known.includes(by)
        ? []
        : [{ path, message: `No connection is called '${by}'. There are: ${known.join(', ')}.` }]),
    ]
  })
