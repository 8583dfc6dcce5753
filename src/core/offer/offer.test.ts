/** What a channel shows: the hub's own fields by the ERP and the rules, once, and at once where it matters. */
import { describe, expect, it } from 'vitest'
import type { ChannelListing, ErpProduct, ShownListing } from '#canon/product.ts'
import type { Money } from '#canon/money.ts'
import { given } from '../testing/given.ts'
import { policyWith, second } from '../testing/sample.ts'
import { offer, type OfferState } from './offer.ts'
import type { ChannelCatalogue } from './policy.ts'

const rules: ChannelCatalogue = {
  mode: 'on', priceList: 'Web', currency: 'EUR', fields: ['price', 'barcode', 'taxClass', 'attributes'],
  taxClasses: { 'VAT 20%': 'standard' }, tables: { wood: { Kitchen: 'oak' } }, withdraw: true,
  attributes: [{ attribute: 'room', value: 'For the {category}' }, { attribute: 'wood', map: { field: 'category', table: 'wood' } }],
} // prettier-ignore
const under = (change: Partial<ChannelCatalogue> = {}) => ({
  ...policyWith({}),
  catalogue: { shop: { ...rules, ...change } },
})

const mug: ErpProduct = {
  sku: 'MUG', erpId: '5', name: 'Mug', active: true, stocked: true, barcode: '400', taxes: ['VAT 20%'],
  category: 'Kitchen', changedAt: second(1),
} // prettier-ignore
const asItShould: ShownListing = {
  title: 'Fine mug',
  price: '12.5',
  barcode: '400',
  taxClass: 'standard',
  attributes: { room: 'For the Kitchen', wood: 'oak' },
}
const listing = (shown: ShownListing): ChannelListing => ({
  sku: 'MUG', channel: 'shop', productId: 'p1', variantId: 'v1', inventoryItemId: 'i1', title: 'Fine mug', tracked: true,
  shown, changedAt: second(1), deleted: false,
}) // prettier-ignore
const price: Money = { amount: 1250, currency: 'EUR' }
const weigh = (shown: ShownListing, erp: Partial<ErpProduct> = {}, prices: Record<string, Money> = { Web: price }) => ({
  type: 'offer.weigh' as const,
  facts: { erp: { ...mug, ...erp }, prices, listing: listing(shown) },
})
const of = (kind: 'offer' | 'price', change: Partial<ChannelCatalogue> = {}) =>
  given(offer).on(`${kind}/shop/MUG`).under(under(change))
const ids = { sku: 'MUG', productId: 'p1', variantId: 'v1' }
const ensure = (fields: ShownListing) => ({ type: 'listing.ensure', to: 'shop', ask: { ...ids, fields } }) as const
const ensurePrice = (price: string) =>
  ({ type: 'price.ensure', to: 'shop', ask: { ...ids, fields: { price } } }) as const
interface More {
  written?: string[]
  unable?: { field: string; reason: string }[]
}
const done = (version: number, shown: ShownListing, more: More = {}) => ({
  type: 'done' as const, intent: 'listing.ensure' as const, version, ask: { ...ids, fields: {} },
  answer: { outcome: 'shown' as const, shown, written: Object.keys(shown), unable: [], ...more },
}) // prettier-ignore

