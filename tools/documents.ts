/** What the documents point at and tell people to type, read out of Markdown so that a test can try it. */
import { dirname, join } from 'node:path/posix'

export interface Reference {
  /** The document it stands in. */
  from: string
  line: number
  /** From the root of the project; empty for the document itself. */
  to: string
  /** Without `#`; empty when there is none. */
  anchor: string
}

/** Links and pictures that stay inside the project. */
export function referencesOf(from: string, text: string): Reference[] {
  return linesOf(withoutCode(text)).flatMap(([line, words]) =>
    [...words.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
      if (/^[a-z]+:/.test(target)) return []
      const [path = '', anchor = ''] = target.split('#')
      return [{ from, line, to: path === '' ? from : join(dirname(from), path), anchor }]
    }),
  )
}

/** The anchors that GitHub gives the headings of a page. */
export const anchorsOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** The words after `crossdock`, wherever a document shows them. `<command>` and the like are left out. */
export function commandLinesOf(text: string): { line: number; words: string[] }[] {
  return linesOf(text).flatMap(([line, words]) =>
    [...words.matchAll(/(?:npx crossdock|`crossdock|^crossdock|npm start --) ([a-z-][^`#|&>]*)/g)].map(
      ([all, rest = '']) => {
        const given = rest.trim().split(/\s+/)
        return { line, words: all.startsWith('npm') && given[0]!.startsWith('-') ? ['demo', ...given] : given }
      },
    ),
  )
}

/** The scripts of package.json that a document tells people to run, with the benchmark it names, if any. */
export const scriptsOf = (text: string): { script: string; bench: string | null }[] =>
  [...text.matchAll(/npm run ([a-z]+)(?: -- ([a-z]+))?/g)].map(([, script = '', bench = null]) => ({ script, bench }))

const withoutCode = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```/gm, blank).replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ' '))

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ')

const linesOf = (text: string): [number, string][] => text.split('\n').map((words, index) => [index + 1, words])
