/** Logging a browser in and out. */
import { session, sessionBody } from './contract-session.ts'
import { operation, Reply } from './operation.ts'
import { Refusal } from './problem.ts'

const WRONG = new Refusal(401, 'wrong_token', {
  title: 'The token is not the right one',
  detail: 'No session was opened.',
  cure: 'Use the token that hub.token names.',
})

export const getSession = operation({
  id: 'getSession',
  method: 'GET',
  path: '/api/session',
  summary: 'Whether a token is needed, and whether this browser has shown it.',
  answer: session,
  open: true,
  handle: async ({ header }, { access }) => ({ needed: access.needed, open: access.admits({ method: 'GET', header }) }),
})

export const openSession = operation({
  id: 'openSession',
  method: 'POST',
  path: '/api/session',
  summary: 'Show the token; the answer sets a cookie for twelve hours.',
  body: sessionBody,
  answer: session,
  open: true,
  async handle({ body }, { access }) {
    if (!access.needed) return { needed: false, open: true }
    const cookie = access.openSession(body.token)
    return cookie === null ? WRONG : new Reply({ needed: true, open: true }, { headers: { 'set-cookie': cookie } })
  },
})

export const closeSession = operation({
  id: 'closeSession',
  method: 'DELETE',
  path: '/api/session',
  summary: 'Forget the token in this browser.',
  answer: session,
  open: true,
  handle: async (_, { access }) =>
    new Reply({ needed: access.needed, open: !access.needed }, { headers: { 'set-cookie': access.closeSession() } }),
})
