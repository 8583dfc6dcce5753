/**
 * Reads TypeScript just well enough for the house rules: what is code, what is a string, what is a comment, and what is
 * imported. Blanks keep every character in its place, so that a match still knows its line.
 */

export interface Source {
  /** Path from the root of the project, with forward slashes. */
  path: string
  text: string
  /** The text with comments and the contents of strings, templates and regular expressions blanked. */
  code: string
  /** The text with everything blanked but the contents of strings and templates. */
  strings: string
  /** The text with everything blanked but comments. */
  comments: string
}

export interface Import {
  /** What stands between the quotes. */
  from: string
  /** Nothing of it is left when the types are stripped. */
  typeOnly: boolean
  /** `export … from`. */
  reexport: boolean
  line: number
}

type Part = 'code' | 'string' | 'comment'

/** After one of these a slash starts a regular expression, not a division. */
const BEFORE_REGEX = /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|throw|await|else))\s*$/

export function parseSource(path: string, text: string): Source {
  const parts = partsOf(text)
  const only = (part: Part) => {
    let kept = ''
    for (let at = 0; at < text.length; at++) kept += parts[at] === part || text[at] === '\n' ? text[at] : ' '
    return kept
  }
  return { path, text, code: only('code'), strings: only('string'), comments: only('comment') }
}

function partsOf(text: string): Part[] {
  const parts: Part[] = Array.from({ length: text.length }, () => 'code')
  const fill = (from: number, to: number, part: Part) => parts.fill(part, from, to)
  /** How many braces are open inside each `${` we are in. */
  const templates: number[] = []
  let at = 0

  const template = () => {
    const start = at
    while (at < text.length && text[at] !== '`' && !text.startsWith('${', at)) at += text[at] === '\\' ? 2 : 1
    fill(start, at, 'string')
    if (text.startsWith('${', at)) {
      templates.push(0)
      at += 2
    } else at++
  }

  while (at < text.length) {
    const char = text[at]!
    const start = at
    if (text.startsWith('//', at) || (at === 0 && text.startsWith('#!'))) {
      at = endOf(text, '\n', at)
      fill(start, at, 'comment')
    } else if (text.startsWith('/*', at)) {
      at = endOf(text, '*/', at + 2) + 2
      fill(start, at, 'comment')
    } else if (char === "'" || char === '"') {
      at++
      while (at < text.length && text[at] !== char && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
      fill(start + 1, at, 'string')
      at++
    } else if (char === '`') {
      at++
      template()
    } else if (char === '/' && BEFORE_REGEX.test(text.slice(Math.max(0, at - 20), at))) {
      at = endOfRegex(text, at)
      fill(start + 1, at - 1, 'string')
    } else if (templates.length > 0 && char === '}' && templates.at(-1) === 0) {
      templates.pop()
      at++
      template()
    } else {
      if (templates.length > 0 && char === '{') templates[templates.length - 1]!++
      if (templates.length > 0 && char === '}') templates[templates.length - 1]!--
      at++
    }
  }
  return parts
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at === -1 ? text.length : at
}

function endOfRegex(text: string, from: number): number {
  let inClass = false
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '[') inClass = true
    else if (text[at] === ']') inClass = false
    else if (text[at] === '/' && !inClass) return at + 1
  }
  return from + 1
}

export const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length

const STATIC = /^[ \t]*(import|export)\b(?:([^'"`;=()]*?)\bfrom\s*|\s*)(['"])/gm
const DYNAMIC = /\bimport\(\s*(['"`])/g

/** Everything the file imports or exports from elsewhere, also by `import('…')`. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = []
  for (const match of source.code.matchAll(STATIC)) {
    const words = (match[2] ?? '').trim()
    const names = /\{([^}]*)\}/
      .exec(words)?.[1]
      ?.split(',')
      .filter((name) => name.trim() !== '')
    const inline = words.startsWith('{') && !!names?.length && names.every((name) => name.trim().startsWith('type '))
    found.push({
      from: quoted(source, match.index + match[0].length),
      typeOnly: /^type\b/.test(words) || inline,
      reexport: match[1] === 'export',
      line: lineOf(source.text, match.index),
    })
  }
  for (const match of source.code.matchAll(DYNAMIC)) {
    // `typeof import(…)` and types out of `import(…)` vanish as well; they are rare enough to count as imports.
    const from = quoted(source, match.index + match[0].length)
    found.push({ from, typeOnly: false, reexport: false, line: lineOf(source.text, match.index) })
  }
  return found
}

const quoted = (source: Source, at: number): string => /^[^'"`\n]*/.exec(source.text.slice(at))![0]
