/** Warehouses whose labels the hub buys, as they stand in the configuration. */
import { z } from 'zod'
import { cutOff } from './routing.ts'

const choose = z
  .enum(['cheapest', 'fastest', 'promised'])
  .describe('Which rate is bought; promised: the cheapest that is there in time, or the fastest when none is.')
const services = z
  .array(z.string().min(1))
  .min(1)
  .optional()
  .describe('Only these are bought, as "USPS GroundAdvantage"; all that are offered unless said.')
const accounts = z
  .array(z.string().min(1))
  .min(1)
  .optional()
  .describe('Only through these carrier accounts, by their ids; all unless said.')
const text = z.string().min(1).max(100)
const from = z.strictObject({
  name: text.describe('Who sends it.'),
  street: text.describe('Street and number.'),
  street2: text.optional().describe('What does not fit there.'),
  city: text.describe('Town.'),
  postcode: text.describe('Postcode.'),
  region: text.optional().describe('Code of the state or province, e.g. TX.'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .describe('Country, by its two letters.'),
  phone: text.optional().describe('For the carrier.'),
})
const lengthCm = z.number().positive().max(500)

const person = z.string().min(1).max(100)
const minutes = z.int().min(1).max(10_080)

const local = z.strictObject({
  by: z.string().min(1).describe('Name of the connection that sends couriers.'),
  methods: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('What the ERP calls the carrier of such deliveries; all deliveries unless said.'),
  postcodes: z
    .array(z.string().regex(/^[A-Z0-9]{1,10}$/))
    .min(1)
    .optional()
    .describe('Only where the postcode begins so, in capitals without blanks: how far couriers go. All unless said.'),
  maxCost: z
    .strictObject({
      amount: z.int().min(1).describe('In the smallest unit of the currency.'),
      currency: z.string().regex(/^[A-Z]{3}$/).describe('Three letters. An offer in another currency is too dear.'),
    })
    .optional()
    .describe('What it may cost at most; nothing is too dear unless said.'),
  withinMinutes: minutes.default(120).describe('So many minutes after it is ready the customer has it, or none is sent.'),
  otherwise: z
    .enum(['carrier', 'person'])
    .default('carrier')
    .describe('When no courier comes: the carrier of the warehouse (by), or a person.'),
  owner: person.default('store').describe('Whose business it is when it is a person’s.'),
  escalateTo: person.default('operations').describe('Who gets what that person did not settle in time.'),
  settleWithinMinutes: minutes.default(30).describe('How long that may take.'),
}) // prettier-ignore

export const labelPolicy = z.strictObject({
  by: z.string().min(1).describe('Name of the connection that sells labels.'),
  from: from.describe('Where parcels leave from, and come back to.'),
  parcel: z
    .strictObject({
      lengthCm: lengthCm.describe('In centimetres.'),
      widthCm: lengthCm.describe('In centimetres.'),
      heightCm: lengthCm.describe('In centimetres.'),
      weightG: z.int().min(1).max(1_000_000).describe('In grams, where the ERP knows no weight.'),
    })
    .describe('The usual box.'),
  choose: choose.default('cheapest'),
  services,
  accounts,
  methods: z
    .record(z.string().min(1), z.strictObject({ choose: choose.optional(), services, accounts }))
    .optional()
    .describe('Other rules for what the ERP calls the carrier or its service.'),
  promiseDays: z
    .int()
    .min(0)
    .max(90)
    .optional()
    .describe('Days after it left that a parcel is promised in, where the ERP names no day: 5 unless said.'),
  cutOff: cutOff.optional().describe('What is ready later leaves a day later, and has a day less to be in time.'),
  verify: z.boolean().default(true).describe('No label is bought for an address that cannot be verified.'),
  returns: z.boolean().default(false).describe('A return that is allowed gets a label.'),
  local: local.optional().describe('Deliveries that a courier fetches as soon as they are ready.'),
})
