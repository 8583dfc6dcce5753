/**
 * Every option of the hub as data: type, default, and a sentence that says what it does. The file `crossdock.yaml` is
 * read here and nowhere else; what is wrong with it is told with its line and the cure. Environment variables are read
 * here only.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { strangeChannels } from '#policy/locations.ts'
import { busSchema, subscriberSchema, wordSchema } from '#policy/bus.ts'
import { readTable } from '#policy/mapping.ts'
import { strangeOwners } from '#policy/dead-letters.ts'
import { type PolicyInput, policySchema } from '#policy/policy.ts'
import { type Retention, retentionSchema } from '#policy/retention.ts'
import {
  type CalendarInput,
  calendarSchema,
  type TaskSchedule,
  taskSchedule,
  type Watch,
  watch,
} from '#policy/schedule.ts'
import { strangeCustomers } from '#policy/customers.ts'
import { strangeScreening } from '#policy/holds.ts'
import { strangeCarriers } from '#policy/carriers.ts'
import { strangeMoney } from '#policy/payments.ts'
import { strangeFulfillers } from '#policy/warehouses.ts'
import { type TelemetryConfig, telemetrySchema } from '#policy/telemetry.ts'
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'

const connectionSchema = z.strictObject({
  connector: z
    .string()
    .describe(
      'odoo, shopify, woocommerce, amazon, mirakl, square, till, direct, stripe, paypal, shipbob, x12, supplier, easypost, uber or signifyd.',
    ),
  config: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("The connector's own options, as listed under its name."),
  schedule: taskSchedule.optional().describe('When its feeds and upkeep run, where that is not as usual.'),
  watch: watch.optional().describe('How long it may be silent.'),
  intake: z
    .enum(['direct', 'bus'])
    .default('direct')
    .describe('Webhooks are acknowledged by the database (direct), or by a majority of the bus.'),
  shadow: z
    .boolean()
    .default(false)
    .describe('Send it nothing: only compare what the hub would do with what another integration does there.'),
})

export const configSchema = z.strictObject({
  hub: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address to listen on. Anything but this machine needs a token.'),
      port: z.int().min(0).max(65_535).default(4870).describe('Port to listen on; 0 takes any free one.'),
      publicUrl: z.url().optional().describe('Where the outside reaches the hub; webhooks are sent there.'),
      token: z
        .string()
        .meta({ secret: true })
        .describe('Reference to the secret that opens API and console.')
        .optional(),
      telemetry: telemetrySchema.optional().describe('Where traces of orders are sent; nowhere unless said.'),
      directory: z.string().default('./.crossdock').describe('Where the hub keeps its embedded database.'),
    })
    .prefault({})
    .describe('Where the hub listens and keeps its things.'),
  database: z
    .string()
    .default('embedded')
    .describe('embedded, or a reference to the URL of a PostgreSQL 15 or newer, e.g. env:DATABASE_URL.'),
  erp: z.string().describe('Which connection is the ERP.'),
  connections: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes'), connectionSchema)
    .describe('The systems the hub is connected to, each under a name of your own.'),
  retention: retentionSchema.prefault({}).describe('How long things are remembered.'),
  calendar: calendarSchema.prefault({}).describe('Cut-offs, closing times and windows.'),
  policy: policySchema.describe("The retailer's rules."),
  bus: busSchema
    .optional()
    .describe('NATS JetStream, for intake, events and shops. The hub works the same without it.'),
  subscribers: z.record(wordSchema, subscriberSchema).default({}).describe('Who is told of business events.'),
})

export type BusConfig = z.infer<typeof busSchema>
export type SubscriberConfig = z.infer<typeof subscriberSchema>

export interface Config {
  /** Where it was read from. */
  file: string
  /** The line of an option, for problems that are found later. */
  lineOf(path: readonly string[]): { line: number; column: number }
  hub: {
    host: string
    port: number
    publicUrl?: string | undefined
    token?: string | undefined
    directory: string
    telemetry?: TelemetryConfig | undefined
  }
  database: string
  erp: string
  connections: Record<
    string,
    {
      connector: string
      config: Record<string, unknown>
      schedule?: TaskSchedule | undefined
      watch?: Watch | undefined
      shadow?: boolean
      intake: 'direct' | 'bus'
    }
  >
  calendar?: CalendarInput
  retention: Retention
  policy: PolicyInput
  bus?: BusConfig | undefined
  subscribers: Record<string, SubscriberConfig>
}

