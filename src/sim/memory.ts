/**
 * An estate that does not forget: every request to its systems, every act of its people and every webhook is put down
 * before its effect is answered, and done again in the same order, at the same times and with the same chance, when a
 * killed process is followed by another. One event at a time, or the order on disk would not be the order in which they
 * happened.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { exclusively, signedIn, signIn } from '#store/processes.ts'
import type { Fetch } from '../io.ts'
import type { Retailer } from './bustle.ts'
import { type Chain, createEstate, type Estate, type EstateOptions, type EstateState, estateState } from './estate.ts'
import { openFiles, type Remembered } from './memory-files.ts'
import type { Outlet } from './outlets/outlet.ts'
import { TILLS } from './stores.ts'
import { type Act, createPeople, type People, type PeopleState } from './people.ts'
import { createRandom, type Random } from './random.ts'

export interface MemoryOptions {
  /** The hub's folder; the estate is kept in its folder `estate`. */
  directory: string
  now(): number
  /** Of a new estate. One that is remembered goes on with its own. */
  seed: number
  estate: EstateOptions
  /** After how many events a new snapshot is taken. */
  eventsMax?: number
  /** Told when something could not be kept. */
  onError(error: unknown): void
}

export interface Memory extends Retailer {
  /** To be asked for what it believes. What changes it goes through this memory. */
  estate: Estate
  /** A system as it is reached from outside. @param name of its connection. */
  reached(name: string): Fetch
  /** Nothing has ever happened to this estate. */
  isNew: boolean
  /** Ends taking events, keeps everything as one snapshot, and lets go of the folder. */
  close(): Promise<void>
}

type Event =
  | { at: number; kind: 'request'; to: string; method: string; url: string; headers: [string, string][]; body: string }
  | { at: number; kind: 'act'; act: Act; all: boolean }
  | { at: number; kind: 'rush'; sku: string; buyers: number }
  | { at: number; kind: 'due' }
  | { at: number; kind: 'settled'; outlet: string; hook: string; status: number | null }

/** An event that has not happened yet. */
type Coming<E = Event> = E extends Event ? Omit<E, 'at'> : never

interface Kept {
  version: typeof VERSION
  at: number
  estate: EstateState
  people: PeopleState
  /** Where the generators stand: that of the people, and that of the systems. */
  chance: readonly [number[], number[]]
}

/** Moves when the estate remembers something else than before. */
const VERSION = 3
const EVENTS_MAX = 5_000
const BYTES_MAX = 8_000_000
/** The retailer was there before the hub: what it has is older than what any reader leaves out as too fresh. */
const OLDER_MS = 3_600_000

export const estateFolder = (directory: string): string => join(directory, 'estate')

/** Whether an estate is kept there. */
export const isRemembered = (directory: string): boolean => existsSync(join(estateFolder(directory), 'snapshot'))

/** @throws in plain words when another process uses the estate, or what is kept cannot be read. */
export async function openMemory(options: MemoryOptions): Promise<Memory> {
  const folder = estateFolder(options.directory)
  const signOff = await enter(folder)
  try {
    return await recall(folder, options, signOff)
  } catch (error) {
    signOff()
    throw error
  }
}

async function recall(folder: string, options: MemoryOptions, signOff: () => void): Promise<Memory> {
  const { files, remembered } = openFiles<Event>(folder)
  const site = raise(folder, remembered, options)
  const { estate, people, clock } = site
  for (const event of remembered.events) await perform(site, event).catch(() => {})
  if (remembered.snapshot === null) files.compact(keep(site))
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  /** @param next what comes, looked for when its turn has come; null when there is nothing to do. */
  const take = (next: () => Coming | null): Promise<unknown> => {
    const mine = last.then(async () => {
      if (closed) throw new Error('The simulated systems are closed.')
      const coming = next()
      if (coming === null) return null
      const event = { at: moment(), ...coming } as Event
      files.append(event)
      try {
        return await perform(site, event)
      } finally {
        const { events, bytes } = files.since()
        if (events >= (options.eventsMax ?? EVENTS_MAX) || bytes >= BYTES_MAX) files.compact(keep(site))
      }
    })
    last = mine.catch(() => {})
    return mine
  }
  const moment = () => Math.max(clock.ms, options.now())
  const settled = ({ outlet, hook }: Posted, status: number | null) =>
    take(() => ({ kind: 'settled', outlet: outlet.name, hook: outlet.nameOf(hook), status }))
  const settling = (posted: Posted): OutgoingHook => ({
    ...posted.hook,
    settle: (status) => void settled(posted, status).catch(options.onError),
  })
  const reached =
    (to: string): Fetch =>
    async (request) => {
      const { method, url, headers } = request
      const body = await request.text()
      return (await take(() => ({ kind: 'request', to, method, url, headers: [...headers], body }))) as Response
    }
  // Nobody is left who could tell how these went: the channel saw no answer.
  for (const outlet of sendersOf(estate)) for (const hook of outlet.onTheWay()) await settled({ outlet, hook }, null)

  return {
    estate,
    reached,
    isNew: remembered.snapshot === null,
    placed: () => people.placed,
    rush: async (sku, buyers) => Number(await take(() => ({ kind: 'rush', sku, buyers }))),
    act: (act, all = false) => take(() => (people.hasWork(act) ? { kind: 'act', act, all } : null)),
    async due() {
      const isDue = () => sendersOf(estate).some((outlet) => (outlet.nextDueAt() ?? Infinity) <= moment())
      const posted = (await take(() => (isDue() ? { kind: 'due' } : null))) as Posted[] | null
      return (posted ?? []).map(settling)
    },
    async close() {
      await last
      closed = true
      files.compact(keep(site))
      files.close()
      signOff()
    },
  }
}

