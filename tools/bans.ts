/**
 * The house rules that hold inside a file. Each says which files it looks at, how it finds a breach, and why it is
 * there together with what to do instead. Where a file's very job is what a rule forbids, exceptions.ts names it.
 */
import { isTest } from './rooms.ts'
import { importsOf, lineOf, type Source } from './source.ts'
import type { Violation } from './violation.ts'

export interface Ban {
  rule: string
  /** Why, and what to do instead. */
  message: string
  looksAt(path: string): boolean
  /** Positions in the text. */
  find(source: Source): number[]
}

const LINE_WIDTH = 120
const FILE_LINES = 400

/** A sentence for people may run on: broken in two it can no longer be found by searching for it. */
const MESSAGE_WIDTH = 200

const isCode = (path: string): boolean => /\.(ts|tsx|mts|mjs|js|css|sql)$/.test(path) && !path.includes('/fixtures/')
const isScript = (path: string): boolean => /\.(ts|tsx|mts|mjs|js)$/.test(path) && !path.includes('/fixtures/')
const inSrc = (path: string): boolean => path.startsWith('src/') && isScript(path) && !isTest(path)

const matches = (text: string, pattern: RegExp): number[] => [...text.matchAll(pattern)].map(({ index }) => index)

/** A ban on something written in code: comments and strings may speak of it. */
const inCode = (pattern: RegExp) => (source: Source) => matches(source.code, pattern)

/** A ban on something written in SQL: in .sql files, and in strings that read like SQL. */
const inSql = (pattern: RegExp) => (source: Source) => {
  if (source.path.endsWith('.sql')) return matches(source.text.replace(/--.*$/gm, blank), pattern)
  return [...source.strings.matchAll(/(?:[^\s](?:.*\n(?!\s*\n))*.*)/g)].flatMap(({ index, 0: paragraph }) =>
    SQL.test(paragraph) ? matches(paragraph.replace(/--.*$/gm, blank), pattern).map((at) => index + at) : [],
  )
}

const SQL = /\b(select|insert into|update|delete from|create (?:table|index|view)|alter table)\b/i
const blank = (text: string): string => ' '.repeat(text.length)

export const BANS: readonly Ban[] = [
  {
    rule: 'clock',
    message: 'reads the clock. A replay would decide otherwise: take the time from io.now(), or be handed it.',
    looksAt: inSrc,
    find: inCode(
      /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)(?<!new Date\(\s*\))|\bperformance\.now\b|\bprocess\.hrtime\b/g,
    ),
  },
  {
    rule: 'chance',
    message: 'draws lots. A day run from a seed would differ each time: use io.id() or io.jitter().',
    looksAt: inSrc,
    find: inCode(/\bMath\.random\b|\brandomUUID\b/g),
  },
  {
    rule: 'environment',
    message: 'reads the environment. Every option is declared in config.ts, where it is checked and documented.',
    looksAt: inSrc,
    find: inCode(/\bprocess\.env\b/g),
  },
  {
    rule: 'console',
    message: 'writes to the console. Use io.log: it is structured, masks secrets and stays silent in tests.',
    looksAt: (path) => inSrc(path) && !path.startsWith('src/cli/') && path !== 'src/main.ts',
    find: inCode(/\bconsole\.\w+/g),
  },
  {
    rule: 'select-star',
    message: 'asks for all columns. A later migration would change what comes back: name the columns that are used.',
    looksAt: (path) => inSrc(path) || path.endsWith('.sql'),
    find: inSql(/\bselect\s+(?:\w+\.)?\*/gi),
  },
  {
    rule: 'sql-clock',
    message:
      "asks the database for the time. Two clocks disagree and replays differ: pass the caller's time as a parameter.",
    looksAt: (path) => inSrc(path) || path.endsWith('.sql'),
    find: inSql(/\bnow\(\)|\bcurrent_timestamp\b|\bclock_timestamp\(\)|\bstatement_timestamp\(\)/gi),
  },
  {
    rule: 'whole-suite',
    message: 'leaves tests out. What is not run is not known: delete the test or mend what it found.',
    looksAt: (path) => isScript(path) && isTest(path),
    find: inCode(/\b(?:it|test|describe|bench|suite)(?:\.\w+)*\.(?:only|skip|todo|skipIf|runIf|fails)\b/g),
  },
  {
    rule: 'opening',
    message: 'begins without saying what the file is for. Open it with a comment of one to four lines.',
    looksAt: isCode,
    find: ({ text }) => (/^(?:#!.*\n)?\s*(?:\/\/|\/\*|--)/.test(text) || text.trim() === '' ? [] : [0]),
  },
  {
    rule: 'line-width',
    message: `is longer than ${LINE_WIDTH} columns. Break it where a reader would breathe.`,
    looksAt: isCode,
    find: (source) =>
      matches(source.text, new RegExp(`^.{${LINE_WIDTH + 1},}$`, 'gm')).filter((at) => !isMessage(source, at)),
  },
  {
    rule: 'file-length',
    message: `makes the file longer than ${FILE_LINES} lines. Somebody has to read it: find the second thing it does and move that.`,
    looksAt: isCode,
    find: ({ text }) => matches(text, /^.*\n/gm).slice(FILE_LINES, FILE_LINES + 1),
  },
  {
    rule: 'unfinished',
    message: 'marks unfinished work. Do it now, or write down as a decision why not.',
    looksAt: isCode,
    find: ({ comments }) => matches(comments, /\b(?:TODO|FIXME|XXX|HACK)\b/g),
  },
  {
    rule: 'vague-name',
    message: 'says nothing about what it does. Name the noun it is about or the verb it performs.',
    looksAt: isScript,
    find: inCode(/\b(?:class|interface|type|const|let|function)\s+(?:\w*[a-z])?(?:Manager|Helpers?|Utils?|Service)\b/g),
  },
  {
    rule: 'barrel',
    message:
      'only passes on what others export. It hides where things live and ties knots in imports: import from the source.',
    looksAt: (path) => isScript(path) && !/^src\/connectors\/[^/]+\/index\.ts$/.test(path),
    find: (source) => (isBarrel(source) ? [0] : []),
  },
]

function isMessage({ text, code, strings }: Source, at: number): boolean {
  const end = text.indexOf('\n', at)
  const width = (part: string) => part.slice(at, end === -1 ? undefined : end).trimEnd().length
  const letters = strings.slice(at, end === -1 ? undefined : end).replaceAll(' ', '').length
  return letters > 0 && width(text) <= MESSAGE_WIDTH && width(code) - letters <= LINE_WIDTH
}

function isBarrel(source: Source): boolean {
  if (!importsOf(source).some(({ reexport }) => reexport)) return false
  const rest = source.code
    .replace(/\b(?:import|export)\b[^'"`;=()]*?\bfrom\s*['"]\s*['"];?/g, '')
    .replace(/\bexport\s*(?:type\s*)?\{[^}]*\}/g, '')
  return rest.trim() === ''
}

/** What one file does that it should not, exceptions not yet taken away. */
export function banViolations(source: Source): Violation[] {
  return BANS.filter(({ looksAt }) => looksAt(source.path)).flatMap(({ rule, message, find }) =>
    find(source).map((at) => {
      const line = lineOf(source.text, at)
      const shown = source.text.split('\n')[line - 1]!.trim().slice(0, 60)
      return { path: source.path, line, rule, message: `\`${shown}\` ${message}` }
    }),
  )
}
