/** What one hold of an order says, with personal data masked. */
import type { OrderHold } from '#core/order/holds.ts'
import { cureOf } from './cures.ts'
import type { createMask } from './masking.ts'

/** @param mask of the order the hold is for. */
export function holdView(hold: OrderHold, mask: ReturnType<typeof createMask>) {
  const { kind, owner, since, dueAt, atExpiry, release, escalated, asked } = hold
  return {
    kind,
    owner,
    since,
    dueAt,
    atExpiry,
    release,
    escalated,
    asked: asked ? { ...asked, note: mask.text(asked.note) } : null,
    reasons: hold.reasons.map(({ code, detail }) => ({ code, detail: mask.text(detail), cure: cureOf(code).cure })),
  }
}