type Sender = Pick<Outlet, 'name' | 'due' | 'nextDueAt' | 'onTheWay' | 'nameOf'>

/** Everybody who sends something to the hub by itself. */
const sendersOf = ({ outlets, stores }: Estate): Sender[] => [
  ...outlets,
  ...(stores ? [{ ...stores, name: TILLS }] : []),
]

interface Posted {
  outlet: Sender
  hook: OutgoingHook
}

interface Site {
  estate: Estate
  people: People
  /** The moment of the event that happens, or of the last one that did. */
  clock: { ms: number }
  chance: readonly [Random, Random]
}

function raise(folder: string, { snapshot }: Remembered<Event>, { seed, now, estate: options }: MemoryOptions): Site {
  const kept = snapshot as Kept | null
  if (kept && kept.version !== VERSION) {
    throw new Error(
      `The simulated systems in ${folder} were kept by another version of Crossdock. Start over with --fresh.`,
    )
  }
  const clock = { ms: kept?.at ?? now() - OLDER_MS }
  const [people, systems] = [createRandom(seed, kept?.chance[0]), createRandom(seed + 1, kept?.chance[1])]
  const estate = createEstate({ now: () => clock.ms, random: systems.next }, people, options, kept?.estate)
  return { estate, people: createPeople(estate, people, kept?.people), clock, chance: [people, systems] }
}

const keep = ({ estate, people, clock, chance }: Site): Kept => ({
  version: VERSION,
  at: clock.ms,
  estate: estateState(estate),
  people: people.state(),
  chance: [chance[0].state(), chance[1].state()],
})

/** The same for an event that happens and for one that is remembered. */
async function perform({ estate, people, clock }: Site, event: Event): Promise<unknown> {
  const { outlets, erp } = estate
  clock.ms = event.at
  for (const outlet of outlets) outlet.tick()
  const outletOf = (wanted: string) => outlets.find(({ name }) => name === wanted)
  switch (event.kind) {
    case 'request': {
      const { to, method, url, headers, body } = event
      const request = new Request(url, { method, headers, ...(body === '' ? {} : { body }) })
      return (outletOf(to) ?? erp).fetch(request)
    }
    case 'act':
      return event.act === 'ship' ? people.ship(event.all) : people[event.act]()
    case 'rush':
      return people.rush(event.sku, event.buyers)
    case 'due':
      return sendersOf(estate).flatMap((outlet): Posted[] => outlet.due().map((hook) => ({ outlet, hook })))
    case 'settled': {
      const outlet = sendersOf(estate).find(({ name }) => name === event.outlet)
      const hook = outlet?.onTheWay().find((one) => outlet.nameOf(one) === event.hook)
      return hook?.settle(event.status)
    }
  }
}

/** @returns what lets go of the folder. A process that was killed does not hold it. */
async function enter(folder: string): Promise<() => void> {
  const users = join(folder, 'users')
  signedIn(users)
  return exclusively(join(folder, 'lock'), 10_000, () => {
    const [other] = signedIn(users)
    if (!other) return Promise.resolve(signIn(users))
    throw new Error(
      `Process ${other.pid} already runs the simulated systems in ${folder}. Stop it first, or name another folder.`,
    )
  })
}

/** Where things are, beside the estate itself. */
export interface Places {
  /** Ports of the systems, by the name of their connection. */
  systems?: Readonly<Record<string, number>>
  /** Port of the hub. */
  hub?: number
  /** Which database cluster belongs to the estate. */
  database?: string
  /** Its stores, where it has any. */
  chain?: Chain
}

const placesFile = (directory: string): string => join(estateFolder(directory), 'places.json')

export const readPlaces = (directory: string): Places =>
  existsSync(placesFile(directory)) ? (JSON.parse(readFileSync(placesFile(directory), 'utf8')) as Places) : {}

export function writePlaces(directory: string, places: Places): void {
  writeFileSync(`${placesFile(directory)}.new`, JSON.stringify(places))
  renameSync(`${placesFile(directory)}.new`, placesFile(directory))
}
