/** Everything that can happen in a small world, each as one step with its words. */
import type { Step } from './explorer.ts'
import {
  change,
  type Kind,
  moment,
  nameOf,
  indexOf,
  type Owed,
  type Rules,
  type Sale,
  shelve,
  type World,
} from './small-world.ts'
import { levelOf, presaleSteps } from './small-presale.ts'

/** Steps that go on by themselves, the first of them when nothing else happens; and what people and faults do. */
export interface Steps {
  quiet: Step<World> | null
  others: Step<World>[]
}

export function stepsOf(rules: Rules, world: World): Steps {
  const [quiet = null, ...more] = [
    ...answers(rules, world),
    ...calls(rules, world),
    ...workings(world),
    ...erp(rules, world),
    ...news(rules, world),
    ...looks(rules, world),
    ...passes(rules, world),
    ...people(rules, world),
  ]
  return {
    quiet,
    others: [...more, ...customers(rules, world), ...faults(rules, world), ...presaleSteps(rules, world)],
  }
}

const step = (words: string, next: () => World): Step<World> => ({ words, next })

function answers(rules: Rules, world: World): Step<World>[] {
  return world.owed
    .filter(({ answer }) => answer !== undefined)
    .map((owed) =>
      step(`The hub hears ${wordsOf(owed)}: ${JSON.stringify(owed.answer)}.`, () => rules.answer(world, owed)),
    )
}

/** Calls of one stream to one system go out in order, and the next one after the answer to the one before is stored. */
function calls(rules: Rules, world: World): Step<World>[] {
  return ready(world).map((owed) => step(`Done over there: ${wordsOf(owed)}.`, () => perform(rules, world, owed)))
}

const ready = ({ owed }: World): Owed[] =>
  owed.filter(
    (one, at) => one.answer === undefined && !owed.slice(0, at).some(({ intent }) => intent.to === one.intent.to),
  )

const kindOf = ({ setup }: Rules, index: number): Kind => setup.channels[index]!.kind

function perform(rules: Rules, world: World, owed: Owed, lost = false): World {
  const { intent } = owed
  const answered = (after: World, answer: unknown): World => ({
    ...after,
    owed: after.owed.map((one) => (one === owed ? { ...one, answer } : one)),
  })
  if (intent.type === 'stock.read') return answered(world, levelOf(world))
  const index = indexOf(intent.to)
  const shelf = world.shelves[index]!
  const clock = world.clock + 1
  const now = { ...world, clock }
  switch (intent.type) {
    case 'inventory.read':
      return answered(now, { available: shelf.shows, at: moment(clock) })
    case 'inventory.set': {
      const { from, to } = intent.ask
      if (shelf.shows !== from) return answered(now, { outcome: 'stale', available: shelf.shows })
      return answered(shelve(now, index, { shows: to }), { outcome: 'set' })
    }
    case 'inventory.put': {
      const { to } = intent.ask
      const plain = kindOf(rules, index) === 'plain'
      const after = shelve(now, index, plain ? { shows: to } : { queue: [...shelf.queue, to] })
      if (lost && (to === 0 || rules.setup.repeats)) return after
      if (lost) return answered(after, { outcome: 'unknown' })
      return answered(after, { outcome: plain ? 'set' : 'accepted', at: moment(clock) })
    }
    default:
      throw new Error(`nobody does ${intent.type} here`)
  }
}

/** A channel that accepted a number shows it. */
const workings = (world: World): Step<World>[] =>
  world.shelves.flatMap(({ queue: [first, ...queue] }, index) =>
    first === undefined
      ? []
      : [step(`${nameOf(index)} shows the ${first} it accepted.`, () => shelve(world, index, { shows: first, queue }))],
  )

function erp(rules: Rules, world: World): Step<World>[] {
  return world.sales.flatMap((sale): Step<World>[] => {
    const orderRef = `${nameOf(sale.channel)}:${sale.id}`
    const what = `order ${sale.id}`
    const to = (erp: Sale['erp'], reserved: number): World =>
      change({ ...world, reserved: world.reserved + reserved }, sale.id, { erp })
    switch (sale.erp) {
      case 'none':
        if (!sale.assured) return []
        return [step(`The ERP reserves for ${what}.`, () => to('reserved', 1))]
      case 'reserved':
        return [
          step(`The hub hears that the ERP reserves for ${what}.`, () =>
            rules.tell(to('confirmed', 0), { type: 'stock.confirmHold', orderRef, quantity: 1 }),
          ),
        ]
      case 'confirmed':
        if (sale.heard !== 2) return []
        return [step(`The ERP cancels ${what}.`, () => to('undone', -1))]
      case 'undone':
        return [
          step(`The hub hears that the ERP cancelled ${what}.`, () =>
            rules.tell(to('gone', 0), { type: 'stock.release', orderRef }),
          ),
        ]
      case 'gone':
        return []
    }
  })
}

const newest = ({ cancelled }: Sale): 1 | 2 => (cancelled === 'no' ? 1 : 2)

/** An older picture may come first, or never; one that comes twice changes nothing. */
function news(rules: Rules, world: World): Step<World>[] {
  return world.sales.flatMap((sale) => {
    const pictures = ([1, 2] as const).filter((one) => one > sale.heard && one <= newest(sale))
    return pictures.map((one) =>
      step(
        `The hub hears that order ${sale.id} was ${one === 1 ? 'placed' : 'cancelled'} in ${nameOf(sale.channel)}.`,
        () => rules.news(world, sale, one),
      ),
    )
  })
}

