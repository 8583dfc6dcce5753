/** Refuses a card number that a person typed into a note or a reason, before anything is done with the body. */
import type { Json } from '#canon/json.ts'
import { maskTyped, type TypedMembers } from '#canon/typed-text.ts'
import { Refusal } from './problem.ts'

/** Members of bodies in which people type; names and references of things are no such. */
const TYPED: TypedMembers = new Set(['by', 'reason', 'note', 'text', 'comment', 'title', 'assignee', 'why'])

/** null when there is none. */
export function typedCard(body: unknown): Refusal | null {
  const { members } = maskTyped(body as Json, TYPED)
  if (members.length === 0) return null
  return new Refusal(422, 'card_number', {
    title: 'Card numbers are not taken',
    detail: `${members.join(', ')}: holds what looks like a card number. Nothing was stored.`,
    cure: 'Take it out, or leave only its last four digits; the payment provider knows the rest.',
  })
}
