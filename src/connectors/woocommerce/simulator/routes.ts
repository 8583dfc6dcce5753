/** What a route of the simulated server is. */
import type { Failure } from './failure.ts'
import type { Listing } from './pages.ts'

export interface Asked {
  /** The numbers in the path. */
  ids: number[]
  url: URL
  input: Record<string, unknown>
  headers: Headers
}

export interface Reply {
  status: number
  body: unknown
  headers?: Record<string, string>
}

type Handler = (asked: Asked) => Reply | Failure | Listing

export interface Route {
  /** Below the API's root. */
  path: RegExp
  GET?: Handler
  POST?: Handler
  PUT?: Handler
  DELETE?: Handler
}
