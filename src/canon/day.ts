/** The calendar day of a moment where the books are kept: when it is evening in one zone it is morning elsewhere. */

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const fresh = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  formats.set(timeZone, fresh)
  return fresh
}

/** `2026-11-21`; by UTC where no zone is said. */
export function dayIn(at: string, timeZone: string | undefined): string {
  if (timeZone === undefined) return at.slice(0, 10)
  const parts = formatOf(timeZone).formatToParts(new Date(at))
  const part = (name: string) => parts.find(({ type }) => type === name)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}
