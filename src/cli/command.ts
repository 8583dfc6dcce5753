/** What a command is: its words, its options as data, its examples, and what it does. Help is made from these. */
import { parseArgs } from 'node:util'

export interface Option {
  type: 'string' | 'boolean'
  /** What stands for the value in the help: `n`, `file`. */
  value?: string
  description: string
  default?: string
}

export interface Command {
  name: string
  /** What stands after the command's name, for commands that do several things: `dead list`. One of them is needed. */
  actions?: Readonly<Record<string, string>>
  options: Readonly<Record<string, Option>>
  /** What is given without a name, in its order; all of them are needed. Read like options. */
  operands?: Readonly<Record<string, string>>
  examples: readonly { command: string; does: string }[]
  /** @returns the exit code. */
  run(options: Options, streams: Streams): Promise<number>
}

export interface Options {
  /** One of the command's actions; empty when it has none. */
  action: string
  text(name: string): string | undefined
  flag(name: string): boolean
  /** A whole number within bounds. Throws `UsageError`. */
  number(name: string, bounds: { from: number; to: number; default: number }): number
}

export interface Streams {
  /** What was asked for: results. */
  out(line: string): void
  /** Everything else: progress, remarks. */
  err(line: string): void
}

/** The command's words were off; shown with a hint at `--help`, exit code 2. */
export class UsageError extends Error {}

export const HELP_OPTION: Option = { type: 'boolean', description: 'Show this help.' }

export function readOptions(command: Command, given: readonly string[]): Options {
  const [action, args] = actionOf(command, given)
  const options: Record<string, Option> = { ...command.options, help: HELP_OPTION }
  const operands = Object.keys(command.operands ?? {})
  let values: Record<string, string | boolean | undefined>
  try {
    const types = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]))
    const read = parseArgs({ args: [...args], options: types, strict: true, allowPositionals: operands.length > 0 })
    const given = Object.fromEntries(read.positionals.map((value, index) => [operands[index] ?? '', value]))
    values = { ...read.values, ...given } as typeof values
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? 'The options cannot be read.')
  }
  const missing = operands.filter((name) => values[name] === undefined)
  if (values['help'] !== true && (missing.length > 0 || values[''] !== undefined)) {
    throw new UsageError(`It takes ${operands.map((name) => name.toUpperCase()).join(' ')}.`)
  }
  const text = (name: string) => {
    const given = values[name] ?? options[name]?.default
    return typeof given === 'string' ? given : undefined
  }
  return {
    action,
    text,
    flag: (name) => values[name] === true,
    number(name, bounds) {
      const given = text(name)
      if (given === undefined) return bounds.default
      const value = Number(given)
      if (Number.isSafeInteger(value) && value >= bounds.from && value <= bounds.to) return value
      throw new UsageError(`--${name} takes a whole number from ${bounds.from} to ${bounds.to}, not '${given}'.`)
    },
  }
}

function actionOf({ name, actions }: Command, args: readonly string[]): [string, readonly string[]] {
  if (!actions || args.includes('--help')) return ['', args.filter((one) => !actions || !(one in actions))]
  const [first = '', ...rest] = args
  if (Object.hasOwn(actions, first)) return [first, rest]
  const said = first === '' || first.startsWith('-') ? 'Nothing was said to do' : `'${first}' is nothing it can do`
  throw new UsageError(`${said}. ${name} takes one of: ${Object.keys(actions).join(', ')}.`)
}

export function helpFor(summary: string, { name, actions, options, operands = {}, examples }: Command): string {
  const first = Object.entries(operands).map(([operand, what]) => `  ${operand.toUpperCase().padEnd(26)}${what}`)
  const rows = Object.entries({ ...options, help: HELP_OPTION }).map(([option, { value, description, ...rest }]) => {
    const left = `--${option}${value ? ` <${value}>` : ''}`
    return `  ${left.padEnd(26)}${description}${rest.default === undefined ? '' : ` Default: ${rest.default}.`}`
  })
  const shown = examples.map((example) => `  ${example.command}\n      ${example.does}`)
  const acts = Object.entries(actions ?? {}).map(([action, does]) => `  ${action.padEnd(26)}${does}`)
  const words = [name, ...Object.keys(operands).map((operand) => operand.toUpperCase())].join(' ')
  const lead = acts.length > 0 ? ['Actions', ...acts, ''] : first.length > 0 ? ['Takes', ...first, ''] : []
  return [`crossdock ${words}: ${summary}`, '', ...lead, 'Options', ...rows, '', 'Examples', ...shown].join('\n')
}
