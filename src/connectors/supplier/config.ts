/** What one supplier is configured with: where its lists lie, how they are written, and what may change at once. */
import { currency } from '#canon/primitives.ts'
import { z } from 'zod'
import { sftpConfig } from '../kit/place.ts'

const header = z.string().min(1)

const columns = z.strictObject({
  article: header.describe("The supplier's own article number."),
  price: header.describe('The price for us.'),
  sku: header.optional().describe('Our SKU, where the list has it. The mapping table of the connection counts before.'),
  barcode: header.optional().describe('The barcode, which finds the product where there is no SKU.'),
  currency: header.optional().describe('The currency, where it is not the same for all.'),
  minQuantity: header.optional().describe('The quantity from which on the price counts; none unless there is one.'),
  leadDays: header.optional().describe('Days until it is here.'),
  stock: header.optional().describe('Pieces at the supplier.'),
  discontinued: header.optional().describe('Whether it is sold no more.'),
})

const format = z
  .strictObject({
    columns: columns.describe("What the list's header calls each field."),
    delimiter: z.string().length(1).default(';').describe('What stands between fields.'),
    quote: z.string().length(1).default('"').describe('What encloses fields.'),
    encoding: z
      .enum(['utf-8', 'latin-1', 'utf-16'])
      .default('utf-8')
      .describe('How letters are written. A mark at the beginning of the file counts before this.'),
    decimal: z.enum(['.', ',']).default('.').describe('What stands before the decimals.'),
    currency: currency.optional().describe('The currency of all prices, where there is no column for it.'),
    discontinuedWords: z
      .array(z.string())
      .default(['1', 'yes', 'true', 'x'])
      .describe('What stands in that column, in capitals or not.'),
    lastLineEnds: z
      .boolean()
      .default(true)
      .describe('The last line has an end as well: without it the file counts as broken off.'),
  })
  .refine(
    (one) => one.currency !== undefined || one.columns.currency !== undefined,
    'needs currency, or a column for it',
  )

const percent = z.number().min(0).max(100)

const bounds = z.strictObject({
  rows: z.int().min(1).default(200_000).describe('More rows are refused.'),
  bytes: z
    .int()
    .min(1)
    .default(64 * 1024 * 1024)
    .describe('A larger file is refused.'),
  vanishPercent: percent
    .default(20)
    .describe('When more than this share of the articles is gone, the list waits for a person.'),
  jumpPercent: z
    .number()
    .min(0)
    .default(30)
    .describe('A price that moves by more waits for its owner; the other rows go on.'),
  jumpsPercent: percent
    .default(10)
    .describe('When more than this share of the prices moves so far, the list waits for a person.'),
})

export const supplierConfig = z.strictObject({
  folder: z
    .string()
    .min(1)
    .describe('Folder of this supplier: in for its lists, known and work for what the hub remembers of them.'),
  sftp: sftpConfig.optional().describe('The supplier has in on a server; what the hub remembers stays in the folder.'),
  suffix: z.string().default('.csv').describe('Files whose name ends so are read.'),
  order: z
    .enum(['name', 'time'])
    .default('name')
    .describe('Which file is the older one: by its name, or by when it was written.'),
  settledSeconds: z
    .int()
    .min(0)
    .default(60)
    .describe('A file that was written to within this time is left alone, and so are those behind it.'),
  list: z
    .enum(['whole', 'changes'])
    .default('whole')
    .describe('whole: what a list does not name any more has ended. changes: a list names what changed.'),
  supplier: z
    .strictObject({
      name: z.string().min(1).describe('Its name in the ERP, where it is made there.'),
      ref: z.string().min(1).optional().describe('Its reference in the ERP, which finds it.'),
    })
    .describe('Who it is in the ERP.'),
  owner: z.string().min(1).default('purchasing').describe('Whose business its cases are.'),
  unknown: z
    .enum(['case', 'note'])
    .default('case')
    .describe('Whether an article that is none of our products is a case, or only remembered.'),
  format: format.describe('How its lists are written.'),
  bounds: bounds.prefault({}).describe('What is refused, and what a person has to look at first.'),
})

export type SupplierConfig = z.infer<typeof supplierConfig>
export type ListFormat = SupplierConfig['format']
