/** What holds whatever is said of people, in whatever order, and however records are joined and taken out. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CustomerCommand } from './customer.ts'
import { FACTS } from './state.ts'
import { people } from './testing.ts'
import { allTellings } from './telling.ts'

const KEYS = ['shop-1', 'shop-2', 'woo-1', 'guest-1', 'guest-2'] as const
const key = fc.constantFrom(...KEYS)
const at = fc.integer({ min: 0, max: 30 }).map((n) => new Date(Date.UTC(2026, 10, 1, 0, n)).toISOString())
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const place = fc.record({
  name: fc.constant('Ada'),
  street: fc.constantFrom('A 1', 'B 2', 'C 3'),
  city: fc.constant('X'),
  postcode: fc.constantFrom('1', '2'),
  country: fc.constantFrom('DE', 'US'),
})
const consent = fc.record({
  medium: fc.constantFrom('email', 'sms'),
  purpose: fc.constant('marketing'),
  granted: fc.boolean(),
  explicit: fc.boolean(),
  at,
})
const news = fc.record({
  key,
  channel: fc.constantFrom('shop', 'woo', 'till'),
  at,
  party: fc.record({
    name: maybe(fc.constantFrom('Ada', 'Ada Example', 'Bob')),
    email: maybe(fc.constantFrom('a@b.c', 'd@e.f')),
    phone: maybe(fc.constantFrom('+49301', '+49302')),
    marketingConsent: maybe(fc.boolean()),
    consents: maybe(fc.array(consent, { maxLength: 2 })),
  }),
  addresses: fc.array(place, { maxLength: 2 }),
})
type News = typeof news extends fc.Arbitrary<infer T> ? T : never
const trust = fc.constantFrom({}, { name: ['till'], email: ['woo', 'shop'] })

const command = ({ key: named, channel, party, addresses, at: when }: News): CustomerCommand =>
  ({ type: 'customer.record', channel, party: { key: named, ...party }, addresses, at: when }) as CustomerCommand

type World = ReturnType<typeof people>
const known = (world: World) => KEYS.filter((one) => world.stateOf(one))
const picture = (world: World) => Object.fromEntries(known(world).map((one) => [one, world.golden(one)]))

test('news in any order, at any pace, beside joins of people, comes to the same records', () => {
  const pair = fc.tuple(key, key)
  fc.assert(
    fc.property(
      fc.array(news, { minLength: 1, maxLength: 12 }),
      fc.array(pair, { maxLength: 3 }),
      trust,
      fc.infiniteStream(fc.nat(1_000)),
      (all, wanted, trusted, numbers) => {
        const next = () => numbers.next().value as number
        const first = people({ match: 'off', trust: trusted })
        for (const one of all) first.say(one.key, command(one))
        const pairs = wanted.filter((pairOf) => pairOf.every((one) => first.stateOf(one)))
        for (const [one, other] of pairs) first.join(one, other)
        const second = people({ match: 'off', trust: trusted })
        const places = all.map(({ key: named }) => named)
        const mixed = all.map((one) => ({ one, rank: next() })).sort((a, b) => a.rank - b.rank)
        // Joins need both to be known: the first news of each key comes before them.
        for (const named of new Set(places))
          second.say(named, command(mixed.find(({ one }) => one.key === named)!.one), next() % 4)
        const joins = pairs.map((pairOf) => ({ pairOf, rank: next() }))
        for (const step of [...mixed, ...joins].sort((a, b) => a.rank - b.rank)) {
          if ('one' in step) second.say(step.one.key, command(step.one), next() % 4)
          else
            second.say(step.pairOf[0], { type: 'customer.join', with: step.pairOf[1], by: 'Kim', note: '' }, next() % 4)
        }
        second.settle()
        expect(picture(second)).toEqual(picture(first))
        for (const one of known(first)) expect(second.headOf(one)).toBe(first.headOf(one))
      },
    ),
    { numRuns: 400 },
  )
})

test('what was joined and taken out again is what it would have been without', () => {
  fc.assert(
    fc.property(
      fc.array(news, { minLength: 2, maxLength: 10 }),
      fc.array(news, { maxLength: 8 }),
      fc.tuple(key, key),
      fc.array(fc.tuple(key, key), { maxLength: 2 }),
      (before, since, [one, other], pairs) => {
        const joined = people({ match: 'off' })
        const never = people({ match: 'off' })
        for (const world of [joined, never]) {
          for (const each of before) world.say(each.key, command(each))
          for (const [a, b] of pairs) if (world.stateOf(a) && world.stateOf(b)) world.join(a, b)
        }
        const heads = known(joined).filter((each) => joined.headOf(each) === each)
        const both = joined.stateOf(one) && joined.stateOf(other)
        if (both) joined.join(one, other)
        const part = heads.find((each) => joined.headOf(each) !== each)
        for (const each of since) for (const world of [joined, never]) world.say(each.key, command(each))
        joined.settle()
        never.settle()
        if (part) joined.part(part)
        else if (both) expect(joined.headOf(one)).toBe(joined.headOf(other))
        expect(picture(joined)).toEqual(picture(never))
        for (const each of heads) expect(joined.stateOf(each)!.party).toEqual(never.stateOf(each)!.party)
      },
    ),
    { numRuns: 400 },
  )
})

test('no member without who said it when, and nothing that was said is lost', () => {
  fc.assert(
    fc.property(fc.array(news, { minLength: 1, maxLength: 12 }), trust, (all, trusted) => {
      const world = people({ match: 'off', trust: trusted })
      for (const one of all) world.say(one.key, command(one))
      for (const one of known(world)) {
        const golden = world.golden(one)
        for (const name of ['name', 'email', 'phone'] as const) {
          const said = all.filter(({ key: named, party }) => named === one && party[name] !== undefined)
          const fact = golden.facts[name]
          expect(fact === undefined).toBe(said.length === 0)
          if (!fact) continue
          const source = said.find((each) => each.at === fact.at && each.channel === fact.channel)
          expect(source).toBeDefined()
          expect(
            said.filter((each) => each.at === fact.at && each.channel === fact.channel).map(({ party }) => party[name]),
          ).toContain(fact.value)
        }
        for (const { party, times } of allTellings(world.stateOf(one)!))
          for (const name of FACTS) expect(party[name] === undefined).toBe(times[name] === undefined)
        for (const { at: when, channel, record } of [...golden.addresses, ...golden.consents])
          expect(
            all.some(
              (each) =>
                each.channel === channel &&
                each.key === record &&
                (each.at === when || each.party.consents?.some((word) => word.at === when)),
            ),
          ).toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})

test('the strictest word on being contacted holds, unless a spoken yes is newer than every no', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ channel: fc.constantFrom('shop', 'woo', 'till'), consent }), { minLength: 1, maxLength: 3 }),
      (all) => {
        const world = people({ match: 'off' })
        const distinct = [...new Map(all.map((one) => [one.channel, one])).values()]
        for (const { channel, consent: word } of distinct)
          world.say('guest-1', {
            type: 'customer.record',
            channel,
            party: { key: 'guest-1', consents: [word] },
            at: word.at,
          } as CustomerCommand)
        for (const medium of ['email', 'sms'] as const) {
          const words = distinct.map((one) => one.consent).filter((one) => one.medium === medium)
          const golden = world.golden('guest-1').consents.find((one) => one.medium === medium)
          const lastNo = words
            .filter(({ granted }) => !granted)
            .map((one) => one.at)
            .sort()
            .at(-1)
          const spoken = words.some(
            ({ granted, explicit, at: when }) => granted && explicit && lastNo !== undefined && when > lastNo,
          )
          expect(golden?.granted).toBe(words.length === 0 ? undefined : lastNo === undefined || spoken)
        }
      },
    ),
    { numRuns: 300 },
  )
})