describe('an offer', () => {
  it('that shows what it should asks for nothing, however a price is written', () => {
    of('offer').when(weigh(asItShould)).owes()
    of('price').when(weigh(asItShould)).owes()
  })

  it('asks for the fields that differ and for no other', () => {
    of('offer')
      .when(weigh({ ...asItShould, barcode: '399' }))
      .owes(ensure({ barcode: '400' }))
    of('offer')
      .when(weigh({ ...asItShould, attributes: { room: 'For the Kitchen', wood: 'ash' } }))
      .owes(ensure({ attributes: { wood: 'oak' } }))
  })

  it('has its price written at once, beside everything else', () => {
    const wrong = { ...asItShould, price: '13.00', barcode: '' }
    of('price').when(weigh(wrong)).owes(ensurePrice('12.50'))
    of('offer')
      .when(weigh(wrong))
      .owes(ensure({ barcode: '400' }))
  })

  it('never writes what belongs to the channel', () => {
    of('offer')
      .when(weigh(asItShould, { name: 'Another name' }))
      .owes()
    of('price', { fields: ['barcode'] })
      .when(weigh({ ...asItShould, price: '1.00' }))
      .owes()
  })

  it('writes nothing while the catalogue is off or dry', () => {
    for (const mode of ['off', 'dry'] as const)
      of('offer', { mode })
        .when(weigh({ ...asItShould, barcode: '' }))
        .owes()
  })

  it('takes its price from the mapped list alone, and never in another currency', () => {
    const wrong = { ...asItShould, price: '1.00' }
    const none = of('price').when(weigh(wrong, { listPrice: price }, { Shop: price }))
    none.owes()
    expect(none.state.troubles).toEqual([{ code: 'price_missing', field: 'price', about: 'Web' }])
    const dollars = of('price').when(weigh(wrong, {}, { Web: { amount: 1250, currency: 'USD' } }))
    dollars.owes()
    expect(dollars.state.troubles).toMatchObject([{ code: 'price_currency' }])
  })

  it('holds an unknown tax class and lets the rest go', () => {
    const strange = of('offer').when(weigh({ ...asItShould, barcode: '' }, { taxes: ['Odd tax'] }))
    strange.owes(ensure({ barcode: '400' }))
    expect(strange.state.troubles).toEqual([{ code: 'tax_class_unknown', field: 'taxClass', about: 'Odd tax' }])
  })

  it('says the same again: nothing; news while a call is under way wait for its answer', () => {
    const wrong = weigh({ ...asItShould, barcode: '' })
    of('offer')
      .when(wrong, wrong)
      .owes(ensure({ barcode: '400' }))
    of('offer')
      .when(wrong, weigh({ ...asItShould, barcode: '' }, { barcode: '500' }), done(3, { barcode: '400' }))
      .owes(ensure({ barcode: '400' }))
  })
})

describe('an offer that was asked for', () => {
  const asked = () => of('offer').when(weigh({ ...asItShould, barcode: '' }))
  const versionOf = ({ asked: one }: OfferState) => one!.version

  it('is settled by the answer, and asked for anew when it says something else by then', () => {
    const { state } = asked()
    const settled = of('offer').when(weigh({ ...asItShould, barcode: '' }), done(versionOf(state), { barcode: '400' }))
    expect(settled.state).toMatchObject({ asked: null, shown: { barcode: '400' } })
    of('offer')
      .when(
        weigh({ ...asItShould, barcode: '' }),
        weigh({ ...asItShould, barcode: '' }, { barcode: '500' }),
        done(versionOf(state), { barcode: '400' }),
      )
      .owes(ensure({ barcode: '400' }), ensure({ barcode: '500' }))
  })

  it('is not asked for again because of what was read before it was written', () => {
    const wrong = { ...asItShould, barcode: '' }
    const { state } = of('offer').when(weigh(wrong), done(2, { barcode: '400' }), weigh(wrong, { category: 'Bar' }))
    expect(state.asked!.fields).toEqual({ attributes: { room: 'For the Bar' } })
  })

  it('is not asked for again when the channel cannot show it for this SKU alone', () => {
    const { state } = of('offer', { fields: ['title'] }).when(
      weigh(asItShould),
      done(2, { title: 'Fine mug' }, { written: [], unable: [{ field: 'title', reason: 'several variants' }] }),
    )
    expect(state).toMatchObject({ asked: null, troubles: [{ code: 'not_possible', field: 'title', about: 'Mug' }] })
  })

  it('is written again a few times when somebody changes it back, and then held for a person', () => {
    let state = offer.initial
    const context = { stream: 'offer/shop/MUG', at: second(1), messageKey: 'k' }
    let calls = 0
    for (let round = 0; round < 10; round += 1) {
      for (const command of [weigh({ ...asItShould, barcode: '' }), weigh({ ...asItShould, barcode: '  ' })]) {
        const events = offer.decide(state, command, under(), context)
        if ('refused' in events) throw new Error('refused')
        for (const event of events) state = offer.evolve(state, event)
        if (!state.asked) continue
        calls += 1
        const after = offer.decide(state, done(state.asked.version, { barcode: '400' }), under(), context)
        if ('refused' in after) throw new Error('refused')
        for (const event of after) state = offer.evolve(state, event)
      }
    }
    expect(calls).toBe(4)
    expect(state.troubles).toMatchObject([{ code: 'contested', field: 'barcode' }])
  })

  it('that failed is left alone until it should show something else, or a person says so', () => {
    const { state } = asked()
    const failed = {
      type: 'failed' as const,
      intent: 'listing.ensure' as const,
      version: versionOf(state),
      fault: { kind: 'rejected', code: 'x', message: '' },
    }
    const history = (...more: never[]) => of('offer').when(weigh({ ...asItShould, barcode: '' }), failed, ...more)
    history().owes(ensure({ barcode: '400' }))
    history({ type: 'offer.retry' } as never).owes(ensure({ barcode: '400' }), ensure({ barcode: '400' }))
    history(weigh({ ...asItShould, barcode: '' }, { barcode: '500' }) as never).owes(
      ensure({ barcode: '400' }),
      ensure({ barcode: '500' }),
    )
  })
})

