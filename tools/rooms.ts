/**
 * The rooms of the house and which may use which, as data; and what finds an import that goes through a wall. The table
 * is published as docs/reference/rooms.md. `npm run check` and tidy.test.ts hold the tree against it.
 */
import { importsOf, type Import, type Source } from './source.ts'
import type { Violation } from './violation.ts'

export interface Room {
  /** In half a sentence. */
  what: string
  /** Rooms it may use. `types`: only types, and the files of `OPEN_FILES`. */
  uses: Partial<Record<RoomName, 'all' | 'types' | 'kit'>> | 'everything but cli' | 'everything'
  /** Files directly in src it may use. */
  files: readonly RootFile[]
  /** npm packages it may use; `any` means: and Node's own modules. */
  packages: readonly string[] | 'any'
}

export type RoomName =
  | 'canon'
  | 'core'
  | 'policy'
  | 'connectors'
  | 'engine'
  | 'store'
  | 'api'
  | 'insight'
  | 'sim'
  | 'cli'

type RootFile = 'io.ts' | 'fault.ts' | 'config.ts'

const ALL_FILES = ['io.ts', 'fault.ts', 'config.ts'] as const

export const ROOMS: Readonly<Record<RoomName, Room>> = {
  canon: {
    what: 'what things are: schemas with owner, pii and retention in their metadata; money, quantity, ids; upcasts',
    uses: {},
    files: [],
    packages: ['zod'],
  },
  core: {
    what: 'what is decided: pure deciders, one folder per process',
    uses: { canon: 'types' },
    files: [],
    packages: [],
  },
  policy: {
    what: 'who may and how: ownership, routes, SLOs, priorities, limits, roles, approvals, masking, retention, as typed data',
    uses: { canon: 'all', core: 'types' },
    files: ['fault.ts'],
    packages: ['zod', 'node:crypto', 'croner'],
  },
  connectors: {
    what: 'who is outside: one folder per system, its simulator in the same folder; `kit/` is shared',
    uses: { canon: 'all', core: 'types' },
    files: ['io.ts', 'fault.ts'],
    packages: 'any',
  },
  engine: {
    what: 'what moves: receive, turn, dispatch, governor, retry, schedule, reconcile, replay, cutover',
    uses: { canon: 'all', core: 'all', policy: 'all', store: 'all', connectors: 'kit' },
    files: ALL_FILES,
    packages: 'any',
  },
  store: {
    what: 'what is remembered: hand-written SQL, one file per group of tables; numbered forward-only migrations',
    uses: { canon: 'all' },
    files: ALL_FILES,
    packages: 'any',
  },
  api: {
    what: 'who may knock: hooks, one file per operation, OpenAPI, sessions, keys',
    uses: { canon: 'all', core: 'types', engine: 'all', policy: 'all', insight: 'all' },
    files: ALL_FILES,
    packages: 'any',
  },
  insight: {
    what: 'how it is going: metrics, SLO burn, alerts, business questions; anomaly, error classes, mapping suggestions',
    uses: { canon: 'all', core: 'all', store: 'all', policy: 'all' },
    files: ALL_FILES,
    packages: 'any',
  },
  sim: {
    what: 'what could happen: seeded world, clock, network, workload, auditor',
    uses: 'everything but cli',
    files: ALL_FILES,
    packages: 'any',
  },
  cli: { what: 'what an operator types: one file per command', uses: 'everything', files: ALL_FILES, packages: 'any' },
}

/** Files without packages or state: where a room may use types of another, it may use what these compute as well. */
export const OPEN_FILES: readonly string[] = [
  'canon/money.ts',
  'canon/assert.ts',
  'canon/json.ts',
  'canon/hash.ts',
  'canon/day.ts',
  'canon/phone.ts',
  'core/streams.ts',
  'core/decider.ts',
]

const isRoom = (name: string): name is RoomName => name in ROOMS

/** The imports of one file that go where they may not. */
export function wallViolations(source: Source): Violation[] {
  if (!source.path.startsWith('src/')) return outsideViolations(source)
  const room = source.path.split('/')[1]!
  // main.ts composes the whole; io.ts, fault.ts and config.ts are leaves held by their own size.
  if (!isRoom(room)) return []
  return importsOf(source).flatMap((one) => {
    const wrong = judge(source.path, room, one)
    return wrong ? [{ path: source.path, line: one.line, rule: 'rooms', message: `'${one.from}' ${wrong}` }] : []
  })
}

