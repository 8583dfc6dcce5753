/** What the API key is used for. EasyPost's keys have no narrower permissions. */
export const SCOPES = {
  'API key (test or production)':
    'Making and reading trackers; buying and giving back labels; keeping the webhook as it must be.',
} as const
