/**
 * What an operation of the API is: its place, its schemas, and the function that does it. The table is in
 * operations.ts.
 */
import type { Engine } from '#engine/engine.ts'
import type { Receiver } from '#engine/receive.ts'
import type { Metrics } from '#insight/metrics.ts'
import type { createOverview } from '#insight/overview.ts'
import type { z } from 'zod'
import type { Access } from './access.ts'
import type { Live } from './live.ts'
import type { Refusal } from './problem.ts'

/** What operations work with. */
export interface House {
  engine: Engine
  receiver: Receiver
  access: Access
  overview: ReturnType<typeof createOverview>
  live: Live
  metrics: Metrics
  /** Names of the connectors, by connection. */
  kinds: ReadonlyMap<string, string>
  startedMs: number
  version: string
}

export interface Call<Params, Body> {
  params: Params
  body: Body
  /** The exact bytes, where the operation asks for them. */
  bytes: Uint8Array
  /** Lower-case names. */
  header(name: string): string | undefined
}

/** An answer whose status or headers depend on what happened. */
export class Reply<Answer> {
  readonly answer: Answer
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    answer: Answer,
    { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
  ) {
    this.answer = answer
    this.status = status
    this.headers = headers
  }
}

export interface Operation<Params = unknown, Body = unknown, Answer = unknown> {
  /** Name in the OpenAPI document. */
  id: string
  method: 'GET' | 'POST' | 'DELETE'
  /** Parameters in braces; one called `{+name}` may hold slashes. */
  path: string
  summary: string
  /** Path and query together. */
  params?: z.ZodType<Params>
  body?: z.ZodType<Body>
  /** It takes the exact bytes instead, up to so many. What may be in them, by content type. */
  raw?: { bytesMax: number; content: Readonly<Record<string, z.ZodType>> }
  answer: z.ZodType<Answer>
  /** 200 unless said. */
  status?: number
  /** Works without a token. */
  open?: boolean
  /** It proves its sender by itself, from whatever origin. */
  signed?: boolean
  handle(call: Call<Params, Body>, house: House): Promise<Answer | Reply<Answer> | Refusal | Response>
}

/** Ties the types of an operation together; the table then holds operations of all types. */
export const operation = <Params, Body, Answer>(one: Operation<Params, Body, Answer>): Operation =>
  one as unknown as Operation
