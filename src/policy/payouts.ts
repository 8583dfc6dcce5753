/** How payouts are booked in the ERP, as it stands in the configuration. */
import { isTimeZone } from '#canon/day.ts'
import { z } from 'zod'

const account = z.string().regex(/^[\w.-]{1,64}$/, 'is no code of an account, such as 101410')

export const payoutPolicy = z.strictObject({
  from: z.iso.date().describe('Payouts from before this day are left alone: somebody booked them.'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'is no time zone, such as Europe/Berlin')
    .optional()
    .describe('Zone in which a day begins, for the dates of the entries. UTC unless said.'),
  journal: z.string().min(1).describe('Code of the miscellaneous journal in the ERP.'),
  accounts: z
    .strictObject({
      transit: account.describe("What is on its way to the bank; the bank's statement clears it."),
      takings: account.describe("Where customers' money waited: the account in `takings` of the channels."),
      fees: account.describe('What the provider kept.'),
      disputes: account.describe('What customers took back through their banks.'),
      other: account.describe('Adjustments, reserves and transfers.'),
      unknown: account.describe(
        'Movements of a kind that is not known, each by itself, until a person says what it is.',
      ),
    })
    .describe('Codes of accounts in the ERP.'),
})

/** What is wrong with the names of those who pay out. */
export const strangePayouts = (
  payouts: Readonly<Record<string, unknown>> = {},
  known: readonly string[],
): { path: string[]; message: string }[] =>
  Object.keys(payouts)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ['payouts', name], message: `No connection is called '${name}'. There are: ${known.join(', ')}.`,
    })) // prettier-ignore
