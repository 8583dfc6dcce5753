/**
 * Files whose job is exactly what a rule forbids, each with the reason. An exception that is no longer needed is
 * reported by the tidy test, so that the list stays short.
 */

export interface Exception {
  /** A file, or a folder ending in `/`. */
  path: string
  rule: string
  reason: string
}

export const EXCEPTIONS: readonly Exception[] = [
  { path: 'src/io.ts', rule: 'clock', reason: 'it is the way out to the system clock' },
  { path: 'src/io.ts', rule: 'chance', reason: 'it is the way out to random numbers' },
  { path: 'src/config.ts', rule: 'environment', reason: 'it is where every option is read and checked' },
  { path: 'src/store/processes.ts', rule: 'clock', reason: 'it makes names of files that live as long as the process' },
  { path: 'src/cli/doctor.ts', rule: 'sql-clock', reason: 'it compares the clock of the database with ours' },
]

export const isExcepted = (path: string, rule: string): boolean => EXCEPTIONS.some((one) => covers(one, path, rule))

export const covers = (one: Exception, path: string, rule: string): boolean =>
  one.rule === rule && (one.path === path || (one.path.endsWith('/') && path.startsWith(one.path)))
