/** Why a SKU's numbers are what they are: the sums behind them, and for each channel a sentence. Pure. */
import type { Policy } from '#core/policy.ts'
import { isWaiting } from '#core/stock/claims.ts'
import { bounds, type ChannelStock, type Ledger, type LedgerHold } from '#core/stock/ledger.ts'
import { type Place, safetyOf, sellableOf } from '#core/stock/mode.ts'
import { offerable } from '#core/stock/offer.ts'
import { allot } from '#core/stock/plan.ts'
import { expectedOf, promisedOf, saleableOf } from '#core/stock/presale.ts'
import { awaited } from '#core/stock/put.ts'
import { parseOrderRef } from '#core/streams.ts'

interface Step {
  words: string
  pieces: number
  channel: string | null
}

interface Sum {
  title: string
  steps: Step[]
  result: { words: string; pieces: number }
}

const step = (words: string, pieces: number, channel: string | null = null): Step => ({ words, pieces, channel })
const sumOf = (title: string, steps: Step[], words: string): Sum => ({
  title,
  steps,
  result: { words, pieces: steps.reduce((all, { pieces }) => all + pieces, 0) },
})

const piecesOf = (holds: readonly LedgerHold[]): number => holds.reduce((all, { quantity }) => all + quantity, 0)

/** Sums that add up; none before the ERP's number was read. */
export function sumsOf(state: Ledger, policy: Policy, place: Place): Sum[] {
  const { reading, holds, stocked } = state
  if (!stocked || !reading) return []
  const { onHand, free } = reading
  const waiting = holds.filter(isWaiting)
  const aside = holds.filter((hold) => hold.claim && !isWaiting(hold))
  const sold = holds.filter(({ claim }) => !claim)
  const promised = [
    step('On hand, by the ERP', onHand),
    step('Reserved or waiting to leave, by the ERP', free - onHand),
    step('Held for orders the ERP does not count yet', 0 - piecesOf(sold)),
    ...(aside.length > 0 ? [step('Set aside for reservations and orders of other pools', -piecesOf(aside))] : []),
    ...(waiting.length > 0 ? [step('Asked for beside the channels, not given yet', -piecesOf(waiting))] : []),
  ]
  const all = [...promised, ...comingOf(state, promised)]
  return [sumOf('What can be promised', all, 'Can be promised'), ...sharedOut(state, policy, place)]
}

/** What may be sold before it is here. */
function comingOf(state: Ledger, before: readonly Step[]): Step[] {
  if (!state.presale) return []
  const by = state.presale.rule?.from === 'table' ? 'policy' : 'the ERP'
  const lots = expectedOf(state).filter(({ pieces }) => pieces > 0)
  const kept = lots.reduce((all, { pieces }) => all + pieces, 0) - saleableOf(state)
  const steps = [
    ...lots.map(({ date, pieces }) => step(`Expected on ${date}, by ${by}`, pieces)),
    ...(kept > 0 ? [step('Of that, never sold ahead', -kept)] : []),
  ]
  const so = [...before, ...steps].reduce((all, { pieces }) => all + pieces, 0)
  const rest = offerable(state) - so
  return rest === 0 ? steps : [...steps, step('Beyond that, owed to orders that were promised it', rest)]
}

const PROMISES_MAX = 200

/** Null unless it may be, or was, sold before it is here. */
export function presaleOf(state: Ledger) {
  const { presale } = state
  if (!presale) return null
  const { kind = null, channels = [], release = null, owner = null } = presale.rule ?? {}
  return {
    kind,
    channels: [...channels],
    release,
    owner,
    expected: expectedOf(state).filter(({ pieces }) => pieces > 0),
    promised: promisedOf(state),
    promises: presale.promises.slice(0, PROMISES_MAX).flatMap(({ orderRef, quantity, date }) => {
      const ref = parseOrderRef(orderRef)
      return ref ? [{ ...ref, pieces: quantity, date }] : []
    }),
  }
}

