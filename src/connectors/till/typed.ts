/**
 * Where cashiers type: titles, reasons, and the reference of a tender, which is never to be a card number. What is
 * hidden no longer fits the record's hash, so that is looked at before.
 */
import type { Json } from '#canon/json.ts'
import { maskTyped, type TypedMembers, withoutTypedCards } from '#canon/typed-text.ts'
import { hashOf } from './chain.ts'
import type { StoredLine } from './upload.ts'

const TYPED: TypedMembers = new Set(['title', 'reason', 'reference'])

/** The line with card numbers hidden, and the members they were in. */
export function withoutCards(one: StoredLine): { line: StoredLine; members: readonly string[] } {
  const { record, text } = one
  if (text !== undefined) {
    const safe = withoutTypedCards(text)
    return safe === text ? { line: one, members: [] } : { line: { ...one, text: safe }, members: ['text'] }
  }
  const { body, members } = maskTyped(record ?? null, TYPED)
  if (members.length === 0) return { line: one, members }
  return { line: { ...one, record: body, hashed: fits(record!) }, members }
}

const fits = (record: Json): boolean =>
  typeof record === 'object' && record !== null && hashOf(record) === (record as { hash?: Json }).hash
