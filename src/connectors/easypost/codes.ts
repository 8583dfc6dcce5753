/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const EASYPOST_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'easypost.address_refused': {
    cause: 'EasyPost could not verify the address, or read it.',
    cure: 'Mend the address of the delivery in the ERP: a label is bought for the new one by itself.',
  },
  'easypost.carrier_silent': {
    cause: 'A carrier did not answer EasyPost, or the same label is being bought right now.',
    cure: 'It is tried again, and looked for first. When it stays, look at the status page of EasyPost.',
  },
  'easypost.label_exists': {
    cause: 'The label is bought already, and EasyPost does not show it.',
    cure: 'Retry: it is found by its reference. Report it when it stays.',
  },
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
  'easypost.no_funds': {
    cause: 'The account has not enough money for the label.',
    cure: 'Fill it up at EasyPost, then retry.',
  },
  'easypost.no_rate': {
    cause: 'No carrier offers a service that the policy allows for this parcel and address.',
    cure: 'Look at services, accounts and parcel of the warehouse under policy.labels, and at the address; then retry.',
  },
  'easypost.not_given_back': {
    cause: 'EasyPost takes the label back no more.',
    cure: 'It was scanned, or it is too old: ask the carrier for the money by hand.',
  },
  'easypost.not_sold': {
    cause: 'EasyPost or the carrier refused to sell the label.',
    cure: "The message has EasyPost's code; mend what it says, then retry.",
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
