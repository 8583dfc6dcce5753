/** Nothing of a person survives, wherever it was put. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderBody, type Person } from '../../tests/fuzz/estate.ts'
import { draftFromBody } from '#connectors/shopify/order-body.ts'
import { orderOf } from '#connectors/shopify/order-draft.ts'
import { createMask, maskedCustomer, plainly } from './masking.ts'

/** Words long enough not to stand in other words by chance, and not to be among ours. */
const word = fc.stringMatching(/^[A-ZÄÖÜŁÉ][a-zäöüßłéñ]{3,11}q$/u)
const person: fc.Arbitrary<Person> = fc.record({
  first: word,
  last: fc.oneof(
    word,
    fc.tuple(word, word).map((both) => both.join('-')),
  ),
  email: fc.tuple(word, word).map(([a, b]) => `${a}.x@${b}.example`),
  phone: fc.stringMatching(/^\+49 1[567]\d \d{7}$/),
  street: fc.tuple(word, fc.integer({ min: 1, max: 99 })).map(([name, number]) => `${name} ${number}b`),
  city: word,
  zip: fc.stringMatching(/^[A-Z]{2}\d{4}q$/),
  note: fc.tuple(word, word, word).map((words) => words.join(' ')),
})

const secretsOf = ({ first, last, email, phone, street, city, zip, note }: Person): string[] => [
  first, last, email, phone, phone.replace(/\D/g, '').slice(2), street, city, zip, note,
] // prettier-ignore

function nothingOf(who: Person, shown: unknown): void {
  const text = JSON.stringify(shown)
  for (const secret of secretsOf(who)) expect(text).not.toContain(secret)
}

const canonical = (who: Person) =>
  orderOf(draftFromBody(JSON.parse(JSON.stringify(orderBody(7, who))), 'orders/create'), 'shop')

describe('masking', () => {
  it('leaves nothing of the person in a body of another system, even in members nobody knows', () => {
    fc.assert(
      fc.property(person, fc.string(), fc.constantFrom('first', 'email', 'phone', 'street'), (who, member, what) => {
        const body = {
          ...orderBody(7, who),
          [member]: who[what],
          more: [{ [member]: [who[what], { deep: who[what] }] }],
          zahl: Number(who.phone.replace(/\D/g, '')),
        }
        const mask = createMask()
        mask.learnForeign(body)
        nothingOf(who, mask.foreign(body))
      }),
    )
  })

  it('leaves nothing of the person in our own events, asks and states, nor in sentences about them', () => {
    fc.assert(
      fc.property(person, (who) => {
        const order = canonical(who)
        const party = order.customer!
        const mask = createMask()
        const ask = {
          key: 'shop-12345678',
          name: `${who.first} ${who.last}`,
          email: who.email,
          phone: who.phone,
          externalRef: 'shop:12345678',
        }
        for (const value of [{ order }, { party }, ask]) mask.learn(value)
        const shown = [
          mask.ours({ type: 'order.placed', order, pool: 'WH' }),
          mask.ours({ type: 'customer.recorded', party }),
          mask.ours(ask),
          mask.ours({ message: `The partner ${who.last}, ${who.first} <${who.email}> at ${who.street} is archived.` }),
          mask.text(
            `No route to ${who.city.toUpperCase()}, call ${who.phone.replaceAll(' ', '/')} and ask for ${who.first}.`,
          ),
          maskedCustomer(order),
        ]
        nothingOf(who, shown)
        expect(JSON.stringify(shown).toLowerCase()).not.toContain(who.city.toLowerCase())
      }),
    )
  })

  it('keeps what people need to read a trace', () => {
    const body = orderBody(1042)
    const mask = createMask()
    mask.learnForeign(body)
    expect(mask.foreign(body)).toMatchObject({
      id: 1042,
      name: '#1042',
      created_at: '2026-03-02T10:00:00+00:00',
      financial_status: 'paid',
      currency: 'EUR',
      total_price: '29.90',
      customer: { first_name: '•••', id: '•••' },
      shipping_address: { country_code: 'DE', city: '•••', latitude: '•••' },
      line_items: [
        { sku: 'TEE-1', title: 'T-shirt', price: '12.50', quantity: 2, properties: [{ name: '•••', value: '•••' }] },
      ],
    })
  })

  it('shows a name by its first letters, and one letter not at all', () => {
    expect(maskedCustomer({ customer: { name: 'Grace Brewster Hopper' } })).toBe('G••• B••• H•••')
    expect(maskedCustomer({ customer: { name: 'Wu Li' } })).toBe('••• •••')
    expect(maskedCustomer({ customer: {}, shippingAddress: { name: 'Ada' } })).toBe('A•••')
    expect(maskedCustomer({ customer: null })).toBe(null)
    expect(maskedCustomer(null)).toBe(null)
  })

  it('quotes no snippet of a body that was no JSON', () => {
    for (const text of ['Grace', '{"name": Grace', '{"a":"Grace', '[Grace]', '{"a":1}Grace']) {
      let said = ''
      try {
        JSON.parse(text)
      } catch (error) {
        said = plainly((error as Error).message)
      }
      expect(said).toBe('The body is not JSON.')
    }
  })

  it('survives depth, length and odd names', () => {
    const deep = JSON.parse(`${'[{"a":'.repeat(3_000)}1${'}]'.repeat(3_000)}`) as unknown
    const mask = createMask()
    for (const value of [
      deep,
      { list: Array.from({ length: 5_000 }, () => 'x') },
      JSON.parse('{"__proto__":{"email":"a@b.c"}}'),
    ]) {
      mask.learn(value)
      mask.learnForeign(value)
      expect(JSON.stringify(mask.ours(value)).length).toBeLessThan(20_000)
      expect(JSON.stringify(mask.foreign(value))).not.toContain('a@b.c')
    }
    expect(({} as Record<string, unknown>)['email']).toBe(undefined)
  })
})
