/**
 * What commands about streams of one kind have in common: those that need somebody are listed, and one is shown or told
 * something. They work on the database, so the hub need not run; what is told is done by the hub once it does.
 */
import type { Decider } from '#core/decider.ts'
import type { Policy } from '#core/policy.ts'
import { type Engine, nowOf } from '#engine/engine.ts'
import { tellStream } from '#engine/person.ts'
import { listStreams, readState } from '#store/views.ts'
import { type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { configured } from './shared.ts'

export interface Cases<S, C extends { type: string }, V> {
  kind: string
  decider: Pick<Decider<S, C, { type: string }, Policy>, 'decide'>
  /** The list in JSON. */
  member: string
  /** How many are listed, in words. */
  counted(count: number): string
  view(stream: string, state: S): V
  text(view: V): string
  /** The one the options name, and what is said when there is none. Throws UsageError. */
  wanted(options: Options): { stream: string; missing: string }
  /** What each action but `list` and `show` tells it. */
  commands: Readonly<Record<string, C>>
}

export async function runCases<S, C extends { type: string }, V>(
  cases: Cases<S, C, V>,
  options: Options,
  streams: Streams,
): Promise<number> {
  const { config, io } = configured(options, plainLog(streams.err))
  const { engine, close } = await openQuietly(config, io)
  try {
    return options.action === 'list'
      ? await list(cases, engine, options, streams)
      : await one(cases, engine, options, streams)
  } finally {
    await close()
  }
}

async function list<S, C extends { type: string }, V>(
  { kind, member, counted, view, text }: Cases<S, C, V>,
  { database }: Engine,
  options: Options,
  { out, err }: Streams,
): Promise<number> {
  const limit = options.number('limit', { from: 1, to: 1_000, default: 50 })
  const attention = options.flag('all') ? undefined : true
  const rows = await listStreams(database, { kind, attention, limit: limit + 1 })
  const shown = rows.slice(0, limit).map(({ stream, state }) => view(stream, state as unknown as S))
  const more = rows.length > limit
  if (options.flag('json')) out(JSON.stringify({ [member]: shown, more }))
  else {
    for (const row of shown) out(text(row))
    err(`${counted(shown.length)}${more ? ', and more' : ''}.`)
  }
  return 0
}

async function one<S, C extends { type: string }, V>(
  { decider, view, text, wanted, commands }: Cases<S, C, V>,
  engine: Engine,
  options: Options,
  { out, err }: Streams,
): Promise<number> {
  const { stream, missing } = wanted(options)
  const row = await readState(engine.database, stream)
  if (!row) {
    err(missing)
    return 1
  }
  const state = row.state as unknown as S
  if (options.action === 'show') {
    const shown = view(stream, state)
    out(options.flag('json') ? JSON.stringify(shown) : text(shown))
    return 0
  }
  const command = commands[options.action]
  if (!command) throw new UsageError(`There is no action '${options.action}'.`)
  const said = decider.decide(state, command, engine.policy, { stream, at: nowOf(engine), messageKey: 'preview' })
  if ('refused' in said) {
    err(`${said.reason} (${said.refused})`)
    return 1
  }
  await tellStream(engine, stream, command, engine.io.id())
  out(options.flag('json') ? JSON.stringify({ done: true }) : 'Noted; the hub does it.')
  return 0
}
