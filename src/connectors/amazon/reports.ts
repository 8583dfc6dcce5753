/** Reports are asked for, made in the background, and fetched as a document. */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Client } from './client.ts'

export const LISTINGS_REPORT = 'GET_MERCHANT_LISTINGS_ALL_DATA'

/** @returns the report's id. */
export async function requestReport(client: Client, reportType: string, marketplaceId: string): Promise<string> {
  const body = { reportType, marketplaceIds: [marketplaceId] }
  return (await client.call('createReport', z.object({ reportId: z.string() }), { body, patient: true })).data.reportId
}

const report = z.object({
  processingStatus: z.enum(['CANCELLED', 'DONE', 'FATAL', 'IN_PROGRESS', 'IN_QUEUE']),
  reportDocumentId: z.string().nullish(),
  createdTime: z.string(),
})

/** `made`: by Amazon's clock, when the report was asked for: what it says is no older. */
export type ReportState = { state: 'waiting' } | { state: 'gone' } | { state: 'done'; documentId: string; made: string }

/** `gone`: it will never be there, so another one has to be asked for. An empty report is cancelled, too. */
export async function reportState(client: Client, reportId: string): Promise<ReportState> {
  try {
    const { data } = await client.call('getReport', report, { path: { reportId }, patient: true })
    const { processingStatus: status, reportDocumentId: documentId, createdTime: made } = data
    if (status === 'DONE' && documentId) return { state: 'done', documentId, made }
    return { state: status === 'IN_QUEUE' || status === 'IN_PROGRESS' ? 'waiting' : 'gone' }
  } catch (error) {
    if (error instanceof Fault && error.code === 'amazon.not_found') return { state: 'gone' }
    throw error
  }
}

const document = z.object({ url: z.url(), compressionAlgorithm: z.literal('GZIP').optional() })

/** The text of the document. Its URL is good for five minutes, so it is asked for right before. */
export async function readDocument(client: Client, reportDocumentId: string): Promise<string> {
  const ask = { path: { reportDocumentId }, patient: true }
  return client.download((await client.call('getReportDocument', document, ask)).data)
}