function judge(path: string, room: RoomName, one: Import): string | null {
  const test = isTest(path)
  if (one.from.startsWith('.')) {
    const target = resolve(path, one.from)
    return target.startsWith(`src/${room}/`) ? connectorWall(path, target) : leaving(room, target, test)
  }
  if (one.from.startsWith('#')) {
    const target = `src/${one.from.slice(1)}`
    if (target.startsWith(`src/${room}/`)) {
      return (
        connectorWall(path, target) ??
        `is in the same room: import it relatively, so that moving a room moves its insides.`
      )
    }
    return test ? null : crossing(room, target, one.typeOnly)
  }
  const { packages } = ROOMS[room]
  if (test || packages === 'any' || one.typeOnly || packages.includes(one.from)) return null
  const may = packages.length > 0 ? `only ${packages.join(', ')}` : 'no package and nothing of Node'
  return `may not be used in ${room}: it uses ${may}, so that it stays a pure function of its arguments. Hand the value in.`
}

/** A relative import that leaves the room. */
function leaving(room: RoomName, target: string, test: boolean): string | null {
  const file = target.slice('src/'.length)
  if (ROOMS[room].files.some((allowed) => allowed === file)) return null
  if (test && (target.startsWith('tests/') || ALL_FILES.some((name) => name === file))) return null
  if (ALL_FILES.some((name) => name === file))
    return `is not for ${room}, which may use ${list(ROOMS[room].files)} of src.`
  return `leaves the room by a relative path. Write '#${file}', so that every crossing can be seen and checked.`
}

/** A `#room/…` import of another room. */
function crossing(room: RoomName, target: string, typeOnly: boolean): string | null {
  const file = target.slice('src/'.length)
  const other = file.split('/')[0]!
  if (!file.includes('/')) return `is a file of src: import it relatively ('../${file}').`
  if (!isRoom(other)) return `is no room.`
  const { uses } = ROOMS[room]
  if (uses === 'everything') return null
  if (uses === 'everything but cli') return other === 'cli' ? `is the operator's: ${room} must run without it.` : null
  const how = uses[other]
  if (how === undefined) {
    return `may not be used in ${room}, which uses ${list(Object.keys(uses))} (docs/reference/rooms.md). Turn the dependency round or hand the value in.`
  }
  if (how === 'types' && !typeOnly && !OPEN_FILES.includes(file)) {
    return `may lend ${room} only its types. Use \`import type\`, or hand the value in. Open to all: ${OPEN_FILES.join(', ')}.`
  }
  if (how === 'kit' && !file.startsWith('connectors/kit/')) {
    return `is one system's own: ${room} knows connectors only by connectors/kit.`
  }
  return null
}

/** Inside `connectors/`, each system is a room of its own; the kit knows none of them. */
function connectorWall(path: string, target: string): string | null {
  const from = connectorOf(path)
  const to = connectorOf(target)
  if (from === null || to === null || from === to || to === 'kit') return null
  if (from === 'kit') return isTest(path) ? null : `is one system's own: the kit is what all share and knows none.`
  return `is another connector: systems meet in the core, never at the edge. Put what both need into connectors/kit.`
}

/** The folder below connectors/; null for files directly in it, such as the list of all connectors. */
const connectorOf = (path: string): string | null => /^src\/connectors\/([^/]+)\//.exec(path)?.[1] ?? null

/** The console is a client like any other. */
function outsideViolations(source: Source): Violation[] {
  if (!source.path.startsWith('console/')) return []
  return importsOf(source).flatMap((one) => {
    const inside =
      one.from.startsWith('#') || (one.from.startsWith('.') && resolve(source.path, one.from).startsWith('src/'))
    if (!inside || one.typeOnly) return []
    const message = `'${one.from}' is the hub's: the console talks only to the API and may use nothing of src but types.`
    return [{ path: source.path, line: one.line, rule: 'rooms', message }]
  })
}

export const isTest = (path: string): boolean => /\.(test|bench)\.tsx?$/.test(path) || path.startsWith('tests/')

const list = (names: readonly string[]): string => (names.length > 0 ? names.join(', ') : 'nothing')

function resolve(from: string, relative: string): string {
  const parts = from.split('/').slice(0, -1)
  for (const step of relative.split('/')) {
    if (step === '..') parts.pop()
    else if (step !== '.') parts.push(step)
  }
  return parts.join('/')
}
