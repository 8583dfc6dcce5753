/** How records of several channels are held to be one person, and whose word on a person counts. */
import { z } from 'zod'

const channels = z.array(z.string().regex(/^[a-z][a-z0-9-]*$/))

export const customersSchema = z
  .strictObject({
    match: z
      .enum(['off', 'review', 'auto'])
      .default('review')
      .describe(
        'Whether records that may be one person are looked for: not at all; for a person to decide; or, what is surely the same, joined by itself.',
      ),
    sameFrom: z.int().min(50).max(100).default(90).describe('Points, of 100, from which two records are one person.'),
    reviewFrom: z.int().min(1).max(100).default(60).describe('Points from which a person looks at two records.'),
    trust: z
      .strictObject({
        name: channels.optional().describe('On the name.'),
        email: channels.optional().describe('On the e-mail address.'),
        phone: channels.optional().describe('On the telephone number.'),
      })
      .default({})
      .describe('Channels whose word counts before the newest, by member, the first of them first.'),
    anonymous: channels
      .default([])
      .describe('Marketplaces that hide their buyers: nobody is recognised by what they say.'),
    relayDomains: z
      .array(z.string().min(3).toLowerCase())
      .default([])
      .describe('Domains of forwarding addresses, beside those the hub knows.'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional()
      .describe('ISO 3166-1 code for telephone numbers of people whose country is not known.'),
  })
  .refine(({ sameFrom, reviewFrom }) => reviewFrom <= sameFrom, 'reviewFrom may not be above sameFrom')

/** What is wrong with the channels it names. */
export function strangeCustomers(
  {
    trust,
    anonymous,
  }: { trust: Readonly<Record<string, readonly string[] | undefined>>; anonymous: readonly string[] },
  channels: readonly string[],
): { path: string[]; message: string }[] {
  const named = Object.entries({ ...trust, anonymous }).flatMap(([where, names]) =>
    (names ?? []).map((name) => ({ where, name })),
  )
  return named
    .filter(({ name }) => !channels.includes(name))
    .map(({ where, name }) => {
      const path = where === 'anonymous' ? ['customers', where] : ['customers', 'trust', where]
      return { path, message: `'${name}' is no channel of the policy.` }
    })
}
