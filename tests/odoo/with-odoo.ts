/** Journeys that need a real Odoo: they run with one, and without one they say so and pass. */
import { describe, expect, test } from 'vitest'
import { missingVariables, sayMissing } from './server.ts'

export const LONG_MS = 300_000

/** @param left the name of the test that stands for them without an Odoo. @param file theirs, to be shown. */
export function withOdoo(title: string, left: string, file: string, journeys: () => void): void {
  const missing = missingVariables()
  if (missing.length === 0) {
    describe.for([title])('%s', { timeout: LONG_MS }, journeys)
    return
  }
  test.for([left])('%s', () => {
    sayMissing(file)
    expect(missing).not.toEqual([])
  })
}
