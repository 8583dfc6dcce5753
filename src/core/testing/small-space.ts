/** The space of a small world: what a state means, what must hold in every one of them, and what at rest. */
import { bounds, type Ledger } from '../stock/ledger.ts'
import { offerable } from '../stock/offer.ts'
import type { Space } from './explorer.ts'
import { brokenPromise, presaleMeaning } from './small-presale.ts'
import { stepsOf } from './small-steps.ts'
import { type Rules, tickOf, type World } from './small-world.ts'

/** @param books whether the ledger's own bounds are held against the truth as well, and not only what is sold. */
export function spaceOf(rules: Rules, { books = true }: { books?: boolean } = {}): Space<World> {
  return {
    initial: begun(rules),
    steps: (world) => stepsOf(rules, world),
    meaning,
    broken: (world) => oversold(world) ?? (books ? misjudged(world) : null),
    unsettled: (world) => unsettled(rules, world) ?? brokenPromise(world, rules),
  }
}

/** Read and at rest before there is anything to share, unless it is to begin before that. */
function begun(rules: Rules): World {
  let world = rules.begin()
  if (rules.setup.early) return rules.know(world)
  for (let quiet = stepsOf(rules, world).quiet; quiet; quiet = stepsOf(rules, world).quiet) world = quiet.next()
  return rules.know(world)
}

/** What is on the shelves and what was sold is there. */
function oversold({ shelves, sales, onHand, coming }: World): string | null {
  const shown = shelves.reduce((all, { shows }) => all + shows, 0)
  const owed = sales.filter(({ cancelled }) => cancelled === 'no').length
  // What will never come may have been sold before that was known.
  const there = onHand + (coming ? coming.pieces + coming.shrunk : 0)
  return shown + owed <= there ? null : `Oversold: ${shown} on the shelves and ${owed} sold of ${there}.`
}

/** A channel's bound is never below what it shows, or may come to show, and what it sold unheard. */
function misjudged({ ledger, shelves, sales }: World): string | null {
  for (const [index, { shows, queue }] of shelves.entries()) {
    const { name, bound } = ledger.channels[index]!
    const unheard = sales.reduce((all, { channel, heard, cancelled }) => {
      if (channel !== index) return all
      return all + Number(heard === 0) - Number(cancelled === 'restocked' && heard < 2)
    }, 0)
    const exposure = Math.max(shows, ...queue) + unheard
    if (bound !== null && bound < exposure) return `${name} can sell ${exposure}, and its bound is ${bound}.`
  }
  return null
}

/** Nothing is under way: what is shown is what the books say, and nobody is short of more than half a share. */
function unsettled({ policy }: Rules, { ledger, shelves, sales, onHand, reserved, coming }: World): string | null {
  const { holds, channels } = ledger
  // A sale of pieces that will never come waits for a person.
  const waits = coming ? coming.shrunk : 0
  if (holds.some(({ told }) => waits === 0 || told !== 'short')) return `At rest with ${holds.length} holds.`
  if (ledger.reading?.free !== onHand - reserved)
    return `At rest with ${ledger.reading?.free} free of ${onHand - reserved}.`
  if (
    sales.some(
      ({ cancelled, erp, assured }) => (assured || waits === 0) && (cancelled === 'no') !== (erp === 'confirmed'),
    )
  )
    return 'At rest with an open order.'
  const sellable = offerable(ledger) - policy.safetyStock
  for (const [index, { bound, flight, reading, put }] of channels.entries()) {
    if (flight || reading !== null || put?.fact || put?.open) return `At rest with channel ${index} waiting.`
    if (bound !== shelves[index]!.shows)
      return `At rest with ${shelves[index]!.shows} shown at channel ${index}, bound ${bound}.`
    if (!coming && bound * 2 < Math.floor(sellable / channels.length))
      return `At rest with channel ${index} short of its share.`
  }
  const given = bounds(ledger)
  const exact = channels.every(({ put }) => !put)
  if (given > Math.max(0, sellable)) return `At rest with ${given} given of ${sellable}.`
  if (exact && given < sellable) return `At rest with ${given} given of ${sellable}.`
  return null
}

/**
 * Two states mean the same when whatever happens next is the same in both: versions and moments are told by their order
 * alone, orders by where they stand, and those that are over only by what they took.
 */
