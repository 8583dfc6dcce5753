/** What a person's action on an order would do in every system, in plain words. */
import type { IntentType } from '#core/intents.ts'
import { INTENT_WORDS } from './call-words.ts'
import type { Mask } from './masking.ts'
import { systemName } from './system-name.ts'
import { eventTitle } from './words.ts'

interface Shown {
  events: readonly { type: string; data: unknown }[]
  calls: readonly { type: string; connection: string; irreversible: boolean; cure: string }[]
}

export interface ActionStep {
  /** The connection, or `hub`. */
  system: string
  does: string
  /** How a person takes back what the hub cannot; null where nothing lasts. */
  lasts: string | null
}

/** They change nothing. */
const READS: readonly string[] = ['stock.read', 'inventory.read'] satisfies IntentType[]

export function actionSteps({ events, calls }: Shown, mask: Mask, kinds: ReadonlyMap<string, string>): ActionStep[] {
  const noted = events.map(({ type, data }) => mask.text(eventTitle(type, data)))
  return [
    ...[...new Set(noted)].map((does) => ({ system: 'hub', does: `${does}.`, lasts: null })),
    ...calls
      .filter(({ type }) => !READS.includes(type))
      .map(({ type, connection, irreversible, cure }) => ({
        system: connection,
        does: `${systemName(connection, kinds)} is asked to ${INTENT_WORDS[type as IntentType].ask}.`,
        lasts: irreversible ? cure : null,
      })),
  ]
}

/** What comes later, by each action: what follows from answers and from what others do is not decided yet. */
export const ACTION_AFTER = {
  cancel:
    'Goods that have not left are free again once the ERP has cancelled; what has left is not undone, and the order then says so. The channel is not told, and no money moves.',
  hold: 'It stays here until somebody lets it go, or its time is over.',
  release: 'When nothing else holds it and nothing is awaited, it goes to the ERP as a confirmed sale.',
  return:
    'No money and no stock moves until somebody receives the goods, unless the policy pays this reason at once. Then the ERP books them, and the policy says what goes back.',
  refund: 'A credit note follows in the ERP once the money is given and the order is invoiced. No stock moves.',
  retry: 'What the other side did already is recognised there, and not done twice.',
  resend:
    'The channel recognises each parcel it knows of. Customers hear again of a parcel only where the channel tells them twice.',
  reroute:
    'What channels could still sell of it there is withdrawn first. What is packed or sent stays, and the order says so. A label of the old delivery is given back by hand.',
  split:
    'The order then has two deliveries and still one sale and one invoice. What is packed or sent meanwhile stays where it is, and the order says so.',
  merge:
    'One label is bought once every delivery is ready; labels of their own are given back. Each stays an order and an invoice of its own. It can be undone until something leaves.',
  unmerge: 'It gets a label of its own, and the others one without it.',
} as const
export type ActionName = keyof typeof ACTION_AFTER