describe('an offer that a channel shows later', () => {
  const wrong = { ...asItShould, barcode: '' }
  const look = { type: 'offer.look' as const }
  const ask = (barcode: string, looks?: number) => ({
    ...ensure({ barcode }), ask: { ...ids, fields: { barcode }, ...(looks && { looks }) },
  }) // prettier-ignore
  const accepted = (version: number) => ({
    type: 'done' as const, intent: 'listing.ensure' as const, version, ask: { ...ids, fields: {} },
    answer: { outcome: 'accepted' as const, unable: [] },
  }) // prettier-ignore
  const alarmAt = (at: string) => ({ note: true as const, alarm: { name: 'look', at }, command: look })
  const inMinutes = (minutes: number) => new Date(Date.parse(second(3_600)) + minutes * 60_000).toISOString()

  it('is looked for after a while, and asked for no sooner', () => {
    of('offer')
      .when(weigh(wrong), accepted(2), weigh(wrong, { category: 'Kitchen' }))
      .owes(ensure({ barcode: '400' }), alarmAt(inMinutes(5)))
    const shown = done(4, asItShould, { written: [] })
    const { state } = of('offer')
      .when(weigh(wrong), accepted(2), look, shown, look)
      .owes(ensure({ barcode: '400' }), alarmAt(inMinutes(5)), ask('400', 1))
    expect(state).toMatchObject({ pending: null, asked: null, shown: { barcode: '400' } })
  })

  it('is looked for ever less often, and then told to a person', () => {
    let history = of('offer').when(weigh(wrong), accepted(2))
    const commands: Parameters<ReturnType<typeof of>['when']> = [weigh(wrong), accepted(2)]
    for (let version = 4; version < 14; version += 2) {
      commands.push(look, accepted(version))
      history = of('offer').when(...commands)
    }
    expect(history.state).toMatchObject({ pending: null, failed: { reason: 'not_shown' } })
    const waits = [5, 15, 45, 135, 405].map((minutes) => alarmAt(inMinutes(minutes)))
    history.owes(
      ...[undefined, 1, 2, 3, 4, 5].flatMap((looks, nth) => [ask('400', looks), ...waits.slice(nth, nth + 1)]),
    )
  })

  it('is written over at once when it should show something else by then, even what it shows now', () => {
    const back = { ...asItShould, barcode: '500' }
    const over = { ...ensure({ barcode: '500' }), ask: { ...ids, fields: { barcode: '500' }, over: true as const } }
    of('offer')
      .when(weigh(back), accepted(2), weigh(back, { barcode: '500' }))
      .owes(ensure({ barcode: '400' }), alarmAt(inMinutes(5)), over)
  })

  it('is taken off later as well, and put back though nobody has seen it gone', () => {
    const gone = { ...accepted(2), intent: 'listing.withdraw' as const, ask: ids, answer: { outcome: 'accepted' as const } }
    const withdraw = { type: 'listing.withdraw', to: 'shop', ask: ids } as const
    const off = weigh(asItShould, { active: false })
    of('offer').when(off, gone, off, look).owes(withdraw, alarmAt(inMinutes(5)), { ...withdraw, ask: { ...ids, looks: 1 } })
    of('offer').when(off, gone, weigh(asItShould)).owes(withdraw, alarmAt(inMinutes(5)), ensure({ status: 'active' }))
  }) // prettier-ignore
})

describe('a product archived in the ERP', () => {
  const withdraw = { type: 'listing.withdraw', to: 'shop', ask: ids } as const
  const withdrawn = {
    type: 'done' as const,
    intent: 'listing.withdraw' as const,
    version: 2,
    ask: ids,
    answer: { outcome: 'hidden' as const },
  }

  it('is taken off the channel once, and put back when it returns', () => {
    of('offer')
      .when(weigh(asItShould, { active: false }), withdrawn, weigh(asItShould, { active: false, name: 'x' }))
      .owes(withdraw)
    of('offer')
      .when(weigh(asItShould, { active: false }), withdrawn, weigh(asItShould))
      .owes(withdraw, ensure({ status: 'active' }))
  })

  it('stays when policy says so; the price has no part in it', () => {
    of('offer', { withdraw: false })
      .when(weigh(asItShould, { active: false }))
      .owes()
    of('price')
      .when(weigh({ ...asItShould, price: '1.00' }, { active: false }))
      .owes()
  })

  it('that staff have hidden stays hidden', () => {
    of('offer')
      .when(weigh({ ...asItShould, status: 'hidden' }))
      .owes()
  })
})
