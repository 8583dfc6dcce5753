/** How connections in shadow compare with the integration that works today. */
import { shadowReport } from '#insight/shadow.ts'
import { shadowParams, shadowReportPart } from './contract-shadow.ts'
import { operation } from './operation.ts'

export const getShadow = operation({
  id: 'getShadow',
  method: 'GET',
  path: '/api/shadow',
  summary: 'Per connection in shadow: compared, same, different by field, missing, and whether the hub may take over.',
  params: shadowParams,
  answer: shadowReportPart,
  async handle({ params: { limit } }, { engine: { connections, database, policy, io } }) {
    const names = [...connections].flatMap(([name, { shadow }]) => (shadow ? [name] : []))
    return { connections: (await shadowReport(database, names, { policy, nowMs: io.now(), limit })) as never }
  },
})
