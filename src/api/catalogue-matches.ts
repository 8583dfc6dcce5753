/** What a channel's unknown SKUs probably are. Decided in the table of SKUs, which is a file of the configuration. */
import { matchesOf } from '#insight/matches.ts'
import { catalogueMatches, matchParams } from './contract-catalogue.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

export const getCatalogueMatches = operation({
  id: 'getCatalogueMatches',
  method: 'GET',
  path: '/api/catalogue/{channel}/matches',
  summary: 'Listings under SKUs the ERP does not know, and products they probably are. Writes nothing.',
  params: matchParams,
  answer: catalogueMatches,
  async handle({ params: { channel, limit } }, { engine }) {
    if (!(channel in engine.policy.channels)) return notFound('such channel')
    const { unknown, proposals } = await matchesOf(engine.database, engine.policy, channel)
    const listed = proposals.slice(0, limit).map((one) => ({ ...one, candidates: [...one.candidates] }))
    return { unknown, proposed: proposals.length, proposals: listed }
  },
})
