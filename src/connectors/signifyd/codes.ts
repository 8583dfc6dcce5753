/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const SIGNIFYD_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'signifyd.malformed': {
    cause: 'A webhook or answer does not have the shape it must have.',
    cure: 'Report it with the path in the message: the API may have changed.',
  },
  'signifyd.missing_member': {
    cause: 'A signed webhook lacks its topic.',
    cure: 'Check what stands in front of the hub: it must pass headers on as they are.',
  },
  'signifyd.no_answer': {
    cause: 'No answer, or one that broke off. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network.',
  },
  'signifyd.not_found': { cause: 'Signifyd knows no such path.', cure: 'Check the url of the connection.' },
  'signifyd.refused': {
    cause: 'Signifyd refused the order.',
    cure: 'The message has its sentence. Correct the order, or let it go; report it when it is a field of ours.',
  },
  'signifyd.server_error': { cause: 'Signifyd failed.', cure: 'It is tried again. When it stays, ask Signifyd.' },
  'signifyd.throttled': { cause: 'Signifyd was called too fast.', cure: 'Nothing to do: it waits.' },
  'signifyd.unauthorised': { cause: "The team's key was refused.", cure: 'Check teamKey, and make a new one there.' },
  'signifyd.unexpected_answer': {
    cause: 'An answer is no JSON.',
    cure: 'It is tried again. When it stays, check what stands between the hub and Signifyd.',
  },
}
