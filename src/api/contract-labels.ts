/** The shapes of shipping labels on an order's page. */
import { LABEL_STATES } from '#insight/labels.ts'
import { z } from 'zod'
import { amount, object } from './contract-parts.ts'

export const labelView = object('Label', {
  of: z.string().describe('The delivery in the ERP, or the return, that it is for.'),
  isReturn: z.boolean(),
  state: z.enum(LABEL_STATES),
  unsure: z.boolean().describe('It failed, and nobody knows whether it was bought.'),
  carrier: z.string().nullable(),
  service: z.string().nullable(),
  trackingNumber: z.string().nullable(),
  cost: amount.nullable(),
  documentUrl: z.string().nullable().describe('Where the document is; null once the label is given back.'),
  soldBy: z.string().describe('The connection.'),
  country: z.string().nullable().describe('Where it goes.'),
  inTime: z.boolean().nullable().describe('Not later than promised.'),
  shownInErp: z.boolean().describe("The ERP's delivery carries its number."),
})