/** What is wrong with a configuration, for a person: where, what, and what to do. */
export interface ConfigProblem {
  line: number
  column: number
  path: string
  message: string
}

export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ line, column, path, message }) => `  ${file}:${line}:${column}  ${path}: ${message}`)
    super(`The configuration cannot be used.\n${lines.join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** Reads and checks a configuration file. Throws `ConfigError` naming every problem with its line. */
export function readConfig(file: string): Config {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const message = `The file cannot be read (${(cause as NodeJS.ErrnoException).code}). Copy examples/crossdock.yaml, or name another with --config.`
    throw new ConfigError(file, [{ line: 1, column: 1, path: 'file', message }])
  }
  return parseConfig(text, file)
}

export function parseConfig(text: string, file = 'crossdock.yaml'): Config {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const broken = document.errors.map(({ pos, message }) => {
    const at = lines.linePos(pos[0])
    return { line: at.line, column: at.col, path: 'yaml', message }
  })
  if (broken.length > 0) throw new ConfigError(file, broken)
  const tables = withTables(plain(document, file), dirname(file))
  const parsed = configSchema.safeParse(tables.config)
  const issues: Issue[] =
    tables.issues.length > 0
      ? tables.issues
      : parsed.success
        ? crossChecks(parsed.data)
        : parsed.error.issues.map(({ path, message }) => ({ path, message }))
  if (issues.length > 0 || !parsed.success) {
    const described = issues.map(({ path, message }) => {
      return { ...whereIs(document, lines, path), path: path.join('.'), message }
    })
    throw new ConfigError(file, described)
  }
  const { hub } = parsed.data
  return {
    ...parsed.data,
    file,
    lineOf: (path) => whereIs(document, lines, path),
    hub: { ...hub, directory: resolve(dirname(file), hub.directory) },
  }
}

/** The document as plain values. An alias that names nothing, or one too many, is found only now. */
function plain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new ConfigError(file, [{ line: 1, column: 1, path: 'yaml', message: (error as Error).message }])
  }
}

/** Where a table may stand in a file of its own; `*` is a name of the retailer's. */
const TABLES = [
  ['policy', 'mappings', '*', 'skus'],
  ['policy', 'mappings', '*', 'shippingMethods'],
  ['policy', 'catalogue', '*', 'taxClasses'],
  ['policy', 'catalogue', '*', 'tables', '*'],
]

/** The configuration with its tables read from the files that are named instead. */
function withTables(config: unknown, directory: string): { config: unknown; issues: Issue[] } {
  const issues: Issue[] = []
  const descend = (value: unknown, path: string[], rest: readonly string[]): unknown => {
    const [name, ...more] = rest
    if (name === undefined) return typeof value === 'string' ? tableIn(value, path) : value
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const changed = Object.entries(value).map(([key, below]) =>
      name === '*' || name === key ? [key, descend(below, [...path, key], more)] : [key, below],
    )
    return Object.fromEntries(changed) as unknown
  }
  const tableIn = (name: string, path: string[]): Record<string, string> => {
    try {
      const { table, problems } = readTable(readFileSync(resolve(directory, name), 'utf8'))
      for (const { line, message } of problems) issues.push({ path, message: `${name}:${line}: ${message}.` })
      return table
    } catch (error) {
      const message = `The file ${name} cannot be read (${(error as NodeJS.ErrnoException).code}). It stands beside the configuration.`
      issues.push({ path, message })
      return {}
    }
  }
  return { config: TABLES.reduce((all, path) => descend(all, [], path), config), issues }
}

type Issue = { path: PropertyKey[]; message: string }

/** What a schema cannot see: names that must fit each other. */
function crossChecks(config: z.infer<typeof configSchema>): Issue[] {
  const { hub, erp, connections, calendar, policy } = config
  const issues: Issue[] = [...windowChecks(connections, calendar), ...busChecks(config)]
  const known = Object.keys(connections)
  if (!known.includes(erp))
    issues.push({ path: ['erp'], message: `No connection is called '${erp}'. There are: ${known.join(', ')}.` })
  if (hub.publicUrl && !hub.token && !isLoopback(new URL(hub.publicUrl).hostname)) {
    const message = 'The outside can reach the hub, so console and API need a token: set hub.token to a reference.'
    issues.push({ path: ['hub', 'publicUrl'], message })
  }
  const { buffers = {}, lastUnits } = policy.stock ?? {}
  for (const name of [...Object.keys(buffers), ...(lastUnits ? [lastUnits.channel] : [])]) {
    if (name in policy.channels) continue
    const message = `'${name}' is no channel of the policy. There are: ${Object.keys(policy.channels).join(', ')}.`
    issues.push({ path: ['policy', 'stock'], message })
  }
  for (const { path, message } of [
    ...strangeOwners(policy.deadLetters, known),
    ...strangeChannels(policy.channels, connections),
    ...strangeFulfillers(policy.warehouses, known),
    ...strangeMoney(policy, known, Object.keys(policy.channels)),
    ...strangeScreening(policy.holds?.screening, known, Object.keys(policy.channels)),
    ...(policy.customers ? strangeCustomers(policy.customers, Object.keys(policy.channels)) : []),
    ...strangeCarriers(policy, known, Object.keys(policy.channels)),
  ])
    issues.push({ path: ['policy', ...path], message })
  for (const name of Object.keys(policy.channels)) {
    if (known.includes(name)) continue
    const message = `No connection is called '${name}'. There are: ${known.join(', ')}.`
    issues.push({ path: ['policy', 'channels', name], message })
  }
  for (const group of ['catalogue', 'mappings'] as const) {
    for (const name of Object.keys(policy[group] ?? {})) {
      if (name in policy.channels) continue
      const message = `'${name}' is no channel of the policy. There are: ${Object.keys(policy.channels).join(', ')}.`
      issues.push({ path: ['policy', group, name], message })
    }
  }
  for (const name of Object.keys(policy.windows ?? {})) {
    if (!known.includes(name)) {
      const message = `No connection is called '${name}'. There are: ${known.join(', ')}.`
      issues.push({ path: ['policy', 'windows', name], message })
    }
  }
  for (const name of known) {
    if (name !== erp && !SELL_NOTHING.has(connections[name]!.connector) && !(name in policy.channels)) {
      const message = `The channel has no policy. Add policy.channels.${name} with at least its pool.`
      issues.push({ path: ['connections', name], message })
    }
  }
  return [...issues, ...storeChecks(config)]
}

/** No channels: stores' uploads have rules of their own, and so have payment providers, carriers and screeners. */
const SELL_NOTHING = new Set(['till', 'stripe', 'paypal', 'shipbob', 'x12', 'supplier', 'easypost', 'uber', 'signifyd'])

/** A store whose tills upload needs its rules. */
function storeChecks({ connections, policy }: z.infer<typeof configSchema>): Issue[] {
  return Object.entries(connections).flatMap(([name, { connector, config }]) => {
    const { stores } = (config ?? {}) as { stores?: unknown }
    if (connector !== 'till' || typeof stores !== 'object' || stores === null) return []
    return Object.keys(stores)
      .filter((store) => !Object.hasOwn(policy.stores ?? {}, store))
      .map((store) => ({
        path: ['connections', name, 'config', 'stores', store],
        message: `The store has no policy. Add policy.stores.${store} with at least its pool.`,
      }))
  })
}

/** Windows that are named must be in the calendar. */
function windowChecks(
  connections: z.infer<typeof configSchema>['connections'],
  { windows }: z.infer<typeof calendarSchema>,
): Issue[] {
  const named = Object.entries(connections).flatMap(([name, { schedule, watch }]) => [
    { path: ['connections', name, 'schedule', 'window'], window: schedule?.window },
    { path: ['connections', name, 'watch', 'quiet'], window: watch?.quiet },
  ])
  const there = Object.keys(windows).join(', ') || 'none'
  return named.flatMap(({ path, window }) =>
    window === undefined || Object.hasOwn(windows, window)
      ? []
      : [{ path, message: `The calendar has no window '${window}'. There are: ${there}.` }],
  )
}

function busChecks({ bus, connections, subscribers }: z.infer<typeof configSchema>): Issue[] {
  const issues: Issue[] = []
  const wrong = (path: string[], message: string) => void issues.push({ path, message })
  for (const [name, { intake }] of Object.entries(connections))
    if (intake === 'bus' && !bus)
      wrong(['connections', name, 'intake'], 'There is no bus. Add bus.servers, or take direct.')
  for (const [shop, { connection }] of Object.entries(bus?.edges ?? {}))
    if (!(connection in connections))
      wrong(['bus', 'edges', shop, 'connection'], `No connection is called '${connection}'.`)
  for (const [name, { url, bus: onBus, secret, types, personalData }] of Object.entries(subscribers)) {
    const at = (option: string) => ['subscribers', name, option]
    if (onBus === (url !== undefined)) wrong(['subscribers', name], 'A subscriber has either a url or bus: true.')
    if (onBus && !bus) wrong(at('bus'), 'There is no bus. Add bus.servers, or give the subscriber a url.')
    if (onBus && types.length > 1)
      wrong(at('types'), 'On the bus a subscriber takes one pattern. Make it two subscribers, or take *.')
    if (onBus && personalData === 'full')
      wrong(at('personalData'), 'On the bus personal data is always masked. Give the subscriber a url.')
    if (url !== undefined && secret === undefined)
      wrong(['subscribers', name], 'Posts are signed: set secret to a reference.')
  }
  return issues
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127\./.test(host)

/** The line of the deepest part of the path that is written down. */
function whereIs(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
): { line: number; column: number } {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const parent = depth > 0 ? document.getIn(path.slice(0, depth - 1), true) : undefined
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => (isScalar(key) ? key.value : key) === path[depth - 1])
      : undefined
    const node = pair?.key ?? document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) {
      const at = lines.linePos(node.range[0])
      return { line: at.line, column: at.col }
    }
  }
  return { line: 1, column: 1 }
}

/**
 * Secrets are references: `env:NAME` or `file:/path`. Throws when there is none, naming the reference and never the
 * value.
 *
 * @param more further references, for values made by the hub itself (`demo:…`).
 */
export function secretReader(
  directory: string,
  env: NodeJS.ProcessEnv = process.env,
  more: Readonly<Record<string, string>> = {},
): (reference: string) => string {
  return (reference) => {
    const own = more[reference]
    if (own !== undefined) return own
    const [scheme, ...rest] = reference.split(':')
    const name = rest.join(':')
    if (scheme === 'env' && name) {
      const value = env[name]
      if (value) return value
      throw new Error(`The secret ${reference} is not there. Set the environment variable ${name}.`)
    }
    if (scheme === 'file' && name) {
      try {
        return readFileSync(resolve(directory, name), 'utf8').trim()
      } catch {
        throw new Error(`The secret ${reference} is not there. Put it in that file, readable for the hub only.`)
      }
    }
    throw new Error('A secret must be given as env:NAME or file:/path, never as its value.')
  }
}

/** Environment variables that change how commands behave, besides secrets. */
export const environment = {
  config: process.env['CROSSDOCK_CONFIG'],
  specs: process.env['CROSSDOCK_SPECS'],
  databaseUrl: process.env['DATABASE_URL'],
} as const
