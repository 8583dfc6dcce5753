/**
 * The composition root: finds the command, reads its options, runs it, and turns what went wrong into words and an exit
 * code.
 */
import { helpFor, readOptions, type Streams, UsageError } from './cli/command.ts'
import { COMMANDS } from './cli/commands.ts'

const streams: Streams = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
}

function overview(): string {
  const rows = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`)
  return [
    'crossdock <command> [options]',
    '',
    ...rows,
    '',
    'crossdock <command> --help shows options and examples.',
  ].join('\n')
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === 'help') {
    streams.out(overview())
    return name === undefined ? 2 : 0
  }
  const entry = COMMANDS.find((one) => one.name === name)
  if (!entry) {
    streams.err(`There is no command '${name}'.\n\n${overview()}`)
    return 2
  }
  try {
    const command = await entry.load()
    const options = readOptions(command, args)
    if (options.flag('help')) {
      streams.out(helpFor(entry.summary, command))
      return 0
    }
    return await command.run(options, streams)
  } catch (error) {
    if (error instanceof UsageError) {
      streams.err(`${error.message}\nSee crossdock ${name} --help.`)
      return 2
    }
    const { ConfigError } = await import('./config.ts')
    streams.err(error instanceof ConfigError || !(error instanceof Error) ? String(error) : error.message)
    return error instanceof ConfigError ? 2 : 1
  }
}

process.exitCode = await main(process.argv.slice(2))
