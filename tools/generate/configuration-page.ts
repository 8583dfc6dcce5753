/** docs/reference/configuration.md: every option of crossdock.yaml, of the hub itself and of each connector. */
import { CONNECTORS } from '../../src/connectors/catalogue.ts'
import { configSchema } from '../../src/config.ts'
import { type Option, optionsOf } from './options.ts'
import { page, table } from './page.ts'

export const configurationPage = (): string =>
  page(
    'Configuration',
    'src/config.ts, src/policy/policy.ts, src/connectors/*/config.ts',
    'Every option of `crossdock.yaml`. `<name>` is the name of a connection, `[]` stands for each entry of a list.',
    'How the file works is told in [configuration](../configuration.md).',
    '## The hub',
    optionTable(optionsOf(configSchema)),
    ...Object.entries(CONNECTORS).flatMap(([name, { config }]) => [
      `## Connector ${name}`,
      `Below \`connections.<name>.config\` where \`connector\` is \`${name}\`.`,
      optionTable(optionsOf(config)),
    ]),
  )

const optionTable = (options: readonly Option[]): string =>
  table(
    ['option', 'type', 'default', 'meaning'],
    options.map(({ path, type, required, fallback, description }) => [
      `\`${path}\``,
      type,
      required ? '**needed**' : fallback === null ? '' : `\`${fallback}\``,
      description,
    ]),
  )
