/** Reports are asked for, made in the background, and fetched as a document. */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Client } from './client.ts'
import { REPORTS_PER_PAGE } from './limits.ts'

/** Made by Amazon for each settlement; it cannot be asked for. */
export const SETTLEMENT_REPORT = 'GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2'
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

const listed = z.object({
  reports: z.array(
    z.object({ reportId: z.string(), processingStatus: z.string(), reportDocumentId: z.string().nullish() }),
  ),
  nextToken: z.string().nullish(),
})

export interface ListedReport {
  reportId: string
  documentId: string
}

/** All reports of a type that are done. The filters stand in the token, and nothing else may stand beside it. */
export async function listReports(
  client: Client,
  { reportType, marketplaceId, since }: { reportType: string; marketplaceId: string; since: string },
): Promise<ListedReport[]> {
  const first = {
    reportTypes: reportType, marketplaceIds: marketplaceId, createdSince: since, pageSize: String(REPORTS_PER_PAGE),
  } // prettier-ignore
  const found: ListedReport[] = []
  for (let query: Record<string, string> | null = first; query;) {
    const { data }: { data: z.infer<typeof listed> } = await client.call('getReports', listed, { query, patient: true })
    for (const { reportId, processingStatus, reportDocumentId: documentId } of data.reports)
      if (processingStatus === 'DONE' && documentId) found.push({ reportId, documentId })
    query = data.nextToken ? { nextToken: data.nextToken } : null
  }
  return found
}

const document = z.object({ url: z.url(), compressionAlgorithm: z.literal('GZIP').optional() })

/** The text of the document. Its URL is good for five minutes, so it is asked for right before. */
export async function readDocument(client: Client, reportDocumentId: string): Promise<string> {
  return client.download(await placeOf(client, reportDocumentId))
}

/** The same, line by line. */
export async function* readLines(client: Client, reportDocumentId: string): AsyncGenerator<string> {
  yield* client.lines(await placeOf(client, reportDocumentId))
}

const placeOf = async (client: Client, reportDocumentId: string) =>
  (await client.call('getReportDocument', document, { path: { reportDocumentId }, patient: true })).data
