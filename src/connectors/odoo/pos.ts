/**
 * `receipt.post` and `session.post`: receipts as paid till orders, exactly once. Our key is the order's `uuid`: Odoo
 * looks for it before it creates, and so do we. Odoo trusts totals, so they are checked before, and read again after.
 */
import { createHash } from 'node:crypto'
import { type Money, sum } from '#canon/money.ts'
import type { Receipt } from '#canon/receipt.ts'
import type { Answer, Ask, PostedReceipts } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { mustLeadToDebt, owedMethods } from './owed-tenders.ts'
import type { Odoo } from './odoo.ts'
import { type PosLine, posLines, summed, toFloat } from './pos-lines.ts'
import { ensureSession, nameOf, type Register, registerOf } from './pos-session.ts'
import { link, text, toOdooTime } from './values.ts'

const orderRow = z.object({
  id: z.number(),
  uuid: text,
  state: z.string(),
  session_id: link,
  amount_total: z.number(),
  amount_paid: z.number(),
  general_note: text,
})
type PosOrder = z.infer<typeof orderRow>
const methodRow = z.object({ id: z.number(), name: z.string() })
const companyRow = z.object({
  id: z.number(),
  tax_calculation_rounding_method: z.enum(['round_per_line', 'round_globally']),
})

/** A receipt with everything Odoo calls by number looked up. */
interface Resolved {
  receipt: Receipt
  lines: PosLine[]
  payments: { methodId: number; amount: Money; reference: string | undefined }[]
}

interface Refused {
  txId: string
  code: string
  message: string
}

