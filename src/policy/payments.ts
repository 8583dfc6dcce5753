/** How payments at a provider are treated, as it stands in the configuration. */
import { z } from 'zod'
import { strangePayouts } from './payouts.ts'

export const paymentPolicy = z.strictObject({
  channels: z.array(z.string().min(1)).default([]).describe('Channels whose orders are paid there.'),
  waitFor: z
    .enum(['nothing', 'authorised', 'captured'])
    .default('nothing')
    .describe('An order of these channels goes to the ERP once the provider has its total authorised, or captured.'),
  channelRefunds: z
    .enum(['through_provider', 'elsewhere'])
    .default('through_provider')
    .describe('Whether a refund in the channel is made by this provider, or in some other way and so besides its own.'),
  orphanAfterMinutes: z
    .int()
    .min(1)
    .max(525_600)
    .default(1_440)
    .describe('A payment whose order is not known after so many minutes is shown to a person.'),
  capture: z
    .enum(['by_channel', 'at_once', 'at_shipment'])
    .default('by_channel')
    .describe(
      'When the hub captures: all once the ERP has the order, or for each parcel its share. It then also lets go of, or gives back, what is cancelled. by_channel: the channel does all that.',
    ),
  expiryWarningHours: z
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('So many hours before an authorisation runs out that is not captured, a person is told.'),
  evidenceWarningHours: z
    .int()
    .min(1)
    .max(720)
    .default(72)
    .describe('So many hours before evidence on a dispute is due, a person is told.'),
})

/** What is wrong with the names in the rules of money. */
export const strangeMoney = (
  { payments, payouts }: { payments?: Named | undefined; payouts?: Readonly<Record<string, unknown>> | undefined },
  known: readonly string[],
  channels: readonly string[],
): { path: string[]; message: string }[] => [
  ...strangePayments(payments, known, channels),
  ...strangePayouts(payouts, known),
]

type Named = Readonly<Record<string, { channels: readonly string[] }>>

/** What is wrong with the names of providers and their channels. */
export const strangePayments = (
  payments: Named = {},
  known: readonly string[],
  channels: readonly string[],
): { path: string[]; message: string }[] =>
  Object.entries(payments).flatMap(([name, provider]) => {
    const path = ['payments', name]
    const strange = provider.channels.find((one) => !channels.includes(one))
    return [
      ...(known.includes(name)
        ? []
        : [{ path, message: `No connection is called '${name}'. There are: ${known.join(', ')}.` }]),
      ...(strange === undefined ? [] : [{ path, message: `'${strange}' is no channel of the policy.` }]),
    ]
  })
