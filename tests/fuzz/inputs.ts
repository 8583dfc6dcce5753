/**
 * What comes to the doors in the storm: chance bytes, chance JSON, and genuine things bent out of shape. All from one
 * seed.
 */
import type { Random } from '#sim/random.ts'

/** Names and values that have broken something somewhere before. */
const WORDS = [
  '', ' ', '0', '-0', 'null', 'NaN', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '\0', '\u0000x', '\ud800', '\udfff\ud800',
  '😀', 'ﷺ', '\u202e', 'é', 'e\u0301', '1e999', '9'.repeat(400), 'x'.repeat(5_000), '../../etc/passwd', '%00', '%', '%zz', "'; drop table inbox; --",
  '<script>alert(1)</script>', '{{7*7}}', '2026-02-30T00:00:00.000Z', '0000-00-00', '275760-09-13T00:00:00.001Z', '12.345', '-1', 'EUR', 'eur', '€',
  'gid://shopify/Order/1', '#', '/', '\\', '"', '\r\n', 'a/b', '....', 'true',
] // prettier-ignore

const NUMBERS = [0, -0, 1, -1, 0.1, 1e21, -1e21, 1e308, 2 ** 31, 2 ** 53, 2 ** 53 + 2, -(2 ** 63), 12.345, 1e-7]

export const chanceBytes = (random: Random, max: number): Buffer =>
  Buffer.from(Array.from({ length: random.int(0, max) }, () => random.int(0, 255)))

export const chanceWord = (random: Random): string => random.pick(WORDS)

export function chanceText(random: Random, max = 20): string {
  if (random.chance(0.4)) return chanceWord(random)
  return String.fromCharCode(
    ...Array.from({ length: random.int(0, max) }, () => random.pick([random.int(32, 126), random.int(0, 0xffff)])),
  )
}

export function chanceJson(random: Random, depth = 0): unknown {
  const kind = random.int(0, depth > 4 ? 4 : 7)
  if (kind === 0) return null
  if (kind === 1) return random.chance(0.5)
  if (kind === 2) return random.pick(NUMBERS)
  if (kind <= 4) return chanceText(random)
  if (kind === 5) return Array.from({ length: random.int(0, 5) }, () => chanceJson(random, depth + 1))
  return Object.fromEntries(
    Array.from({ length: random.int(0, 5) }, () => [
      random.chance(0.2) ? chanceWord(random) : random.pick(NAMES),
      chanceJson(random, depth + 1),
    ]),
  )
}

/** Members the connectors read: chance JSON gets further with them. */
const NAMES = [
  'id', 'name', 'sku', 'pool', 'free', 'orderRef', 'lines', 'line_items', 'quantity', 'created_at', 'updated_at', 'currency', 'customer',
  'variants', 'inventory_item_id', 'location_id', 'available', 'total_price', 'legacyResourceId', 'lineItems', 'nodes', 'changedAt', 'stocked', 'active',
  'saleLineId', 'shippedAt', 'erpId', 'title', 'price', 'taxes_included',
] // prettier-ignore

/** A copy with one to four members changed: other types, absent, huge, nested, oddly named. */
export function bent(random: Random, value: unknown): unknown {
  const copy = structuredClone(value)
  for (let times = random.int(1, 4); times > 0; times -= 1) bendOnce(random, copy)
  return copy
}

function bendOnce(random: Random, root: unknown): void {
  let holder = root as Record<string, unknown>
  for (;;) {
    const keys = Object.keys(holder)
    if (keys.length === 0) return
    const key = random.pick(keys)
    const inner = holder[key]
    if (inner !== null && typeof inner === 'object' && Object.keys(inner).length > 0 && random.chance(0.6)) {
      holder = inner as Record<string, unknown>
      continue
    }
    const change = random.int(0, 6)
    if (change === 0) delete holder[key]
    else if (change === 1) holder[key] = null
    else if (change === 2) holder[key] = random.pick(NUMBERS)
    else if (change === 3) holder[key] = chanceText(random)
    else if (change === 4) holder[key] = chanceJson(random)
    else if (change === 5) holder[key] = Array.isArray(inner) ? [...inner, ...inner, ...inner] : [inner]
    else
      Object.defineProperty(holder, chanceWord(random) || '__proto__', {
        value: inner,
        enumerable: true,
        configurable: true,
        writable: true,
      })
    return
  }
}

/** Valid JSON text that is bent as text: escapes, numbers no double holds, depth. */
export function bentText(random: Random, text: string): string {
  switch (random.int(0, 5)) {
    case 0:
      return text.replace(/"(\w+)":"([^"]*)"/g, (whole, key: string) =>
        random.chance(0.05) ? `"${key}":"\\u0000\\ud800"` : whole,
      )
    case 1:
      return text.replace(/:(\d+)/g, (whole) => (random.chance(0.1) ? `:1${'0'.repeat(random.int(1, 400))}` : whole))
    case 2: {
      const depth = random.int(100, 20_000)
      return `{"id":1,"note":${'['.repeat(depth)}${']'.repeat(depth)}}`
    }
    case 3:
      return text.slice(0, random.int(0, text.length))
    case 4:
      return `{"__proto__":{"polluted":true},${text.slice(1)}`
    default:
      return text.replace('{', `{"${'k'.repeat(random.int(1, 3_000))}":1,`)
  }
}
