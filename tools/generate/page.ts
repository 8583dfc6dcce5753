/** What all generated pages share: they say that they are generated, and tables do not break on what is in them. */

/** A Markdown page. @param from the file to change instead of the page. */
export const page = (title: string, from: string, ...blocks: string[]): string =>
  [`# ${title}`, `Written by \`node tools/generate.ts\` from \`${from}\`: change that, not this page.`, ...blocks, '']
    .join('\n\n')
    .replace(/\n+$/, '\n')

export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n')

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')
