/** Rows of a mapping table, tried on what is recorded. */
import { previewMapping } from '#engine/replay/mapping-preview.ts'
import { mappingPreview, mappingPreviewBody, previewParams } from './contract-catalogue.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'

const SHOWN = 20

export const previewCatalogueMapping = operation({
  id: 'previewCatalogueMapping',
  method: 'POST',
  path: '/api/catalogue/{channel}/mapping-preview',
  summary: 'What recorded deliveries would say under other rows of a mapping table. Writes nothing.',
  params: previewParams,
  body: mappingPreviewBody,
  answer: mappingPreview,
  async handle({ params: { channel }, body: { table, rows, days } }, { engine }) {
    if (!engine.connections.has(channel)) return notFound('such channel')
    const today = engine.policy.mappings?.[channel] ?? { skus: {}, shippingMethods: {} }
    const tables = { ...today, [table]: { ...today[table], ...rows } }
    const from = new Date(engine.io.now() - days * 86_400_000).toISOString()
    return previewMapping(engine, { connection: channel, tables, from, limit: SHOWN })
  },
})
