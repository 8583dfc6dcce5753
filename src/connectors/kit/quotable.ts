/** What a vendor says in its own words, made fit to be shown: refusals repeat what was sent. */

/** One line without secrets, addresses, and whatever else is to be hidden. */
export function cleaned(words: string, secrets: readonly string[], hidden: readonly RegExp[] = []): string {
  const bare = secrets.filter((secret) => secret !== '').reduce((text, secret) => text.replaceAll(secret, '***'), words)
  return [/[^\s@"]+@[^\s@"]+/g, ...hidden]
    .reduce((text, pattern) => text.replace(pattern, '***'), bare)
    .replace(/\s+/g, ' ')
    .trim()
}

/** The same, and not endless. @param hidden all of what matches, so with the flag `g`. */
export function quotable(words: string, secrets: readonly string[] = [], hidden: readonly RegExp[] = []): string {
  const clean = cleaned(words, secrets, hidden)
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean
}
