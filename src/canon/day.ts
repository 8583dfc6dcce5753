/** Time zones, and the calendar day of a moment in them: when it is evening in one it is morning elsewhere. */

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const fresh = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  formats.set(timeZone, fresh)
  return fresh
}

/** Whether it is an IANA time zone this machine knows. Offsets such as `+01:00` are none: they know no summer. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** `2026-11-21`; by UTC where no zone is said. */
export function dayIn(at: string, timeZone: string | undefined): string {
  if (timeZone === undefined) return at.slice(0, 10)
  const parts = formatOf(timeZone).formatToParts(new Date(at))
  const part = (name: string) => parts.find(({ type }) => type === name)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}