function sharedOut(state: Ledger, policy: Policy, place: Place): Sum[] {
  const can = offerable(state)
  const kept = Math.min(safetyOf(policy, place), Math.max(0, can))
  const start = [step('Can be promised', can), ...(kept > 0 ? [step('Never offered', -kept)] : [])]
  if (state.mode?.is === 'shared') {
    const shares = allot(state, policy, place)
    const sellable = sellableOf(state, policy, place)
    return state.channels.map(({ name }) => {
      const share = shares.get(name) ?? 0
      const short = can < 0 ? [step('Less than nothing cannot be shown', -can)] : []
      const less = sellable === share ? [] : [step('Not seen by this channel', share - sellable, name)]
      return sumOf(`What ${name} is to show`, [...start, ...short, ...less], `Share of ${name}`)
    })
  }
  const given = state.channels.map(({ name, bound }) => step(`May be sold by ${name}`, 0 - (bound ?? 0), name))
  const over = bounds(state) > can - kept
  return [sumOf('Who may sell it', [...start, ...given], over ? 'On sale and not there' : 'Offered nowhere')]
}

export function channelsOf(state: Ledger, policy: Policy, place: Place) {
  const shares = allot(state, policy, place)
  return state.channels.map((one) => {
    const share = shares.get(one.name) ?? 0
    return {
      name: one.name,
      shown: one.seen,
      bound: one.bound,
      share,
      writes: one.put?.writes ?? ('swap' as const),
      inFlight: one.flight && { from: one.flight.from, to: one.flight.to },
      trouble: one.trouble,
      waits: waitsFor(one),
      waitsFor: one.put && (one.put.open || one.put.fact) ? awaited(one) : null,
      standing: standingOf(one, share, state),
    }
  })
}

function waitsFor({ put, name }: ChannelStock): string | null {
  if (put?.open) return `${name} has accepted ${put.open.to} and does not show it yet.`
  return put?.fact ? `All orders of ${name} up to ${put.fact.at} have to be known.` : null
}

const pieces = (count: number): string => (count === 1 ? '1 piece' : `${count} pieces`)

/** The first that holds. */
function standingOf({ bound, trouble, flight, reading, put }: ChannelStock, share: number, state: Ledger): string {
  if (trouble !== null) return 'Nothing is sent to it until somebody has looked: publish again once it is put right.'
  if (flight) return `It is being asked to show ${flight.to} in place of ${flight.from}.`
  if (put?.open) return 'It has accepted a new number and works on it; both numbers count until it shows the new one.'
  if (put?.fact && put.writes === 'swap')
    return 'It was read. What it sold before that is not known yet: until it is, nothing is given to it or to others.'
  if (put?.fact) return 'It took a number. What it sold before that is not known yet, and counts until it is.'
  if (reading !== null) return 'It is being asked what it shows.'
  if (bound === null) return 'It was not read yet; before that, nothing is given to it or to others.'
  if (!state.stocked || !state.reading) return 'The ERP has not said how many there are.'
  if (bound > share) return `${pieces(bound - share)} more than its share: taken back as soon as it is worth a call.`
  if (bound < share) return `${pieces(share - bound)} less than its share: given once others have given back.`
  return state.mode?.is === 'shared' ? 'It shows all there is, less its buffer.' : 'It has its share.'
}

export interface HoldView {
  kind: 'order' | 'reservation' | 'route'
  channel: string
  externalId: string
  quantity: number
  waiting: boolean
  outcome: string | null
}

export const holdsOf = ({ holds }: Ledger): HoldView[] =>
  holds.flatMap((hold): HoldView[] => {
    const { orderRef, quantity, told, claim } = hold
    const said = { quantity, waiting: isWaiting(hold), outcome: claim?.granted ? 'reserved' : told }
    const [kind, ...owner] = claim?.owner.split('/') ?? []
    if (kind === 'reservation') return [{ kind, channel: kind, externalId: owner.join('/'), ...said }]
    const [channel = '', externalId = ''] = owner
    if (kind === 'route') return [{ kind, channel, externalId, ...said }]
    const ref = parseOrderRef(orderRef)
    return ref ? [{ kind: 'order', ...ref, ...said }] : []
  })
