/** docs/reference/commands.md: every command with its options and examples, from the tables its help is made from. */
import { HELP_OPTION } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { page, table } from './page.ts'

/** Not what the environment of whoever writes this page names. */
const CONFIG = 'crossdock.yaml'

const COMPLETE = await Promise.all(COMMANDS.map(async ({ summary, load }) => ({ summary, ...(await load()) })))

export const commandsPage = (): string =>
  page(
    'Commands',
    'src/cli/commands.ts',
    'In a clone of the project a command is run as `npx crossdock <command>`. Results go to standard output, everything else to standard error.',
    'Exit codes: 0 done, 1 something is wrong and is told, 2 the command or the configuration cannot be used, 130 stopped by hand.',
    ...COMPLETE.flatMap(({ name, summary, actions, options, operands = {}, examples }) => [
      `## ${name}`,
      `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
      ...(actions
        ? [
            table(
              ['action', 'what it does'],
              Object.entries(actions).map(([action, does]) => [`\`${action}\``, does]),
            ),
          ]
        : []),
      table(
        ['option', 'meaning', 'default'],
        [
          ...Object.entries(operands).map(([operand, what]) => [`\`${operand.toUpperCase()}\``, what, '']),
          ...Object.entries({ ...options, help: HELP_OPTION }).map(
            ([option, { value, description, default: fallback }]) => [
              `\`--${option}${value ? ` <${value}>` : ''}\``,
              description,
              fallback === undefined ? '' : `\`${option === 'config' ? CONFIG : fallback}\``,
            ],
          ),
        ],
      ),
      ...examples.map(({ command, does }) => `\`${command.replace(/^crossdock/, 'npx crossdock')}\`  \n${does}`),
    ]),
  )
