/** What the console asks of the API about deciding an order again. */
import { act } from './api.ts'
import type { DryRun, ReplayDone, ReplayPreview } from './types.ts'

/** Differences that are listed; the rest is counted. */
const LISTED = 50

/** What today's rules would make of all that was said to the stream, as it was then. Nothing is sent or written. */
export const dryRunOf = (stream: string): Promise<DryRun> => act('/api/replay/dry-run', { stream, limit: LISTED })
/** What handing its deliveries to the hub once more would do now, and the token that confirms exactly that. */
export const previewOf = (stream: string): Promise<ReplayPreview> => act('/api/replay/preview', { stream })
export const replayOf = (stream: string, token: string): Promise<ReplayDone> => act('/api/replay', { stream, token })
