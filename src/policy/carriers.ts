/** How parcels on their way are judged, as it stands in the configuration. */
import { z } from 'zod'
import { strangePayments } from './payments.ts'

const days = z.int().min(1).max(90)
const person = z.string().min(1).max(100)

export const carrierPolicy = z.strictObject({
  channels: z.array(z.string().min(1)).min(1).describe('Channels whose parcels are followed there.'),
  services: z
    .record(
      z.string().min(1),
      z.strictObject({
        carrier: z
          .string()
          .min(1)
          .optional()
          .describe('What the connection calls the carrier; found by the number unless said.'),
        promiseDays: days.optional().describe('Days after it left that a parcel of this service is promised in.'),
      }),
    )
    .optional()
    .describe('By what the ERP calls the carrier or its service.'),
  numbers: z
    .string()
    .min(1)
    .max(20)
    .optional()
    .describe('Numbers that begin so are followed there, and no others, whatever the ERP calls the carrier: del_.'),
  promiseDays: days.optional().describe('Days after it left that any other parcel is promised in: 5 unless said.'),
  promiseMinutes: z
    .int()
    .min(1)
    .max(1_440)
    .optional()
    .describe('The same in minutes, for couriers: counts in the place of promiseDays.'),
  lostAfterDays: days.optional().describe('A late parcel without a scan for so many days is lost: 7 unless said.'),
  owner: person
    .optional()
    .describe('Whose business late, lost, damaged and returned parcels are: support unless said.'),
  escalateTo: person.optional().describe('Who gets a case that nobody settled in time: operations unless said.'),
  settleWithinHours: z.int().min(1).max(720).optional().describe('How long that may take: 24 hours unless said.'),
})

interface Named {
  carriers?: Parameters<typeof strangePayments>[0] | undefined
  labels?: Readonly<Record<string, { by: string; local?: { by: string } | undefined }>> | undefined
}

/** What is wrong with the names of carriers and their channels, and of those who sell labels. */
export function strangeCarriers(
  { carriers, labels = {} }: Named,
  known: readonly string[],
  channels: readonly string[],
): { path: string[]; message: string }[] {
  const followers = strangePayments(carriers, known, channels)
  const sellers = Object.entries(labels).flatMap(([code, { by, local }]) => [
    { path: ['labels', code, 'by'], by },
    ...(local ? [{ path: ['labels', code, 'local', 'by'], by: local.by }] : []),
  ])
  return [
    ...followers.map(({ path: [, ...rest], message }) => ({ path: ['carriers', ...rest], message })),
    ...sellers.flatMap(({ path, by }) => {
      const message = `No connection is called '${by}'. There are: ${known.join(', ')}.`
      return known.includes(by) ? [] : [{ path, message }]
    }),
  ]
}
