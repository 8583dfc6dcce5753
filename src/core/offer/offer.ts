/**
 * What one channel shows of one SKU. Two streams share these rules: `price/…`, which goes at once, and `offer/…` for
 * everything else, which may wait for its hours; so a price never stands behind a title. What already is as it should
 * be costs nothing; a field that belongs to the channel is never written; what has no rule holds that field alone.
 */
import { canonicalJson } from '#canon/json.ts'
import type { ShownListing } from '#canon/product.ts'
import { alarm, type Context, type Decider, type Decision, type Note, refused } from '../decider.ts'
import type { Answer, Done, Failed, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import type { WeighOffer } from './notes.ts'
import type { ChannelCatalogue, OfferField } from './policy.ts'
import { differencesOf, fieldsToWrite, type OfferFacts, type Trouble, wantedOf } from './wanted.ts'

/** How often the same values are written again after somebody else had changed them. */
const REPAIRS_MAX = 3

/** What a channel accepted is looked for after so long, and each time after three times as long: some ten hours. */
const LOOK_AFTER_MS = 5 * 60_000
const LOOKS_MAX = 5

/** What is written, or was. Without fields: it is taken off. */
interface Work {
  fields: ShownListing
  imageUrls?: Readonly<Record<string, string>>
  looks?: number
  reference?: string
  /** Over something that was accepted and may come yet. */
  over?: true
}

export interface OfferState {
  version: number
  facts: OfferFacts | null
  /** As last read or answered. */
  shown: ShownListing
  asked: (Work & { version: number }) | null
  /** Accepted by the channel and not seen to be shown. */
  pending?: Work | null
  withdrawn: 'asked' | 'done' | null
  troubles: readonly Trouble[]
  /** Given up: what was to be written, and why it was not. */
  failed: { fields: ShownListing; reason: string } | null
  /** What the channel cannot show for this SKU alone. */
  unable: readonly string[]
  /** What was written last, and how often. */
  written: { text: string; times: number } | null
}

/** A person has it tried again, also what was contested. */
export interface RetryOffer {
  type: 'offer.retry'
}

/** To itself: is what was accepted shown by now? */
interface LookForOffer {
  type: 'offer.look'
}

type OfferDone = Extract<Done, { intent: 'listing.ensure' | 'price.ensure' | 'listing.withdraw' }>
export type OfferCommand = WeighOffer | RetryOffer | LookForOffer | OfferDone | Failed

export type OfferEvent =
  | { type: 'offer.known'; facts: OfferFacts }
  | ({ type: 'offer.asked' } & Work)
  | { type: 'offer.accepted'; unable: readonly string[]; lookAt: string; reference?: string }
  | { type: 'offer.shown'; shown: ShownListing; written: readonly string[]; unable: readonly string[] }
  | { type: 'offer.troubled'; troubles: readonly Trouble[] }
  | { type: 'offer.withdrawing'; looks?: number; over?: true }
  | { type: 'offer.withdrawn'; outcome: 'hidden' | 'shared' | 'gone' }
  | { type: 'offer.gone' }
  | { type: 'offer.failed'; reason: string }
  | { type: 'offer.retried' }

const initial: OfferState = {
  version: 0, facts: null, shown: {}, asked: null, withdrawn: null, troubles: [], failed: null, unable: [],
  written: null,
} // prettier-ignore

type Kind = 'price' | 'offer'
const partsOf = (stream: string): { kind: Kind; channel: string } => {
  const [kind, channel = ''] = stream.split('/')
  return { kind: kind as Kind, channel }
}

const belongs = (kind: Kind, field: string): boolean => (kind === 'price') === (field === 'price')

const ofKind = (kind: Kind, shown: ShownListing): ShownListing =>
  Object.fromEntries(Object.entries(shown).filter(([field]) => belongs(kind, field)))

/** Without what the other of the two streams decides by: its news is none here. */
function trimmed(kind: Kind, { erp, prices, listing }: OfferFacts): OfferFacts {
  const { sku, erpId, name, active, stocked, barcode, taxes, category, image } = erp
  const core = { sku, erpId, name: '', active, stocked, changedAt: '' }
  const more = {
    ...(barcode !== undefined && { barcode }),
    ...(taxes && { taxes }),
    ...(category !== undefined && { category }),
    ...(image !== undefined && { image }),
  }
  const rest = kind === 'price' ? core : { ...core, name, ...more }
  const shown = ofKind(kind, listing?.shown ?? {})
  const listed = listing && { ...listing, ...(kind === 'price' && { title: '' }), changedAt: '', shown }
  return { erp: rest, prices: kind === 'price' ? prices : {}, listing: listed }
}

function decide(
  state: OfferState,
  command: OfferCommand,
  policy: Policy,
  { stream, at }: Context,
): Decision<OfferEvent> {
  const { kind, channel } = partsOf(stream)
  const rules = policy.catalogue?.[channel]
  const then = (events: readonly OfferEvent[]) => [...events, ...next(events.reduce(evolve, state), kind, rules)]
  switch (command.type) {
    case 'offer.weigh': {
      const facts = trimmed(kind, command.facts)
      return then(canonicalJson(facts) === canonicalJson(state.facts) ? [] : [{ type: 'offer.known', facts }])
    }
    case 'offer.retry':
      if (!state.facts) return refused('offer_unknown', 'The hub keeps no such offer.')
      if (state.asked) return refused('offer_in_flight', 'A call for this offer is under way; its answer decides.')
      return then([{ type: 'offer.retried' }])
    case 'offer.look':
      return then(rules?.mode === 'on' ? lookFor(state) : [])
    case 'done':
      return then(answered(state, kind, command, at))
    case 'failed':
      return command.version === askedAt(state) ? then([{ type: 'offer.failed', reason: command.fault.code }]) : []
  }
}

const askedAt = ({ asked }: OfferState): number | null => asked?.version ?? null

/** The same is asked again: what is shown by now costs nothing, and what got lost on its way is made up for. */
function lookFor({ pending, asked, facts }: OfferState): OfferEvent[] {
  if (!pending || asked || !facts?.listing) return []
  const looks = (pending.looks ?? 0) + 1
  if (Object.keys(pending.fields).length > 0) return [{ type: 'offer.asked', ...pending, looks }]
  return facts.erp.active ? [] : [{ type: 'offer.withdrawing', looks }]
}

function accepted({ asked }: OfferState, answer: Partial<Accepted>, at: string): OfferEvent {
  const looks = asked?.looks ?? 0
  if (looks >= LOOKS_MAX) return { type: 'offer.failed', reason: 'not_shown' }
  const lookAt = new Date(Date.parse(at) + LOOK_AFTER_MS * 3 ** looks).toISOString()
  const { unable = [], reference } = answer
  return {
    type: 'offer.accepted',
    unable: unable.map(({ field }) => field),
    lookAt,
    ...(reference !== undefined && { reference }),
  }
}

type Accepted = Omit<Extract<Answer<'listing.ensure'>, { outcome: 'accepted' }>, 'outcome'>

function answered(state: OfferState, kind: Kind, { intent, answer, version }: OfferDone, at: string): OfferEvent[] {
  if (version !== askedAt(state)) return []
  if (answer.outcome === 'accepted') return [accepted(state, answer as Partial<Accepted>, at)]
  if (intent === 'listing.withdraw') return [{ type: 'offer.withdrawn', outcome: answer.outcome }]
  if (answer.outcome === 'gone') return [{ type: 'offer.gone' }]
  const { written, unable } = answer
  // The other stream may just be changing what is its own.
  const shown = ofKind(kind, answer.shown)
  return [{ type: 'offer.shown', shown, written, unable: unable.map(({ field }) => field) }]
}

/** What is to be done now; nothing while a call is under way. */
function next(state: OfferState, kind: Kind, rules: ChannelCatalogue | undefined): OfferEvent[] {
  const { facts, asked, withdrawn } = state
  if (rules?.mode !== 'on' || asked || !facts?.listing || facts.listing.deleted) return []
  if (!facts.erp.active) {
    const failed = state.failed && Object.keys(state.failed.fields).length === 0
    return kind === 'offer' && rules.withdraw && withdrawn === null && !failed
      ? [{ type: 'offer.withdrawing', ...beside(state) }]
      : []
  }
  const wanted = wantedOf(facts, { ...rules, ...(kind === 'price' && { taxClasses: {}, attributes: [] }) })
  const mine = wanted.troubles.filter(({ field }) => belongs(kind, field) && rules.fields.includes(field))
  // What was accepted counts as shown: it will be, and something else is written over it.
  const shown = state.pending ? merged(state.shown, state.pending.fields) : state.shown
  const differences = differencesOf(wanted, shown, rules)
  const open = differences.filter(({ field }) => belongs(kind, field) && !state.unable.includes(field))
  // Only what the hub took off the channel is put back: what staff have hidden stays hidden.
  const back = kind === 'offer' && withdrawn === 'done' ? { status: 'active' as const } : {}
  const fields = { ...fieldsToWrite(wanted, open), ...back }
  const troubles = [...mine, ...notPossible(state.unable, differences), ...contested(state, fields)]
  const told: OfferEvent[] =
    canonicalJson(troubles) === canonicalJson(state.troubles) ? [] : [{ type: 'offer.troubled', troubles }]
  const settled = Object.keys(fields).length === 0 || isContested(state, fields)
  if (settled || (state.failed && canonicalJson(state.failed.fields) === canonicalJson(fields))) return told
  const imageUrls = rules.imageUrl && fields.images ? { imageUrls: urlsOf(fields.images, rules.imageUrl) } : {}
  return [...told, { type: 'offer.asked', fields, ...imageUrls, ...beside(state) }]
}

const beside = ({ pending }: OfferState): { over?: true } => (pending ? { over: true } : {})

const notPossible = (
  unable: readonly string[],
  open: readonly { field: string; ours: string; owner: string }[],
): Trouble[] =>
  open
    .filter(({ field, owner }) => owner === 'hub' && unable.includes(field))
    .map(({ field, ours }) => ({ code: 'not_possible', field: field as OfferField, about: ours }))

const isContested = ({ written }: OfferState, fields: ShownListing): boolean =>
  written !== null && written.times > REPAIRS_MAX && written.text === canonicalJson(fields)

const contested = (state: OfferState, fields: ShownListing): Trouble[] =>
  isContested(state, fields)
    ? Object.keys(fields).map((field) => ({
        code: 'contested',
        field: field as OfferField,
        about: 'changed back by somebody else',
      }))
    : []

const urlsOf = (hashes: readonly string[], pattern: string): Record<string, string> =>
  Object.fromEntries(hashes.map((hash) => [hash, pattern.replaceAll('{hash}', hash)]))

function evolve(before: OfferState, event: OfferEvent): OfferState {
  const state = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'offer.known': {
      const moved = event.facts.listing?.variantId !== state.facts?.listing?.variantId
      const before = moved ? {} : (state.facts?.listing?.shown ?? {})
      const shown = { ...(moved ? {} : state.shown), ...newsIn(before, event.facts.listing?.shown ?? {}) }
      const pending = moved ? { pending: null } : {}
      return { ...state, facts: event.facts, shown, unable: moved ? [] : state.unable, ...pending }
    }
    case 'offer.asked': {
      const { type: _, ...work } = event
      return { ...state, asked: { version: state.version, ...work }, failed: null, ...over(state) }
    }
    case 'offer.accepted': {
      const { version: _, reference: __, over: ___, ...asked } = state.asked ?? { version: 0, fields: {} }
      const work = { ...asked, ...(event.reference !== undefined && { reference: event.reference }) }
      const withdraws = Object.keys(work.fields).length === 0
      const written = withdraws || work.looks ? state.written : writtenOnce(state)
      const withdrawn = withdraws ? 'done' : work.fields.status === 'active' ? null : state.withdrawn
      return { ...state, asked: null, pending: work, unable: event.unable, withdrawn, written, failed: null }
    }
    case 'offer.shown': {
      const written = event.written.length > 0 && !state.asked?.looks ? writtenOnce(state) : state.written
      const withdrawn = state.asked?.fields.status === 'active' ? null : state.withdrawn
      const shown = merged(state.shown, event.shown)
      return { ...state, shown, unable: event.unable, written, withdrawn, asked: null }
    }
    case 'offer.troubled':
      return { ...state, troubles: event.troubles }
    case 'offer.withdrawing':
      return {
        ...state,
        withdrawn: 'asked',
        asked: { version: state.version, fields: {}, ...(event.looks && { looks: event.looks }) },
        ...over(state),
      }
    case 'offer.withdrawn':
      return { ...state, withdrawn: 'done', asked: null, failed: null }
    case 'offer.gone':
      return { ...state, asked: null, facts: state.facts && { ...state.facts, listing: null }, ...over(state) }
    case 'offer.failed': {
      const fields = state.asked?.fields ?? {}
      const withdrawn = state.withdrawn === 'asked' ? null : state.withdrawn
      return { ...state, asked: null, withdrawn, failed: { fields, reason: event.reason } }
    }
    case 'offer.retried':
      return { ...state, failed: null, unable: [], written: null, ...over(state) }
  }
}

