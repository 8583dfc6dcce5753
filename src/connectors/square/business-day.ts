/** Which day's takings a sale belongs to: the store's own calendar, by the store's own clock. */

/**
 * @param at UTC
 * @param timezone IANA name; UTC when it is none.
 * @param startsAt `HH:MM`; a sale before it belongs to the day before.
 */
export function businessDay(at: string, timezone: string | null, startsAt: string): string {
  const local = localOf(new Date(at), timezone ?? 'UTC')
  if (local.slice(11, 16) >= startsAt) return local.slice(0, 10)
  const noon = Date.parse(`${local.slice(0, 10)}T12:00:00.000Z`)
  return new Date(noon - 86_400_000).toISOString().slice(0, 10)
}

/** `2026-11-21 23:30`. Days of 23 and 25 hours are the calendar's business. */
function localOf(at: Date, timezone: string): string {
  return formatFor(timezone).format(at).replace(', ', ' ').replace(' 24:', ' 00:')
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone)
  if (known) return known
  // Swedish writes dates as ISO 8601 does.
  const options = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: timezone })
  } catch {
    format = new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: 'UTC' })
  }
  formats.set(timezone, format)
  return format
}