/** The same key, the same UUID. */
export function uuidOf(key: string): string {
  const hex = createHash('sha256').update(`crossdock ${key}`).digest('hex')
  const variant = ((parseInt(hex[16]!, 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const keyOf = (receipt: Receipt): string => uuidOf(`${nameOf(receipt)}/${receipt.txId}`)

export async function postReceipts(odoo: Odoo, ask: Ask<'receipt.post'>): Promise<Answer<'receipt.post'>> {
  const register = await registerOf(odoo, ask)
  const uuids = new Map(ask.receipts.map((receipt) => [keyOf(receipt), receipt]))
  const known = await ordersOf(odoo, [...uuids.keys()])
  const missing = ask.receipts.filter((receipt) => !known.has(keyOf(receipt)))
  const { resolved, refused } = await resolveAll(odoo, register, missing)
  if (resolved.length > 0) {
    const session = await ensureSession(odoo, register, ask, ask.businessDate)
    for (const one of await syncAll(odoo, session, resolved)) refused.push(one)
  }
  const after = await ordersOf(odoo, [...uuids.keys()])
  return answerOf(ask.receipts, refused, (receipt) => after.get(keyOf(receipt)))
}

/** One order for all of them. Which were left out stands in its note, so that a repeat says the same. */
export async function postSum(odoo: Odoo, ask: Ask<'session.post'>): Promise<Answer<'session.post'>> {
  const register = await registerOf(odoo, ask)
  const uuid = uuidOf(ask.key)
  const before = (await ordersOf(odoo, [uuid])).get(uuid)
  const { resolved, refused } = await resolveAll(odoo, register, ask.receipts)
  if (!before && resolved.length > 0) {
    const session = await ensureSession(odoo, register, ask, ask.businessDate)
    await sync(odoo, [sumValues(session, uuid, ask, resolved, refused)])
  }
  const order = (await ordersOf(odoo, [uuid])).get(uuid)
  const out = new Set(leftOut(order))
  const left = ask.receipts
    .filter(({ txId }) => out.has(txId))
    .map(({ txId }) => refused.find((one) => one.txId === txId) ?? { txId, ...LEFT_OUT })
  if (!order) return answerOf(ask.receipts, refused, () => undefined)
  return answerOf(ask.receipts, left, ({ txId }) => (out.has(txId) ? undefined : order))
}

const LEFT_OUT = { code: 'odoo.receipt_left_out', message: 'It was left out of the sum of its day. Retry it.' }
const NOTE = 'left out: '
const leftOut = (order: PosOrder | undefined): string[] =>
  order?.general_note && order.general_note.startsWith(NOTE) ? order.general_note.slice(NOTE.length).split(' ') : []

function answerOf(
  receipts: readonly Receipt[],
  refused: readonly Refused[],
  orderOf: (receipt: Receipt) => PosOrder | undefined,
): PostedReceipts {
  const posted: PostedReceipts['posted'] = []
  let sessionId = ''
  for (const receipt of receipts) {
    const order = orderOf(receipt)
    if (!order) continue
    posted.push({ txId: receipt.txId, orderId: String(order.id) })
    sessionId = order.session_id ? String(order.session_id[0]) : sessionId
  }
  const [first] = refused
  if (receipts.length === 1 && first) throw new Fault('rejected', first.message, { code: first.code })
  const lost = receipts.find(({ txId }) => ![...posted, ...refused].some((one) => one.txId === txId))
  if (lost) throw new Fault('conflict', `Odoo did not keep receipt ${lost.number}.`, { code: 'odoo.missing' })
  return { sessionId, posted, refused: [...refused] }
}

async function resolveAll(odoo: Odoo, register: Register, receipts: readonly Receipt[]) {
  const resolved: Resolved[] = []
  const refused: Refused[] = []
  if (receipts.length === 0) return { resolved, refused }
  const { client, config } = odoo
  const [company] = await client.read('res.company', companyRow, [config.company])
  const methods = await client.read('pos.payment.method', methodRow, register.payment_method_ids)
  const owed = await owedMethods(receipts, register.payment_method_ids, odoo)
  for (const receipt of receipts) {
    try {
      const lines = await posLines(receipt, odoo, company?.tax_calculation_rounding_method ?? 'round_per_line')
      const payments = paymentsOf(receipt, register, methods, config.tills.tenders)
      mustLeadToDebt(receipt, payments, owed, config.tills)
      resolved.push({ receipt, lines, payments })
    } catch (error) {
      refused.push(refusalOf(receipt, error))
    }
  }
  return { resolved, refused }
}

/** Only what concerns the one receipt; anything else concerns all of them and is thrown. */
function refusalOf({ txId }: Receipt, error: unknown): Refused {
  if (!(error instanceof Fault) || error.kind !== 'rejected') throw error
  return { txId, code: error.code, message: error.message }
}

function paymentsOf(
  { tenders, number, currency }: Receipt,
  register: Register,
  methods: readonly z.infer<typeof methodRow>[],
  names: Readonly<Record<string, string>>,
): Resolved['payments'] {
  if (register.currency_id && register.currency_id[1] !== currency)
    throw new Fault(
      'rejected',
      `Receipt ${number} is in ${currency}, ${register.name} in ${register.currency_id[1]}.`,
      {
        code: 'odoo.currency_unknown',
      },
    )
  return tenders.map(({ tender, amount, reference }) => {
    const name = names[tender] ?? tender
    const method = methods.find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (method) return { methodId: method.id, amount, reference }
    throw new Fault('rejected', `${register.name} has no payment method '${name}' for the tender '${tender}'.`, {
      code: 'odoo.tender_unknown',
    })
  })
}

/** All in one call; when Odoo refuses that, one by one, so that a bad receipt does not hold up the good ones. */
async function syncAll(odoo: Odoo, session: number, all: readonly Resolved[]): Promise<Refused[]> {
  const valuesOf = ({ receipt, lines, payments }: Resolved) =>
    orderValues(session, keyOf(receipt), receipt.number, receipt, lines, payments)
  if (all.length > 1) {
    try {
      await sync(odoo, all.map(valuesOf)) // prettier-ignore
      return []
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== 'rejected') throw error
    }
  }
  const refused: Refused[] = []
  for (const one of all)
    await sync(odoo, [valuesOf(one)]).catch((error: unknown) => void refused.push(refusalOf(one.receipt, error)))
  return refused
}

async function sync({ client }: Odoo, orders: readonly { uuid: string; amount_total: number }[]): Promise<void> {
  await client.call('pos.order', 'sync_from_ui', { args: [orders], context: { generate_pdf: false } })
}

/** By key; each checked: paid, and to the cent what it was told. */
async function ordersOf({ client }: Odoo, uuids: readonly string[]): Promise<Map<string, PosOrder>> {
  const rows = await client.search('pos.order', orderRow, [['uuid', 'in', uuids]])
  for (const { uuid, id, state, amount_total: total, amount_paid: paid } of rows) {
    if (rows.some((other) => other.uuid === uuid && other.id !== id))
      throw new Fault('rejected', `Odoo has two till orders of one receipt: ${id} is one of them. Cancel one.`, {
        code: 'odoo.duplicate',
      })
    if (state === 'draft' || state === 'cancel' || Math.round((total - paid) * 10_000) !== 0)
      throw new Fault('rejected', `Till order ${id} in Odoo is ${state} and paid with ${paid} of ${total}.`, {
        code: 'odoo.receipt_unpaid',
      })
  }
  return new Map(rows.map((row) => [String(row.uuid), row]))
}

function orderValues(
  session: number,
  uuid: string,
  name: string,
  receipt: Pick<Receipt, 'occurredAt' | 'total' | 'totalTax'>,
  lines: readonly PosLine[],
  payments: Resolved['payments'],
) {
  const time = toOdooTime(receipt.occurredAt)
  const total = toFloat(receipt.total)
  return {
    uuid,
    name,
    session_id: session,
    partner_id: false,
    date_order: time,
    state: 'paid',
    to_invoice: false,
    sequence_number: 1,
    amount_tax: toFloat(receipt.totalTax),
    amount_total: total,
    amount_paid: total,
    amount_return: 0,
    lines: lines.map((line, index) => [
      0,
      0,
      {
        uuid: uuidOf(`${uuid} line ${index}`),
        product_id: line.productId,
        full_product_name: line.title,
        qty: line.quantity,
        price_unit: toFloat(line.unitPrice),
        discount: 0,
        tax_ids: [[6, 0, line.taxIds]],
        price_subtotal: toFloat(line.subtotal),
        price_subtotal_incl: toFloat(line.total),
        pack_lot_ids: [],
      },
    ]),
    payment_ids: payments.map(({ methodId, amount, reference }, index) => [
      0,
      0,
      {
        uuid: uuidOf(`${uuid} payment ${index}`),
        name: time,
        payment_date: time,
        payment_method_id: methodId,
        amount: toFloat(amount),
        ...(reference === undefined ? {} : { transaction_id: reference }),
      },
    ]),
    access_token: uuidOf(`${uuid} token`),
    last_order_preparation_change: '{}',
    pricelist_id: false,
    fiscal_position_id: false,
  }
}

function sumValues(
  session: number,
  uuid: string,
  ask: Ask<'session.post'>,
  all: readonly Resolved[],
  refused: readonly Refused[],
) {
  const [{ receipt: first }] = all as [Resolved]
  const { currency } = first
  const payments = new Map<number, Money>()
  for (const { methodId, amount } of all.flatMap((one) => one.payments))
    payments.set(methodId, sum([payments.get(methodId) ?? { amount: 0, currency }, amount], currency))
  const last = all.at(-1)!.receipt
  const whole = {
    occurredAt: last.occurredAt,
    total: sum(all.map(({ receipt }) => receipt.total), currency),
    totalTax: sum(all.map(({ receipt }) => receipt.totalTax), currency),
  } // prettier-ignore
  const paid = [...payments].map(([methodId, amount]) => ({ methodId, amount, reference: undefined }))
  const lines = summed(all.flatMap((one) => one.lines))
  const name = `${nameOf(ask)} ${ask.businessDate}`
  const note = refused.length > 0 ? { general_note: `${NOTE}${refused.map(({ txId }) => txId).join(' ')}` } : {}
  return { ...orderValues(session, uuid, name, whole, lines, paid), ...note }
}