/** Nothing is awaited any more. Left out of the state of channels that show at once. */
const over = ({ pending }: OfferState): { pending?: null } => (pending ? { pending: null } : {})

function writtenOnce({ asked, written }: OfferState): OfferState['written'] {
  const text = canonicalJson(asked?.fields)
  return { text, times: (written?.text === text ? written.times : 0) + 1 }
}

/** What the channel was read to show before says nothing against what it has answered since. */
const newsIn = (before: ShownListing, now: ShownListing): ShownListing =>
  Object.fromEntries(
    Object.entries(now).filter(
      ([field, value]) => canonicalJson(value) !== canonicalJson(before[field as keyof ShownListing] ?? null),
    ),
  )

/** An answer speaks only of the attributes that were asked for. */
const merged = (before: ShownListing, now: ShownListing): ShownListing => ({
  ...before,
  ...now,
  ...(now.attributes && { attributes: { ...before.attributes, ...now.attributes } }),
})

function react(event: OfferEvent, { facts }: OfferState, stream: string): (Intent | Note)[] {
  const { kind, channel } = partsOf(stream)
  const listing = facts?.listing
  if (!listing) return []
  const { sku, productId, variantId } = listing
  if (event.type === 'offer.accepted') return [alarm(stream, 'look', event.lookAt, { type: 'offer.look' })]
  if (event.type !== 'offer.asked' && event.type !== 'offer.withdrawing') return []
  const looks = { ...(event.looks && { looks: event.looks }), ...(event.over && { over: event.over }) }
  if (event.type === 'offer.withdrawing')
    return [{ type: 'listing.withdraw', to: channel, ask: { sku, productId, variantId, ...looks } }]
  const { fields, imageUrls, reference } = event
  const more = { ...(imageUrls && { imageUrls }), ...looks, ...(reference !== undefined && { reference }) }
  const ask = { sku, productId, variantId, fields, ...more }
  return [{ type: kind === 'price' ? 'price.ensure' : 'listing.ensure', to: channel, ask }]
}

export const offer: Decider<OfferState, OfferCommand, OfferEvent, Policy> = { initial, decide, evolve, react }
