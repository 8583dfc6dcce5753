/** The configured schedules, calendar and watches, made ready for the engine. */
import type { Connection } from '#connectors/kit/connector.ts'
import { calendarOf } from '#policy/calendar.ts'
import type { CalendarInput, TaskSchedule, Watch } from '#policy/schedule.ts'
import { timetableOf } from '#policy/timetable.ts'
import type { Schedule, Schedules } from './schedule.ts'

export interface Configured {
  connections: Readonly<Record<string, { schedule?: TaskSchedule | undefined; watch?: Watch | undefined }>>
  calendar: CalendarInput
}

/** What is wrong with it that only shows once connections are open. The path is the option's. */
export interface ScheduleProblem {
  path: string[]
  message: string
}

export function openSchedules(
  { connections: configured, calendar: input }: Configured,
  connections: ReadonlyMap<string, Connection>,
): { schedules: Schedules; problems: ScheduleProblem[] } {
  const calendar = calendarOf(input)
  const whileOpen = (window: string | undefined) => (nowMs: number) =>
    window === undefined || calendar.isOpen(window, nowMs)
  const problems: ScheduleProblem[] = []
  const all = Object.entries(configured).flatMap(([connection, { schedule }]) => {
    if (!schedule) return []
    const tasks = tasksOf(connections.get(connection))
    return Object.entries(schedule.tasks).flatMap(([name, plan]): Schedule[] => {
      const task = tasks.find((one) => one.slice(one.indexOf(':') + 1) === name)
      if (task) return [scheduleOf(connection, task, plan, schedule)]
      const there = tasks.map((one) => one.slice(one.indexOf(':') + 1)).join(', ') || 'none'
      const message = `'${connection}' has no feed or upkeep '${name}'. It has: ${there}.`
      problems.push({ path: ['connections', connection, 'schedule', 'tasks', name], message })
      return []
    })
  })
  const byKey = new Map(all.map((one) => [`${one.connection} ${one.task}`, one]))

  function scheduleOf(connection: string, task: string, plan: string, schedule: TaskSchedule): Schedule {
    const { catchUp, runsMax, window, timeZone } = schedule
    return { connection, task, table: timetableOf(plan, timeZone), catchUp, runsMax, isOpen: whileOpen(window) }
  }
  return {
    problems,
    schedules: {
      calendar,
      all,
      of: (connection, task) => byKey.get(`${connection} ${task}`),
      watch(connection) {
        const watch = configured[connection]?.watch
        if (!watch) return undefined
        const { quiet } = watch
        const isQuiet = (nowMs: number) => quiet !== undefined && calendar.isOpen(quiet, nowMs)
        return { silentAfterMs: watch.silentAfterMinutes * 60_000, isQuiet }
      },
    },
  }
}

/** `feed:orders`, `upkeep:webhooks`. */
export const tasksOf = (connection: Connection | undefined): string[] => [
  ...Object.keys(connection?.feeds ?? {}).map((name) => `feed:${name}`),
  ...Object.keys(connection?.upkeep ?? {}).map((name) => `upkeep:${name}`),
]
