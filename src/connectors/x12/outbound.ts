/** What goes out: 940 for an order and for its end, 997 for what came in. Each under a number of its own, once. */
import type { Answer, Ask } from '#core/intents.ts'
import { Fault } from '../../fault.ts'
import type { Files, Ledger } from '../kit/files.ts'
import type { X12Config } from './config.ts'
import { type Group, plain, type Segment, wrapped } from './envelope.ts'
import { deliver, enter, type Entry, isEntered, type ToSend } from './ledger.ts'

export interface Partner {
  config: X12Config
  /** Numbers and copies of what was sent. */
  files: Ledger
  /** Where `out` and `in` are. */
  exchange<T>(work: (files: Files) => Promise<T>): Promise<T>
  now(): number
}

const ORDER_PLACES = 22

/** Our number of the order there: the channel's short name and its own id. */
export function depositorNumber(reference: string, { channels }: X12Config): string {
  const [channel = '', externalId = ''] = reference.split(':')
  const short = Object.hasOwn(channels, channel) ? channels[channel] : undefined
  if (short === undefined)
    throw refused('x12.channel_unknown', `The channel ${channel} has no short name for this partner.`)
  const number = `${short}-${externalId}`
  if (number.length > ORDER_PLACES || plain(number, ORDER_PLACES) !== number)
    throw refused('x12.number_too_long', `The order number ${number} does not fit into ${ORDER_PLACES} places.`)
  return number
}

/** null when it is none of ours. */
export function referenceFrom(number: string, { channels, warehouse }: X12Config): string | null {
  const at = number.indexOf('-')
  const channel = Object.keys(channels).find((one) => channels[one] === number.slice(0, at))
  return at > 0 && channel && at < number.length - 1 ? `${channel}:${number.slice(at + 1)}:${warehouse}` : null
}

async function send(
  { config, files, exchange, now }: Partner,
  set: { code: string; set: string; segments: readonly Segment[] },
  about: Omit<ToSend, 'write'>,
): Promise<Entry> {
  const entry = await enter(files, { ...about, write: (number) => wrapped(config, number, now(), set) })
  await deliver(files, entry, exchange)
  return entry
}

export async function sendOrder(
  partner: Partner,
  ask: Ask<'warehouseOrder.ensure'>,
): Promise<Answer<'warehouseOrder.ensure'>> {
  const about = depositorNumber(ask.reference, partner.config)
  const set = { code: 'OW', set: '940', segments: orderSegments(ask, about, partner.config) }
  const { number } = await send(partner, set, { key: `order ${ask.reference}`, about, kind: 'order' })
  return { fulfillerOrderId: String(number), accepted: false }
}

function orderSegments(ask: Ask<'warehouseOrder.ensure'>, about: string, { shippingMethods }: X12Config): Segment[] {
  const { shippingAddress: to, orderName, shippingMethod, lines } = ask
  const required = (text: string, max: number, what: string): string => {
    const written = plain(text, max)
    if (written) return written
    throw refused('x12.unwritable', `The ${what} of order ${orderName} has no letter that X12 can carry.`)
  }
  const method = shippingMethod === null ? '' : (shippingMethods[shippingMethod] ?? shippingMethod)
  return [
    ['W05', 'N', about, plain(orderName, 22)],
    ['N1', 'ST', required(to.name, 60, 'name')],
    ['N3', required(to.street, 55, 'street'), plain(to.street2 ?? '', 55)],
    [
      'N4',
      required(to.city, 30, 'city'),
      (to.region ?? '').length === 2 ? plain(to.region!, 2) : '',
      plain(to.postcode, 15),
      to.country,
    ],
    ['W66', 'PP', 'M', '', '', plain(method, 35)],
    ...lines.flatMap(({ sku, quantity, title }, index): Segment[] => [
      ['LX', String(index + 1)],
      ['W01', String(quantity), 'EA', '', 'VN', skuOf(sku)],
      ['G69', plain(title, 45) || skuOf(sku)],
    ]),
    ['W76', String(lines.reduce((all, { quantity }) => all + quantity, 0))],
  ]
}

function skuOf(sku: string): string {
  if (sku.length <= 48 && plain(sku, 48) === sku) return sku
  throw refused('x12.unwritable', `The SKU ${sku} has signs that X12 cannot carry, or is too long.`)
}

/** What was never sent needs no end. Whether it was stopped is said by a 945 with nothing in it, or by a parcel. */
export async function sendCancel(
  partner: Partner,
  { reference, orderName }: Ask<'warehouseOrder.cancel'>,
): Promise<Answer<'warehouseOrder.cancel'>> {
  if (!(await isEntered(partner.files, `order ${reference}`))) return { outcome: 'cancelled' }
  const about = depositorNumber(reference, partner.config)
  const segments: Segment[] = [
    ['W05', partner.config.cancelCode, about, plain(orderName, 22)],
    ['W76', '0'],
  ]
  await send(partner, { code: 'OW', set: '940', segments }, { key: `cancel ${reference}`, about, kind: 'cancel' })
  return { outcome: 'asked' }
}

/** A set of theirs, and the segment of it that was not understood. */
export interface Acknowledged {
  set: string
  control: string
  wrong?: { tag: string; place: number } | undefined
}

/** Says to the partner what became of a group of theirs. */
export function acknowledge(
  partner: Partner,
  interchange: string,
  { code, control, transactions }: Pick<Group, 'code' | 'control'> & { transactions: readonly Acknowledged[] },
): Promise<Entry> {
  const [count, taken] = [transactions.length, transactions.filter(({ wrong }) => !wrong).length]
  const verdict = taken === count ? 'A' : taken === 0 ? 'R' : 'P'
  const segments: Segment[] = [
    ['AK1', code, control],
    ...transactions.flatMap(({ set, control: number, wrong }): Segment[] => [
      ['AK2', set, number],
      // 8: the segment has an element in error; 5: one or more segments do.
      ...(wrong ? [['AK3', wrong.tag, String(wrong.place), '', '8'] as Segment] : []),
      wrong ? ['AK5', 'R', '5'] : ['AK5', 'A'],
    ]),
    ['AK9', verdict, String(count), String(count), String(taken)],
  ]
  return send(
    partner,
    { code: 'FA', set: '997', segments },
    { key: `997 ${interchange} ${code} ${control}`, about: control, kind: 'acknowledgement' },
  )
}

const refused = (code: string, message: string): Fault => new Fault('rejected', message, { code })
