/** After a review: the offers of these products are looked at again, and what differs is written where that is on. */
import { offerProducts } from '#engine/offers.ts'
import { sendCatalogueBody, sentCatalogue } from './contract-catalogue.ts'
import { operation } from './operation.ts'
import { Refusal } from './problem.ts'

export const sendCatalogue = operation({
  id: 'sendCatalogue',
  method: 'POST',
  path: '/api/catalogue/send',
  summary: 'Have products shown in a channel as they should be. Takes an Idempotency-Key.',
  body: sendCatalogueBody,
  answer: sentCatalogue,
  status: 202,
  async handle({ body: { channel, skus }, header }, { engine }) {
    if (engine.policy.catalogue?.[channel]?.mode !== 'on') return NOT_ON
    return { asked: await offerProducts(engine, channel, skus, header('idempotency-key') ?? engine.io.id()) }
  },
})

const NOT_ON = new Refusal(409, 'catalogue_not_on', {
  title: 'The catalogue of this channel is not switched on',
  detail: 'Nothing is written while policy.catalogue says off or dry for the channel.',
  cure: 'Look at the differences first; then set mode: on for the channel and start the hub again.',
})