function meaning(world: World): string {
  const { ledger, channels, shelves, sales, owed, passes, seen, onHand, reserved, left } = world
  const open = sales.filter((sale) => isOpen(sale, world))
  const gone = sales.length - open.length
  const names = { at: rankOfMoments(world, open), version: rankOfVersions(world) }
  const { at, version } = names
  const { reading, holds, mode, incidents } = ledger
  const marks = Object.entries(channels).map(([stream, { waiting, asked }]) => {
    return [stream, ...Object.values(waiting).map((one) => at(tickOf(one))), at(tickOf(asked ?? ''))].join()
  })
  const held = new Map(holds.map(({ orderRef }, index) => [orderRef, index]))
  return [
    [presaleMeaning(world)],
    [onHand - gone, reserved - gone, reading?.free, ledger.stale, version(ledger.asked ?? -1)],
    [left.cancels, left.lost, left.receipts, left.seen, left.sales, mode?.is, incidents?.map(({ kind }) => kind)],
    holds.map(({ confirmed, told, quantity, channel }) =>
      [channel, told, quantity, confirmed && version(confirmed.version)].join(),
    ),
    ledger.channels.map((one) => channelWords(one, names)),
    marks.sort(),
    shelves.map(({ shows, queue }) => [shows, ...queue].join()),
    owed.map(({ intent, version: by, answer }) => {
      const { at: when, ...rest } = (answer ?? {}) as { at?: string }
      const said = answer === undefined ? '' : JSON.stringify(rest) + at(tickOf(when ?? ''))
      return `${intent.type}${intent.to}${JSON.stringify(intent.ask)}${version(by)}${said}`
    }),
    passes.map((until) => at(until ?? -1)),
    seen.map((one) => `${one.channel},${one.shows},${at(one.at)}`).sort(),
    open
      .map((sale) => {
        const { id, channel, cancelled, heard, assured, erp } = sale
        const hold = held.get(`c${channel}:${id}`)
        return [hold, channel, cancelled, heard, assured, erp, ...timesOf(sale).map(at)].join()
      })
      .sort(),
  ]
    .map((part) => part.join(';'))
    .join('|')
}

type Rank = (one: number) => number

function channelWords(one: Ledger['channels'][number], { at, version }: { at: Rank; version: Rank }): string {
  const { bound, unexplained, heard, seen, guessed, seenAt, trouble, flight, reading, put } = one
  const { open, fact, news = [], lost, again } = put ?? {}
  return [
    [bound, unexplained, heard, seen, guessed, at(tickOf(seenAt ?? '')), trouble === null],
    [flight && version(flight.version), flight?.from, flight?.to, version(reading ?? -1), lost, put?.writes, again],
    [open?.to, open?.looks, at(tickOf(open?.at ?? '')), fact?.value, at(tickOf(fact?.at ?? ''))],
    news.map((item) => `${item.pieces}@${at(tickOf(item.at))}-${at(tickOf(item.to))}`),
  ].join('/')
}

function rankOfMoments({ channels, ledger, owed, passes, seen }: World, open: World['sales']): Rank {
  const told = [
    ...Object.values(channels).flatMap(({ waiting, asked }) => [...Object.values(waiting), asked]),
    ...ledger.channels.flatMap(({ seenAt, put }) => [seenAt, put?.fact?.at, put?.open?.at]),
    ...ledger.channels.flatMap(({ put }) => put?.news.flatMap(({ at, to }) => [at, to]) ?? []),
    ...owed.map(({ answer }) => (answer as { at?: string } | undefined)?.at),
  ]
  const known = [...passes.map((at) => at ?? -1), ...seen.map(({ at }) => at), ...open.flatMap(timesOf)]
  return ranked([...told.map((at) => tickOf(at ?? '')), ...known])
}

const rankOfVersions = ({ ledger, owed }: World): Rank =>
  ranked([
    ...ledger.channels.flatMap(({ flight, reading }) => [flight?.version ?? -1, reading ?? -1]),
    ...ledger.holds.map(({ confirmed }) => confirmed?.version ?? -1),
    ...owed.map(({ version }) => version),
    ledger.asked ?? -1,
  ])

/** Whether anything can still come of it; one that is over has left with its piece, which nothing asks for any more. */
function isOpen(sale: World['sales'][number], { left, ledger }: World): boolean {
  if (sale.cancelled === 'no' && left.cancels > 0) return true
  if (sale.erp === 'gone') return false
  return !(
    sale.erp === 'confirmed' &&
    sale.heard > 0 &&
    sale.cancelled === 'no' &&
    !ledger.holds.some(({ orderRef }) => orderRef.endsWith(`:${sale.id}`))
  )
}

/** Its moments matter until stock has heard of them. */
function timesOf({ heard, placed, changed, cancelled }: World['sales'][number]): number[] {
  const untold = cancelled !== 'no' && heard < 2
  return [heard === 0 ? placed : -1, untold ? changed : -1]
}

/** Dense ranks that keep order and equality. */
function ranked(all: readonly number[]): Rank {
  const sorted = [...new Set(all)].sort((a, b) => a - b)
  const ranks = new Map(sorted.map((one, index) => [one, index]))
  return (one) => ranks.get(one) ?? -1
}
