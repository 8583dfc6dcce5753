/** A moment as a sentence names it: `2026-11-22 10:00 UTC`. */
export const momentWords = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`