function looks(rules: Rules, world: World): Step<World>[] {
  return world.seen.map((one) =>
    step(`The hub hears that ${nameOf(one.channel)} showed ${one.shows}.`, () =>
      rules.tell(
        { ...world, seen: world.seen.filter((other) => other !== one) },
        { type: 'stock.seen', channel: nameOf(one.channel), available: one.shows, at: moment(one.at) },
      ),
    ),
  )
}

/** A pass of the feed: it reads up to a moment, hands in what it found, and then says so. */
function passes(rules: Rules, world: World): Step<World>[] {
  return world.passes.flatMap((until, index): Step<World>[] => {
    const name = nameOf(index)
    if (until === null) {
      const { flight, reading, put } = world.ledger.channels[index]!
      const waits = Object.keys(world.channels[`channel/${name}`]?.waiting ?? {}).length > 0
      // Sooner than anybody waits only while somebody soon will: what comes of it is nothing.
      if (!put || !(waits || flight || reading !== null)) return []
      const begin = step(`The feed of ${name} begins a pass.`, () => ({
        ...world,
        clock: world.clock + 1,
        passes: world.passes.map((one, at) => (at === index ? world.clock : one)),
      }))
      return waits || world.owed.length === 0 ? [begin] : []
    }
    const unheard = world.sales.some(
      (sale) =>
        sale.channel === index &&
        ((sale.placed <= until && sale.heard === 0) ||
          (sale.cancelled !== 'no' && sale.changed <= until && sale.heard < 2)),
    )
    if (unheard) return []
    const after = { ...world, passes: world.passes.map((one, at) => (at === index ? null : one)) }
    return [
      step(`The feed of ${name} has handed in every order up to then.`, () =>
        rules.tellChannel(after, `channel/${name}`, { type: 'channel.caughtUp', until: moment(until) }),
      ),
    ]
  })
}

/** Somebody looks what became of a write that was never shown. */
function people(rules: Rules, world: World): Step<World>[] {
  const { channels } = world.ledger
  const given = channels.some(({ trouble }) => trouble !== null)
  if (!given || world.shelves.some(({ queue }) => queue.length > 0)) return []
  return [step('A person resumes.', () => rules.tell(world, { type: 'stock.resume' }))]
}

function customers(rules: Rules, world: World): Step<World>[] {
  const { left, sales } = world
  const bought = world.shelves.flatMap(({ shows }, index) => {
    if (shows === 0 || left.sales === 0) return []
    const buy = (clock: number): World => {
      const id = 1 + Math.max(0, ...sales.map((sale) => sale.id))
      const sale: Sale = {
        id, channel: index, placed: clock, changed: clock, cancelled: 'no', heard: 0, assured: false, erp: 'none',
      } // prettier-ignore
      const after = { ...world, clock, left: { ...left, sales: left.sales - 1 }, sales: [...sales, sale] }
      return shelve(after, index, { shows: shows - 1 })
    }
    const sold = step(`${nameOf(index)} sells a piece.`, () => buy(world.clock + 1))
    const tied = step(`${nameOf(index)} sells a piece in the same moment.`, () => buy(world.clock))
    return rules.setup.ties ? [sold, tied] : [sold]
  })
  const cancelled = sales.flatMap((sale) => {
    if (sale.cancelled !== 'no' || left.cancels === 0) return []
    return (['kept', 'restocked'] as const).map((how) =>
      step(
        `${nameOf(sale.channel)} cancels order ${sale.id}${how === 'kept' ? '' : ' and puts the piece back'}.`,
        () => {
          const clock = world.clock + 1
          const after = change({ ...world, clock, left: { ...left, cancels: left.cancels - 1 } }, sale.id, {
            cancelled: how,
            changed: clock,
          })
          const { shows } = after.shelves[sale.channel]!
          return how === 'kept' ? after : shelve(after, sale.channel, { shows: shows + 1 })
        },
      ),
    )
  })
  return [...bought, ...cancelled]
}

function faults(rules: Rules, world: World): Step<World>[] {
  const { left } = world
  const steps: Step<World>[] = []
  if (left.lost > 0) {
    for (const owed of ready(world)) {
      if (owed.intent.type !== 'inventory.put') continue
      const less = { ...world, left: { ...left, lost: left.lost - 1 } }
      steps.push(
        step(`Done over there, and the answer is lost: ${wordsOf(owed)}.`, () => perform(rules, less, owed, true)),
      )
      if (owed.intent.ask.to > 0 && !rules.setup.repeats) {
        steps.push(
          step(`Lost on its way there: ${wordsOf(owed)}.`, () => ({
            ...less,
            owed: less.owed.map((one) => (one === owed ? { ...one, answer: { outcome: 'unknown' } } : one)),
          })),
        )
      }
    }
  }
  if (left.receipts > 0) {
    steps.push(
      step('A piece is received.', () =>
        rules.tell(
          { ...world, onHand: world.onHand + 1, left: { ...left, receipts: left.receipts - 1 } },
          { type: 'stock.nudge', free: world.onHand + 1 - world.reserved },
        ),
      ),
    )
  }
  if (left.seen > 0) {
    for (const [channel, { shows }] of world.shelves.entries()) {
      steps.push(
        step(`${nameOf(channel)} sends news that it shows ${shows}.`, () => ({
          ...world,
          seen: [...world.seen, { channel, shows, at: world.clock }],
          left: { ...left, seen: left.seen - 1 },
        })),
      )
    }
  }
  return steps
}

function wordsOf({ intent }: Owed): string {
  switch (intent.type) {
    case 'inventory.set':
      return `set ${intent.to} from ${intent.ask.from} to ${intent.ask.to}`
    case 'inventory.put':
      return `put ${intent.ask.to} at ${intent.to}`
    case 'inventory.read':
      return `read what ${intent.to} shows`
    default:
      return 'read what the ERP has free'
  }
}
