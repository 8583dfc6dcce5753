/** The house rules about names of files and about what no file of the project may contain. */
import { lineOf } from './source.ts'
import type { Violation } from './violation.ts'

const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/
const MIGRATION = /^\d{4}_[a-z0-9_-]+\.sql$/
/** Names that others prescribe. */
const PRESCRIBED = /^(?:[A-Z]+(?:\.md)?|Dockerfile|Caddyfile|Chart\.yaml|_[\w-]+\.tpl|\.[\w.-]+|[\w.-]+\.d\.ts)$/

export function nameViolations(path: string): Violation[] {
  const parts = path.split('/')
  const name = parts.at(-1)!
  const found: Violation[] = []
  const say = (message: string) => found.push({ path, line: 1, rule: 'file-name', message })
  // Fixtures are named after what was recorded; folders below .ci or .github belong to whoever reads them.
  if (path.includes('/fixtures/') || path.startsWith('.')) return found
  const migration = parts.includes('migrations') && MIGRATION.test(name)
  if (!KEBAB.test(name) && !PRESCRIBED.test(name) && !migration) {
    say('is not in kebab-case (letters, digits, single dashes). Names that differ only in case break on other disks.')
  }
  if (parts.some((part) => /(?:^|-)(?:utils?|helpers?|managers?|services?|common|misc)(?:\.|$)/.test(part))) {
    say('is a drawer for anything. Name the noun the file is about.')
  }
  return found
}

/** Written in pieces where the rule would otherwise find itself. */
const CONTENTS: readonly { rule: string; pattern: RegExp; message: string }[] = [
  {
    rule: 'machine-path',
    pattern:
      /(?<![\w.:/-])\/(?:root|work|workspace|opt\/odoo|home\/[a-z]+|Users\/[A-Za-z]+|tmp\/[a-z]+)\b(?=\/|['"`\s]|$)/gm,
    message:
      'is a path of one machine and means nothing on another. Make it relative, an option, or ask for os.tmpdir().',
  },
  {
    rule: 'signature',
    pattern: new RegExp(
      [
        ['co', 'authored', 'by'].join('-'),
        ['language', 'model'].join(' '),
        String.raw`\b(?:ai|llm)s?[ -](?:generated|written|assisted|authored)`,
        String.raw`\b(?:generated|written) (?:by|with) (?:an? )?(?:ai|llm|assistant|bot)\b`,
        '\u{1f916}',
      ].join('|'),
      'giu',
    ),
    message: 'speaks of who or what wrote the text. The project speaks of the product; git knows the authors.',
  },
]

/** What may stand in no file, whatever its kind. */
export function contentViolations(path: string, text: string): Violation[] {
  const found = CONTENTS.flatMap(({ rule, pattern, message }) =>
    [...text.matchAll(pattern)].map(({ index, 0: shown }) => ({
      path,
      line: lineOf(text, index),
      rule,
      message: `'${shown}' ${message}`,
    })),
  )
  if (path !== 'package-lock.json') return found
  return found.concat(
    [...text.matchAll(/"resolved":\s*"https?:.*/g)].map(({ index, 0: shown }) => ({
      path,
      line: lineOf(text, index),
      rule: 'registry-host',
      message: `${shown} ties everybody to one registry. Keep \`omit-lockfile-registry-resolved\` in .npmrc and run npm install.`,
    })),
  )
}
