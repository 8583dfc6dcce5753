/** A dry run of the catalogue: every difference, and nothing written. */
import { catalogueRows } from '#insight/catalogue.ts'
import { catalogueDifferences, catalogueParams } from './contract-catalogue.ts'
import { operation } from './operation.ts'

export const getCatalogueDifferences = operation({
  id: 'getCatalogueDifferences',
  method: 'GET',
  path: '/api/catalogue/differences',
  summary: 'What channels show of products against what they should, page by page. Writes nothing.',
  params: catalogueParams,
  answer: catalogueDifferences,
  handle: ({ params: { cursor, ...params } }, { engine }) =>
    catalogueRows(engine.database, engine.policy, { ...params, after: cursor }),
})
