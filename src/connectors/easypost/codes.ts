/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const EASYPOST_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'easypost.malformed': {
    cause: 'A webhook or answer does not have the shape it must have.',
    cure: 'Report it with the path in the message.',
  },
  'easypost.missing_member': {
    cause: 'A signed webhook lacks its id or its description.',
    cure: 'Check what stands in front of the hub: it must pass the body on as it is.',
  },
  'easypost.no_answer': {
    cause: 'No answer, or one that broke off. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network.',
  },
  'easypost.not_followed': {
    cause: 'EasyPost refused to follow the parcel: it does not know the carrier, or no carrier has such a number.',
    cure: 'Check number and carrier of the delivery, and the names under services in the policy; then retry.',
  },
  'easypost.not_found': {
    cause: 'EasyPost has no such thing.',
    cure: 'Check that the key is of the same account and mode.',
  },
  'easypost.refused': { cause: 'EasyPost refused the call.', cure: "The message has EasyPost's code." },
  'easypost.server_error': {
    cause: 'EasyPost failed.',
    cure: 'It is tried again. When it stays, look at the status page of EasyPost.',
  },
  'easypost.throttled': {
    cause: 'EasyPost was called too fast.',
    cure: 'Nothing to do: it waits. When it comes often, lower requestsPerSecond.',
  },
  'easypost.unauthorised': { cause: 'The key was refused.', cure: 'Check the key, and that it was not switched off.' },
  'easypost.unexpected_answer': {
    cause: 'An answer is no JSON.',
    cure: 'It is tried again. When it stays, check what stands between the hub and EasyPost.',
  },
}
