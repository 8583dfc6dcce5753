/** A short name for content: equal content, equal name. */
import { canonicalJson } from '#canon/json.ts'
import { createHash } from 'node:crypto'

export const digest = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 12)
