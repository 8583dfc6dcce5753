/** What a person does about a till: let its sequence go on, or send again what the ERP refused. */
import { streams } from '#core/streams.ts'
import { accepted } from './contract-parts.ts'
import { registerParams, resumeBody } from './contract-stores.ts'
import { operation } from './operation.ts'
import { tell } from './tell.ts'

export const resumeTill = operation({
  id: 'resumeTill',
  method: 'POST',
  path: '/api/stores/{store}/registers/{register}/resume',
  summary: 'Lets the sequence of a till go on at a number, after its memory was lost; what is missing is given up.',
  params: registerParams,
  body: resumeBody,
  answer: accepted,
  status: 202,
  handle: ({ params: { store, register }, body, header }, { engine }) => {
    const command = { type: 'till.resume', ...body }
    return tell(engine, streams.till(store, register), command, header('idempotency-key'))
  },
})

export const retryTill = operation({
  id: 'retryTill',
  method: 'POST',
  path: '/api/stores/{store}/registers/{register}/retry',
  summary: 'Sends the receipts again that the ERP refused, and closes again what did not close.',
  params: registerParams,
  answer: accepted,
  status: 202,
  handle: ({ params: { store, register }, header }, { engine }) =>
    tell(engine, streams.till(store, register), { type: 'till.retry' }, header('idempotency-key')),
})
