/** `crossdock schedule`: what runs when next, what ran, what is read again, and where the calendar stands. */
import { type Engine, instantAt } from '#engine/engine.ts'
import { tasksOf } from '#engine/schedules.ts'
import { readBackfills } from '#store/backfill.ts'
import { readRuns, readTasks } from '#store/run.ts'
import { readWatches } from '#store/watch.ts'
import type { Command } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const schedule: Command = {
  name: 'schedule',
  options: {
    config: CONFIG_OPTION,
    runs: { type: 'string', value: 'n', description: 'How many runs of each task to show.', default: '3' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock schedule', does: 'Lists every feed and upkeep with its next run and its last ones.' },
    { command: 'crossdock schedule --runs 20 --json', does: 'The same for a script, with more of the past.' },
  ],
  async run(options, { out, err }) {
    const runs = options.number('runs', { from: 1, to: 1_000, default: 3 })
    const { config, io } = configured(options, plainLog(err, 'error'))
    const opened = await openQuietly(config, io)
    try {
      const shown = await scheduleOf(opened.engine, runs)
      if (options.flag('json')) out(JSON.stringify(shown))
      else for (const line of describe(shown)) out(line)
      return 0
    } finally {
      await opened.close()
    }
  },
}

type Shown = Awaited<ReturnType<typeof scheduleOf>>

async function scheduleOf(engine: Engine, perTask: number) {
  const { database, connections, schedules, io } = engine
  const nowMs = io.now()
  const [runs, usual, backfills, watches] = await Promise.all([
    readRuns(database, perTask), readTasks(database), readBackfills(database, 10), readWatches(database),
  ]) // prettier-ignore
  const tasks = [...connections].flatMap(([connection, opened]) =>
    tasksOf(opened).map((task) => {
      const mine = schedules?.of(connection, task)
      const last = usual.find((one) => one.connection === connection && one.task === task)
      const next = mine ? instantOf(mine.table.after(nowMs)) : (last?.due_at ?? null)
      return {
        connection,
        task,
        schedule: mine?.table.text ?? null,
        nextAt: next,
        lastAt: last?.ran_at ?? null,
        lastReport: last?.report ?? null,
        runs: runs
          .filter((one) => one.connection === connection && one.task === task)
          .map(({ connection: _, task: __, ...run }) => run),
      }
    }),
  )
  const moments = (schedules?.calendar.moments ?? []).map(({ name, kind, of, timeZone, nextMs }) => {
    const state = schedules!.calendar.standing(kind, of, nowMs)?.state ?? 'none'
    return { name, kind, of, timeZone, nextAt: instantOf(nextMs(nowMs)), today: state }
  })
  const windows = (schedules?.calendar.windows ?? []).map(({ name, isOpen }) => ({ name, open: isOpen(nowMs) }))
  return { now: instantAt(nowMs), tasks, backfills, watches, calendar: { moments, windows } }
}

const instantOf = (ms: number | null): string | null => (ms === null ? null : instantAt(ms))

function describe({ tasks, backfills, watches, calendar }: Shown): string[] {
  const lines = tasks.flatMap(({ connection, task, schedule: plan, nextAt, lastAt, lastReport, runs }) => [
    `${connection} ${task}: ${plan ?? 'as usual'}, next ${nextAt ?? 'when the hub runs'}`,
    ...(runs.length > 0
      ? runs.map(({ nominal, state, attempts, missed, report }) => {
          const more = [
            missed > 0 ? `for ${missed} missed` : '',
            attempts > 1 ? `attempt ${attempts}` : '',
            report ?? '',
          ]
          return `    ${nominal} ${state}${more.some(Boolean) ? `: ${more.filter(Boolean).join(', ')}` : ''}`
        })
      : lastAt
        ? [`    ${lastAt} ${(lastReport ?? '').replaceAll('\n', ' ')}`.trimEnd()]
        : []),
  ])
  return [
    ...lines,
    ...backfills.map(
      (one) =>
        `backfill ${one.id} ${one.connection} ${one.feed} since ${one.since}: ${one.state}, ${one.report ?? 'not begun'}`,
    ),
    ...watches.map((one) => `watch ${one.connection} ${one.checked_at}: ${one.report}`),
    ...calendar.moments.map(
      (one) =>
        `${one.kind} ${one.of} (${one.name}): next ${one.nextAt ?? 'never'} in ${one.timeZone}, today ${one.today}`,
    ),
    ...calendar.windows.map(({ name, open }) => `window ${name}: ${open ? 'open' : 'closed'}`),
  ]
}
