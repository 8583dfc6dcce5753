/** What people decide about customers: one person, two, or two after all. What each would do is shown before. */
import { streams } from '#core/streams.ts'
import type { Engine } from '#engine/engine.ts'
import { type CustomerStep, previewCustomer } from '#insight/customers.ts'
import {
  apartCustomerBody, customerParams, customerPreview, customerPreviewParams, customerTold, joinCustomerBody,
  partCustomerBody,
} from './contract-customers.ts' // prettier-ignore
import { operation } from './operation.ts'
import { notFound, Refusal } from './problem.ts'
import { tell, type Told } from './tell.ts'

interface Wish {
  step: CustomerStep
  key: string
  other?: string
}

/** Refused at once where it could only be refused later, unseen. */
async function tellCustomer(
  engine: Engine,
  { step, key, other }: Wish,
  command: { type: string },
  requestKey: string | undefined,
): Promise<Told | Refusal> {
  const preview = await previewCustomer(engine.database, engine.policy, step, key, other)
  if (!preview) return notFound('such customer')
  if (preview.possible) return tell(engine, streams.customer(key), command, requestKey)
  const words = { title: 'It cannot be done now', detail: preview.does[0]!, cure: 'Look at the customer again.' }
  return new Refusal(409, step === 'part' ? 'not_joined' : 'joined', words)
}

export const previewCustomerStep = operation({
  id: 'previewCustomer',
  method: 'GET',
  path: '/api/customers/{key}/preview',
  summary: 'What joining two records, keeping them apart, or taking one out would do in every system.',
  params: customerPreviewParams,
  answer: customerPreview,
  handle: async ({ params: { key, step, with: other } }, { engine }) =>
    (await previewCustomer(engine.database, engine.policy, step, key, other)) ?? notFound('such customer'),
})

export const joinCustomer = operation({
  id: 'joinCustomer',
  method: 'POST',
  path: '/api/customers/{key}/join',
  summary:
    'The two records are one person. Nothing is lost: it can be undone by taking one out. Takes an Idempotency-Key.',
  params: customerParams,
  body: joinCustomerBody,
  answer: customerTold,
  status: 202,
  handle: ({ params: { key }, body, header }, { engine }) =>
    tellCustomer(
      engine,
      { step: 'join', key, other: body.with },
      { type: 'customer.join', ...body },
      header('idempotency-key'),
    ),
})

export const keepCustomersApart = operation({
  id: 'keepCustomersApart',
  method: 'POST',
  path: '/api/customers/{key}/apart',
  summary: 'The two records are two people; they are not proposed again. Takes an Idempotency-Key.',
  params: customerParams,
  body: apartCustomerBody,
  answer: customerTold,
  status: 202,
  handle({ params: { key }, body: { from: other, ...said }, header }, { engine }) {
    const command = { type: 'customer.keepApart', other, ...said }
    return tellCustomer(engine, { step: 'apart', key, other }, command, header('idempotency-key'))
  },
})

export const partCustomer = operation({
  id: 'partCustomer',
  method: 'POST',
  path: '/api/customers/{key}/part',
  summary: 'The record is taken out of the person it was joined to, with what came since. Takes an Idempotency-Key.',
  params: customerParams,
  body: partCustomerBody,
  answer: customerTold,
  status: 202,
  handle: ({ params: { key }, body, header }, { engine }) =>
    tellCustomer(engine, { step: 'part', key }, { type: 'customer.part', ...body }, header('idempotency-key')),
})
