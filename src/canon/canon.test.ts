/** Canonical text, the facts that stand next to every field, and what the schemas let in. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { factsOf, field } from './field.ts'
import { canonicalJson } from './json.ts'
import { order } from './order.ts'
import { address, currency, instant, quantity, rate, sku } from './primitives.ts'

describe('canonical text', () => {
  it('sorts members at every depth and leaves undefined ones out', () => {
    expect(canonicalJson({ b: 1, a: { d: undefined, c: [{ z: 1, y: 2 }] } })).toBe('{"a":{"c":[{"y":2,"z":1}]},"b":1}')
    expect(canonicalJson([undefined, null])).toBe('[null,null]')
  })

  it('means the same value, and is the same however the members were put in', () => {
    const shuffled = fc.dictionary(fc.string(), fc.jsonValue()).chain((value) =>
      fc.record({
        value: fc.constant(value),
        entries: fc.shuffledSubarray(Object.entries(value), { minLength: Object.keys(value).length }),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ value, entries }) => {
        expect(canonicalJson(Object.fromEntries(entries))).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('facts of a field', () => {
  const facts = { owner: 'channel', retention: 'books', pii: 'email' } as const

  it('are found through every wrapper', () => {
    const plain = field(z.string(), facts)
    for (const wrapped of [
      plain,
      plain.optional(),
      plain.nullable(),
      plain.default('x'),
      plain.nullable().optional(),
    ]) {
      expect(factsOf(wrapped)).toEqual(facts)
    }
    expect(factsOf(z.string().optional())).toBeUndefined()
  })

  it('appear in the published schema', () => {
    const published = z.toJSONSchema(
      z.object({ email: field(z.string(), { ...facts, description: 'where to write' }) }),
    )
    expect(published.properties!['email']).toMatchObject({ 'description': 'where to write', 'x-crossdock': facts })
  })
})

interface Leaf {
  path: string
  schema: z.ZodType
  /** The nearest facts around it. */
  around: ReturnType<typeof factsOf>
}

/** Every field without fields of its own. A rule for a whole thing holds for what is in it. */
function leaves(schema: z.ZodType, path: string, outer?: ReturnType<typeof factsOf>): Leaf[] {
  const around = factsOf(schema) ?? outer
  const { def } = schema as unknown as { def: { innerType?: z.ZodType; element?: z.ZodType } }
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, one]) =>
      leaves(one, `${path}.${name}`, around),
    )
  }
  const inner = def.innerType ?? def.element
  return inner ? leaves(inner, path, around) : [{ path, schema, around }]
}

describe('the order', () => {
  const all = leaves(order, 'order')
  /** Fields that only say which thing is meant. */
  const STRUCTURAL = ['order.channel', 'order.externalId']

  it('says of every field who owns it and how long it is kept', () => {
    expect(all.length).toBeGreaterThan(50)
    const without = all.filter(({ path, around }) => !STRUCTURAL.includes(path) && !(around?.owner && around.retention))
    expect(without.map(({ path }) => path)).toEqual([])
  })

  it('classes everything that says who somebody is or where', () => {
    const personal = /customer\.(?!marketing|consents|company)|Address\.(?!region|country)|\.note$/
    const unclassed = all.filter(({ path, around }) => personal.test(path) && !around?.pii)
    expect(unclassed.map(({ path }) => path)).toEqual([])
    const classes = new Set(all.map(({ around }) => around?.pii).filter(Boolean))
    expect([...classes].sort()).toEqual(['address', 'email', 'free_text', 'identifier', 'name', 'phone'])
  })
})

describe('the small words refuse', () => {
  it.each([
    ['an instant without milliseconds', instant, '2026-11-20T09:00:00Z'],
    ['an instant with another zone', instant, '2026-11-20T09:00:00.000+01:00'],
    ['an empty SKU', sku, '   '],
    ['half a piece', quantity, 0.5],
    ['fewer than no pieces', quantity, -1],
    ['a currency in lower case', currency, 'usd'],
    ['a rate with a comma', rate, '0,19'],
    ['a negative rate', rate, '-0.1'],
    ['a country by its name', address.shape.country, 'Germany'],
    ['a channel with a slash', order.shape.channel, 'shop/1'],
    ['an external id with a slash', order.shape.externalId, '1/2'],
    ['an order without a name', order.shape.name, ''],
    ['a payment status nobody knows', order.shape.paymentStatus, 'maybe'],
    ['a broken amount', order.shape.total, { amount: 1.5, currency: 'USD' }],
    ['an amount that cannot be counted exactly', order.shape.total, { amount: 2 ** 53, currency: 'USD' }],
  ] as [string, z.ZodType, unknown][])('%s', (_, schema, value) => {
    expect(schema.safeParse(value).success).toBe(false)
  })

  it('nothing else: a SKU is compared as it is, after trimming', () => {
    expect(sku.parse(' Mug/Blue ')).toBe('Mug/Blue')
  })
})
