/** Parcels: what left, what the channel was told, and what the order hears of it. */
import { describe, expect, it } from 'vitest'
import type { Done, Failed } from '../intents.ts'
import { given } from '../testing/given.ts'
import { fulfilment, type FulfilmentCommand, type OpenFulfilment } from './fulfilment.ts'

const open: OpenFulfilment = {
  type: 'fulfilment.open', channel: 'shop', externalId: '1001', orderName: '#1001',
  lines: [{ lineId: 'a', quantity: 3, saleLineId: '51' }, { lineId: 'b', quantity: 1, saleLineId: '52' }],
} // prettier-ignore
const parcel = (shipmentId: string, ...lines: [saleLineId: string, quantity: number][]) => ({
  type: 'fulfilment.noteShipment' as const,
  shipmentId,
  shippedAt: '2026-11-20T10:00:00.000Z',
  trackingNumber: `T${shipmentId}`,
  lines: lines.map(([saleLineId, quantity]) => ({ saleLineId, quantity })),
})
const after = (...commands: FulfilmentCommand[]) =>
  given(fulfilment)
    .on('fulfilment/shop/1001')
    .when(...commands)
const told = (shipmentId: string, version = 0): Done => ({
  type: 'done', intent: 'fulfilment.ensure', version, answer: { fulfilmentId: `f${shipmentId}` },
  ask: { externalId: '1001', orderName: '#1001', parcel: { shipmentId }, lines: [] },
}) // prettier-ignore
const refused = (version: number): Failed => ({
  type: 'failed', intent: 'fulfilment.ensure', version, fault: { kind: 'rejected', code: 'shop.no', message: 'No.' },
}) // prettier-ignore
const toOrder = (command: object) => ({ note: true as const, stream: 'order/shop/1001', command })
const announce = (shipmentId: string, lines: object[]) => ({
  type: 'fulfilment.ensure' as const, to: 'shop', ask: { externalId: '1001', parcel: { shipmentId, trackingNumber: `T${shipmentId}` }, lines },
}) // prettier-ignore

