/** Reads a body by its schema: unknown fields are let through, a missing one is named by its path and never quoted. */
import { z } from 'zod'
import { shapes } from '../kit/shape.ts'

export const { shaped, malformed } = shapes('shopify.malformed')

/** Numbers in webhook bodies, text in GraphQL: always text here. */
export const id = z.union([z.int().positive(), z.string().min(1)]).transform(String)
export const maybeText = z.string().nullish()
/** Amounts are text; a few old fields are numbers. */
export const amount = z.union([z.string(), z.number()]).transform(String)
