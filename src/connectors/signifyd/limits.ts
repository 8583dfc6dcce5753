/** Signifyd's limits as data. None is published that was seen: these are our own, to be a polite caller. */

export const API_VERSION = 'v3'
export const BUCKET = 'api'
export const LIMIT = { burst: 10, perSecond: 5 } as const

/** Waited when Signifyd says 429 without saying how long. */
export const RETRY_AFTER_DEFAULT_MS = 10_000

/** Signs the test deliveries that anybody can make in Signifyd's console: it proves nothing. */
export const TEST_KEY = 'ABCDE'
