/** What the console asks of the API about the catalogue. */
import { act } from './api.ts'
import type { MappingPreview } from './types.ts'

/** Has the products shown as they should be. */
export const sendProducts = (channel: string, skus: readonly string[]): Promise<{ asked: number }> =>
  act('/api/catalogue/send', { channel, skus })

/** What recorded deliveries would say under these decisions. */
export const previewSkus = (channel: string, rows: Readonly<Record<string, string>>): Promise<MappingPreview> =>
  act(`/api/catalogue/${encodeURIComponent(channel)}/mapping-preview`, { table: 'skus', rows })
