/** What is compared with what, and how the last runs went. */
import { definitionsOf } from '#engine/reconcile/definitions.ts'
import { reconciliations } from '#insight/reconcile.ts'
import { reconciliationList } from './contract-reconcile.ts'
import { operation } from './operation.ts'

export const getReconciliations = operation({
  id: 'getReconciliations',
  method: 'GET',
  path: '/api/reconcile',
  summary: 'What is compared with what, the last runs of each, and how much of what they found is open.',
  answer: reconciliationList,
  handle: async (_, { engine }) => {
    const names = definitionsOf(engine).map(({ name }) => name)
    return { rows: await reconciliations(engine.database, names) }
  },
})
