/** How every channel stands, and the mapping desk. */
import { catalogueState } from '#insight/catalogue.ts'
import { mappingDesk } from '#insight/mapping-desk.ts'
import { catalogueOverview } from './contract-catalogue.ts'
import { operation } from './operation.ts'

export const getCatalogue = operation({
  id: 'getCatalogue',
  method: 'GET',
  path: '/api/catalogue',
  summary:
    'How the products of each channel stand, and words that need somebody to say what they mean. Writes nothing.',
  answer: catalogueOverview,
  async handle(_, { engine: { database, policy } }) {
    const { rows, ...state } = await catalogueState(database, policy)
    return { ...state, cases: await mappingDesk(database, rows) }
  },
})