describe('parcels of an order', () => {
  it('one parcel with everything is told to the channel, and the order hears that all has left', () => {
    after(open, parcel('1', ['51', 3], ['52', 1]))
      .then({ type: 'fulfilment.opened' }, { type: 'shipment.dispatched' }, { type: 'fulfilment.progressed', complete: true })
      .owes(
        announce('1', [{ lineId: 'a', quantity: 3, cumulative: 3 }, { lineId: 'b', quantity: 1, cumulative: 1 }]),
        toOrder({ type: 'order.noteShipped', complete: true, announced: false }),
      ) // prettier-ignore
  })

  it('a parcel known before its sale waits, and is told as soon as the sale is known', () => {
    after(parcel('1', ['51', 3]))
      .then({ type: 'fulfilment.parcelParked' })
      .owes()
    after(parcel('1', ['51', 3]), parcel('1', ['51', 3]), open)
      .then({ type: 'fulfilment.parcelParked' }, { type: 'fulfilment.opened' }, { type: 'shipment.dispatched' }, { type: 'fulfilment.progressed' })
      .owes(announce('1', [{ lineId: 'a', quantity: 3, cumulative: 3 }]), toOrder({ complete: false, announced: false })) // prettier-ignore
  })

  it('the parcel of a backorder says how many pieces have left in all', () => {
    after(open, parcel('1', ['51', 2]), parcel('2', ['51', 1], ['52', 1])).owes(
      announce('1', [{ lineId: 'a', quantity: 2, cumulative: 2 }]),
      toOrder({ complete: false, announced: false }),
      announce('2', [{ lineId: 'a', quantity: 1, cumulative: 3 }, { lineId: 'b', quantity: 1, cumulative: 1 }]),
      toOrder({ complete: true, announced: false }),
    ) // prettier-ignore
  })

  it('two rows of one parcel for the same line are one piece of news', () => {
    const { state } = after(open, parcel('1', ['51', 1], ['51', 2]))
    expect(state.lines[0]).toMatchObject({ shipped: 3 })
    expect(state.parcels[0]!.lines).toEqual([{ lineId: 'a', quantity: 3, cumulative: 3 }])
  })

  it('a parcel that is noted twice left once', () => {
    const once = after(open, parcel('1', ['51', 2])).state
    expect(after(open, parcel('1', ['51', 2]), parcel('1', ['51', 2])).state).toEqual(once)
  })

  it('opening twice changes nothing', () => {
    expect(after(open, open).state).toEqual(after(open).state)
  })

  it('the order hears once that the channel knows of every parcel, in whatever order the answers come', () => {
    const history = [open, parcel('1', ['51', 3]), parcel('2', ['52', 1])]
    const one = after(...history, told('2')).then(
      { type: 'fulfilment.opened' }, { type: 'shipment.dispatched' }, { type: 'fulfilment.progressed', complete: false },
      { type: 'shipment.dispatched' }, { type: 'fulfilment.progressed', complete: true, announced: false },
      { type: 'shipment.announced', shipmentId: '2' },
    ) // prettier-ignore
    expect(one.state.told).toBe('true false')
    expect(after(...history, told('2'), told('1')).state.told).toBe('true true')
    expect(after(...history, told('2'), told('1'), told('1')).state).toEqual(
      after(...history, told('2'), told('1')).state,
    )
  })

  it('an announcement that was refused is a matter for the order, and is repeated with the same numbers when told to', () => {
    const version = after(open, parcel('1', ['51', 2])).state.parcels[0]!.version
    const lost = after(open, parcel('1', ['51', 2]), refused(version))
    expect(lost.state.parcels[0]).toMatchObject({ failed: 'shop.no', announced: false })
    after(open, parcel('1', ['51', 2]), refused(version), { type: 'fulfilment.retry' }).owes(
      announce('1', [{ lineId: 'a', quantity: 2, cumulative: 2 }]),
      toOrder({ type: 'order.noteShipped' }),
      toOrder({
        type: 'order.noteException',
        code: 'fulfilment_failed',
        detail: 'The channel was not told of parcel 1: No.',
      }),
      announce('1', [{ lineId: 'a', quantity: 2, cumulative: 2 }]),
    )
  })

  it('a retry sends nothing again that did not fail', () => {
    after(open, { type: 'fulfilment.retry' }).then({ type: 'fulfilment.opened' }).owes()
  })

  it('a refusal of an attempt that was overtaken by a retry says nothing of the new one', () => {
    const commands = [open, parcel('1', ['51', 2])]
    const version = after(...commands).state.parcels[0]!.version
    const { state } = after(...commands, refused(version), { type: 'fulfilment.retry' }, refused(version))
    expect(state.parcels[0]!.failed).toBeNull()
  })

  it('a line the sale does not know never counts as shipped, so the order stays open', () => {
    const unmapped = { ...open, lines: [...open.lines, { lineId: 'c', quantity: 1, saleLineId: null }] }
    const { state } = after(unmapped, parcel('1', ['51', 3], ['52', 1], ['99', 1]))
    expect(state.lines.map(({ shipped }) => shipped)).toEqual([3, 1, 0])
    expect(state.told).toBe('false false')
  })

  it('a parcel with nothing of the channel in it needs no announcement', () => {
    const { state } = after(open, parcel('1', ['99', 1]))
    expect(state.parcels[0]).toMatchObject({ announced: true })
    after(open, parcel('1', ['99', 1])).owes(toOrder({ complete: false, announced: true }))
  })

  it('a channel that has cancelled the order is told of no parcel, and nobody is bothered with its refusals', () => {
    const version = after(open, parcel('1', ['51', 2])).state.parcels[0]!.version
    const stop = { type: 'fulfilment.stop' } as const
    const stopped = after(open, parcel('1', ['51', 2]), stop, parcel('2', ['51', 1]), refused(version), stop)
    expect(stopped.state.parcels.map(({ announced, failed }) => ({ announced, failed }))).toEqual([
      { announced: true, failed: null },
      { announced: true, failed: null },
    ])
    after(open, stop, parcel('1', ['51', 3], ['52', 1])).owes(toOrder({ complete: true, announced: true }))
  })

  it('an order with nothing to ship is complete at once', () => {
    after({ ...open, lines: [] }).owes(toOrder({ type: 'order.noteShipped', complete: true, announced: true }))
  })
})
