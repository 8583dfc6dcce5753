/**
 * `delivery.label`: the open delivery carries the number of the label that was bought for it, its document as a link,
 * and its cost; or does not any more. The number is written last: where it stands, the rest does.
 */
import type { Answer, Ask } from '#core/intents.ts'
import { exponent } from '#canon/money.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { oneByOne, type Outbound } from '../kit/connector.ts'
import type { Odoo } from './odoo.ts'
import { text } from './values.ts'

const pickingRow = z.object({ id: z.number(), state: z.string(), carrier_tracking_ref: text })
const idRow = z.object({ id: z.number() })

export function putLabel(odoo: Odoo): Outbound<'delivery.label'> {
  return oneByOne(({ ask }) => (ask.shown ? put(ask, odoo) : takeOff(ask, odoo)), { serial: 'confirm' })
}

async function put(ask: Ask<'delivery.label'>, odoo: Odoo): Promise<Answer<'delivery.label'>> {
  const { client, directory } = odoo
  const picking = await pickingOf(ask, odoo)
  if (picking.carrier_tracking_ref === ask.trackingNumber) return { outcome: 'done' }
  if (picking.state === 'done' || picking.state === 'cancel') return { outcome: 'left' }
  if ((await documents(ask, odoo)).length === 0) {
    const { documentUrl: url } = ask
    await client.create('ir.attachment', { name: nameOf(ask), type: 'url', url, res_model: MODEL, res_id: picking.id })
  }
  // What it cost is a number without a currency there.
  const isOurs = (await directory.currency()) === ask.cost.currency
  const price = isOurs ? { carrier_price: ask.cost.amount / 10 ** exponent(ask.cost.currency) } : {}
  await write(odoo, picking.id, { carrier_tracking_ref: ask.trackingNumber, ...price })
  return { outcome: 'done' }
}

/** Another number that somebody wrote there stays; and so does the one a parcel left with. */
async function takeOff(ask: Ask<'delivery.label'>, odoo: Odoo): Promise<Answer<'delivery.label'>> {
  const picking = await pickingOf(ask, odoo)
  const ids = (await documents(ask, odoo)).map(({ id }) => id)
  if (ids.length > 0) await odoo.client.call('ir.attachment', 'unlink', { ids })
  if (picking.state === 'done' || picking.carrier_tracking_ref !== ask.trackingNumber) return { outcome: 'left' }
  await write(odoo, picking.id, { carrier_tracking_ref: false, carrier_price: 0 })
  return { outcome: 'done' }
}

const MODEL = 'stock.picking'
const nameOf = ({ trackingNumber }: Ask<'delivery.label'>): string => `Label ${trackingNumber}`

async function pickingOf({ deliveryId }: Ask<'delivery.label'>, { client }: Odoo) {
  const [picking] = await client.search(MODEL, pickingRow, [['id', '=', Number(deliveryId)]])
  if (picking) return picking
  const message = `Delivery ${deliveryId} is not in Odoo any more.`
  throw new Fault('rejected', message, { code: 'odoo.missing' })
}

const documents = (ask: Ask<'delivery.label'>, { client }: Odoo) =>
  client.search('ir.attachment', idRow, [
    ['res_model', '=', MODEL],
    ['res_id', '=', Number(ask.deliveryId)],
    ['name', '=', nameOf(ask)],
  ])

const write = ({ client }: Odoo, id: number, values: object) =>
  client.call(MODEL, 'write', { ids: [id], args: [values] })
