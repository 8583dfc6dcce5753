/** What one trading partner is configured with. The descriptions here are the reference page. */
import { z } from 'zod'
import { sftpConfig } from '../kit/place.ts'

const party = z.strictObject({
  qualifier: z
    .string()
    .regex(/^[A-Z0-9]{2}$/)
    .default('ZZ')
    .describe('Kind of the identifier (ISA05, ISA07).'),
  id: z
    .string()
    .regex(/^[A-Z0-9 ]{2,15}$/)
    .describe('The identifier itself (ISA06, ISA08).'),
})

export const x12Config = z.strictObject({
  folder: z.string().min(1).describe('Folder of this partner: out and in for files, sent for numbers and copies.'),
  sftp: sftpConfig.optional().describe('The partner has out and in on a server; numbers stay in the folder.'),
  warehouse: z.string().min(1).max(20).describe("Code of the partner's warehouse in the ERP."),
  us: party.describe('How the partner knows us.'),
  them: party.describe('How we know the partner.'),
  channels: z
    .record(z.string(), z.string().regex(/^[A-Z0-9]{1,4}$/))
    .describe('A short name of each channel: it begins our order numbers there (W0502), which have 22 places.'),
  shippingMethods: z
    .record(z.string(), z.string().min(1).max(35))
    .default({})
    .describe("The partner's routing (W6605) for the channels' codes; a code that is not named is sent as it is."),
  cancelCode: z
    .string()
    .regex(/^[A-Z0-9]{1,2}$/)
    .default('F')
    .describe('What cancels an order there (W0501).'),
  test: z.boolean().default(false).describe('Files are marked as a test (ISA15).'),
})

export type X12Config = z.infer<typeof x12Config>
export type X12ConfigInput = z.input<typeof x12Config>
