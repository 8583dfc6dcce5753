/** The first page: are orders flowing, what is stuck and worth what, where does stock disagree, who is in trouble. */
import { overview } from './contract.ts'
import { operation } from './operation.ts'

export const getOverview = operation({
  id: 'getOverview',
  method: 'GET',
  path: '/api/overview',
  summary: 'The figures of the first page. At most a second old; the stock at most five.',
  answer: overview,
  handle: (_, house) => house.overview(),
})
