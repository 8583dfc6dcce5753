/** Opening and closing the console's session. */
import { z } from 'zod'
import { object } from './contract-parts.ts'

export const sessionBody = object('OpenSession', { token: z.string().min(1).max(1_000) })
export const session = object('Session', {
  needed: z.boolean().describe('Whether a token is needed at all.'),
  open: z.boolean().describe('Whether this request may use the API.'),
})
export type Session = z.infer<typeof session>
