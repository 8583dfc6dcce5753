/** Options and steps that several commands have in common. */
import { dirname, resolve } from 'node:path'
import { type Config, environment, readConfig, secretReader } from '../config.ts'
import { type Io, type Log, realIo } from '../io.ts'
import type { Option, Options } from './command.ts'

export const CONFIG_OPTION: Option = {
  type: 'string',
  value: 'file',
  description: 'The configuration.',
  default: environment.config ?? 'crossdock.yaml',
}

export const JSON_OPTION: Option = {
  type: 'boolean',
  description: 'Print one JSON object, and nothing else, to standard output.',
}

export function configured(options: Options, log: Log): { config: Config; io: Io; file: string } {
  const file = resolve(options.text('config') ?? 'crossdock.yaml')
  const config = readConfig(file)
  return { config, io: realIo({ log, secret: secretReader(dirname(file)) }), file }
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    const stop = (signal: string) => {
      resolve(signal)
      for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(130))
    }
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
  })
}
