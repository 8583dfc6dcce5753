/** What happens to orders in warehouses of others, in plain words. */
import type { HandoverEvent } from '#core/order/handover.ts'
import type { Carton } from '#core/warehouse-order/packing.ts'
import type { WarehouseOrderEvent } from '#core/warehouse-order/warehouse-order.ts'

type Told = WarehouseOrderEvent | HandoverEvent
type Data<T extends Told['type']> = Extract<Told, { type: T }>

const pieces = (lines: readonly { quantity: number }[]): string => {
  const n = lines.reduce((all, { quantity }) => all + quantity, 0)
  return n === 1 ? '1 piece' : `${n} pieces`
}

/** Each carton by the end of its code, as people look for it. */
function packedWords(cartons: readonly Carton[]): string {
  const words = cartons.map(({ sscc, lines }) => {
    const lots = [...new Set(lines.flatMap(({ lot }) => lot ?? []))].join(', ')
    return `${pieces(lines)} in ${sscc ? `carton ${sscc}` : 'no carton of its own'}${lots ? `, lot ${lots}` : ''}`
  })
  return `Packed: ${words.slice(0, 5).join('; ')}${words.length > 5 ? ` and ${words.length - 5} more` : ''}`
}

const LATE_WORDS = { acknowledge: 'it has not said that it has the order', ship: 'not everything has left' } as const

export const WAREHOUSE_TITLES: {
  readonly [T in Told['type']]: string | ((event: Data<T>) => string)
} = {
  'order.warehouseCancelled': ({ pool }) => `Warehouse ${pool} sends nothing more of it`,
  'order.warehousesRetried': 'What failed at a warehouse is tried again',
  'order.exceptionsCleared': ({ codes }) => `Over: ${codes.join(', ').replaceAll('_', ' ')}`,
  'warehouseOrder.asked': ({ instruction }) => `Handed to warehouse ${instruction.pool}`,
  'warehouseOrder.askRetried': ({ instruction }) => `Handed to warehouse ${instruction.pool} again`,
  'warehouseOrder.taken': ({ fulfillerOrderId }) => `The warehouse has it as ${fulfillerOrderId}`,
  'warehouseOrder.askFailed': ({ code }) => `The warehouse may not have got it (${code})`,
  'warehouseOrder.accepted': 'The warehouse takes it on',
  'warehouseOrder.refused': 'The warehouse does not take it',
  'warehouseOrder.held': ({ reason }) => `The warehouse does not go on: ${reason}`,
  'warehouseOrder.resumed': 'The warehouse goes on',
  'warehouseOrder.shorted': ({ lines }) => `${pieces(lines)} were not found in the warehouse`,
  'warehouseOrder.parcelSent': ({ lines }) => `The warehouse sent a parcel with ${pieces(lines)}`,
  'warehouseOrder.packed': ({ cartons }) => packedWords(cartons),
  'warehouseOrder.packingDiffers': ({ detail }) => `It is packed otherwise than it left. ${detail}`,
  'warehouseOrder.parcelRefused': ({ detail }) => `A parcel does not fit the order: ${detail}`,
  'warehouseOrder.returned': ({ lines }) => `${pieces(lines)} came back to the warehouse`,
  'warehouseOrder.bookRetried': 'The ERP is asked again to book the parcel',
  'warehouseOrder.booked': ({ deliveries }) =>
    `The parcel is booked as ${deliveries.map(({ name }) => name).join(', ')}`,
  'warehouseOrder.bookFailed': ({ code }) => `The ERP did not book the parcel (${code})`,
  'warehouseOrder.cancelAsked': 'The warehouse is asked to stop it',
  'warehouseOrder.cancelled': ({ wanted }) => `The warehouse sends nothing more${wanted ? '' : ', of its own accord'}`,
  'warehouseOrder.cancelRefused': ({ failed }) =>
    failed ? 'Whether the warehouse stopped it is not known' : 'The warehouse could not stop it any more',
  'warehouseOrder.late': ({ clock }) => `The warehouse is late: ${LATE_WORDS[clock]}`,
  'warehouseOrder.closed': 'The warehouse has sent all of it',
}
