/** Pieces on their way in a small world: they arrive, come later than said, or never; and what must hold of them. */
import type { PresaleRule } from '../policy.ts'
import type { Step } from './explorer.ts'
import type { Rules, World } from './small-world.ts'

/** What is on its way, and how often each thing may happen to it. */
export interface Coming {
  pieces: number
  /** Which channels may sell it, by their place. */
  channels: readonly number[]
  arrives?: number
  slips?: number
  shrinks?: number
}

/** What is left of it. `shrunk`: pieces that will never come, and may have been sold before that. */
export interface OnItsWay {
  pieces: number
  date: string
  shrunk: number
  left: { arrives: number; slips: number; shrinks: number }
}

export const ruleFor = (channels: readonly string[]): PresaleRule => ({
  kind: 'backorder', from: 'erp', expected: [], since: null, cap: null, holdBack: 0,
  channels, release: null, ship: 'whole', owner: 'buying',
}) // prettier-ignore

export const beginsWith = ({ pieces, arrives = 0, slips = 0, shrinks = 0 }: Coming): OnItsWay => ({
  pieces,
  date: '2026-12-05',
  shrunk: 0,
  left: { arrives, slips, shrinks },
})

/** One picture: what is free and what is on its way, as one transaction of the ERP sees them. */
export const levelOf = ({ onHand, reserved, coming }: World) => ({
  free: onHand - reserved,
  onHand,
  ...(coming && {
    ahead: {
      incoming: coming.pieces > 0 ? [{ date: coming.date, pieces: coming.pieces }] : [],
      received: 0,
      since: null,
    },
  }),
})

export function presaleSteps(rules: Rules, world: World): Step<World>[] {
  const { coming } = world
  if (!coming || coming.pieces === 0) return []
  const { left, pieces } = coming
  const step = (words: string, onHand: number, to: Partial<OnItsWay>): Step<World> => ({
    words,
    next: () => {
      const after = { ...world, onHand: world.onHand + onHand, coming: { ...coming, ...to } }
      return rules.tell(after, { type: 'stock.nudge', free: Number.MIN_SAFE_INTEGER })
    },
  })
  const steps: Step<World>[] = []
  if (left.arrives > 0)
    steps.push(
      step('An expected piece arrives.', 1, { pieces: pieces - 1, left: { ...left, arrives: left.arrives - 1 } }),
    )
  if (left.slips > 0)
    steps.push(
      step('What is expected comes later.', 0, { date: '2026-12-19', left: { ...left, slips: left.slips - 1 } }),
    )
  if (left.shrinks > 0) {
    const fewer = { pieces: pieces - 1, shrunk: coming.shrunk + 1, left: { ...left, shrinks: left.shrinks - 1 } }
    steps.push(step('An expected piece will not come.', 0, fewer))
  }
  return steps
}

/** What was promised stands in the books once, by the date that is true now; nothing else is short. */
export function brokenPromise({ ledger, sales, coming, onHand }: World, { policy }: Rules): string | null {
  if (!coming) return null
  const may = policy.presale![0]!.channels
  const unsaid = ledger.presale!.promises.find(({ channel }) => !may.includes(channel))
  if (unsaid) return `${unsaid.channel} sold a piece that is not here.`
  const owed = sales.filter(({ cancelled }) => cancelled === 'no').length
  const { promises } = ledger.presale!
  const [dated, lost] = [promises.filter(({ date }) => date !== null), promises.filter(({ date }) => date === null)]
  const waiting = ledger.holds.filter(({ told }) => told === 'short').length
  const uncovered = Math.max(0, owed - onHand - coming.pieces)
  if (lost.length + waiting !== uncovered)
    return `${uncovered} sold for which nothing comes; ${lost.length} promises and ${waiting} holds say so.`
  if (dated.some(({ date }) => date !== coming.date)) return `A promise is not for ${coming.date}.`
  const beyond = Math.max(0, owed - onHand)
  return dated.length > beyond ? `${dated.length} wait for pieces, and only ${beyond} have to.` : null
}

export const presaleMeaning = ({ coming, ledger }: World): string =>
  coming
    ? [
        coming.pieces, coming.date, coming.shrunk, ...Object.values(coming.left),
        JSON.stringify(ledger.presale?.seen?.incoming),
        ...(ledger.presale?.promises ?? []).map(({ channel, quantity, date }) => `${channel} ${quantity} ${date}`),
      ].join() // prettier-ignore
    : ''
