/**
 * Sessions of a Point of Sale: one is open per register at most. The one we open carries our mark in its opening notes,
 * with the business day it was opened for; a session without the mark is somebody else's and is never closed by us.
 */
import type { Money } from '#canon/money.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Odoo } from './odoo.ts'
import { toFloat } from './pos-lines.ts'
import { link, text } from './values.ts'

const configRow = z.object({
  id: z.number(),
  name: z.string(),
  payment_method_ids: z.array(z.number()),
  currency_id: link,
  cash_control: z.boolean(),
})
export type Register = z.infer<typeof configRow>

const sessionRow = z.object({
  id: z.number(),
  state: z.string(),
  opening_notes: text,
  cash_register_balance_start: z.number(),
  move_id: link,
})
type Session = z.infer<typeof sessionRow>

const statementRow = z.object({ id: z.number() })

interface Place {
  storeId: string
  registerId: string
}

export const nameOf = ({ storeId, registerId }: Place): string => `${storeId}/${registerId}`

/** @throws Fault `rejected`, `odoo.register_unknown`. */
export async function registerOf(odoo: Odoo, place: Place): Promise<Register> {
  const { client, config } = odoo
  const name = config.tills.registers[nameOf(place)] ?? nameOf(place)
  const [found] = await client.search('pos.config', configRow, [['company_id', '=', config.company], ['name', '=', name]]) // prettier-ignore
  if (found) return found
  throw new Fault('rejected', `Odoo has no Point of Sale '${name}' for register ${nameOf(place)}.`, {
    code: 'odoo.register_unknown',
  })
}

const markOf = (place: Place, date: string): string => `crossdock ${nameOf(place)} ${date}`
const markedDate = (place: Place, { opening_notes: notes }: Session): string | null =>
  (notes && notes.startsWith(`crossdock ${nameOf(place)} `) && notes.slice(-10)) || null

const openSession = async ({ client }: Odoo, { id }: Register): Promise<Session | undefined> =>
  (await client.search('pos.session', sessionRow, [['config_id', '=', id], ['state', '!=', 'closed'], ['rescue', '=', false]]))[0] // prettier-ignore

/** The register's open session, opened when there is none. */
export async function ensureSession(odoo: Odoo, register: Register, place: Place, date: string): Promise<number> {
  const { client } = odoo
  let session = await openSession(odoo, register)
  if (!session) {
    await client.call('pos.config', 'open_ui', { ids: [register.id] })
    session = await openSession(odoo, register)
  }
  if (!session)
    throw new Fault('conflict', `Odoo opened no session for ${register.name}.`, { code: 'odoo.session_missing' })
  if (session.state === 'closing_control')
    throw new Fault(
      'rejected',
      `The session of ${register.name} is being closed in Odoo. Close it there, then retry.`,
      {
        code: 'odoo.session_closing',
      },
    )
  if (session.state === 'opening_control') {
    const args = [session.cash_register_balance_start, markOf(place, date)]
    await client.call('pos.session', 'set_opening_control', { ids: [session.id], args })
    await client.call('pos.session', 'write', { ids: [session.id], args: [{ opening_notes: markOf(place, date) }] })
  }
  return session.id
}

/** `session.close`, from whatever half-way state an earlier attempt left. */
export async function closeSession(odoo: Odoo, ask: Ask<'session.close'>): Promise<Answer<'session.close'>> {
  const register = await registerOf(odoo, ask)
  const session = await openSession(odoo, register)
  const opened = session && markedDate(ask, session)
  // Nobody's of ours, or the one of a later day: that of this day is closed already.
  if (!session || !opened || opened > ask.businessDate) return closedBefore(odoo, register, ask)
  if (session.state === 'opened') await countCash(odoo, register, session, ask)
  const { client } = odoo
  if (session.state !== 'closing_control')
    await client.call('pos.session', 'update_closing_control_state_session', { ids: [session.id], args: [''] })
  const said = closing.parse(
    await client.call('pos.session', 'close_session_from_ui', { ids: [session.id], args: [[]] }),
  )
  if (!said.successful)
    throw new Fault(
      'rejected',
      `Odoo does not close the session of ${register.name}: ${said.message ?? 'no reason given'}. Close it there by hand, then retry.`,
      { code: 'odoo.session_unbalanced' },
    )
  const [after] = await client.read('pos.session', sessionRow, [session.id])
  return { outcome: 'closed', sessionId: String(session.id), entry: (after?.move_id && after.move_id[1]) || null }
}

const closing = z.object({ successful: z.boolean(), message: z.union([z.string(), z.literal(false)]).optional() })

async function closedBefore({ client }: Odoo, { id }: Register, ask: Ask<'session.close'>) {
  const mark = markOf(ask, ask.businessDate)
  const domain = [['config_id', '=', id], ['state', '=', 'closed'], ['opening_notes', '=', mark]] as const // prettier-ignore
  const [found] = await client.search('pos.session', sessionRow, domain, { order: 'id desc', limit: 1 })
  if (!found) return { outcome: 'absent', sessionId: null, entry: null } as const
  return { outcome: 'closed', sessionId: String(found.id), entry: (found.move_id && found.move_id[1]) || null } as const
}

/** What was put into the drawer and taken out, then what was counted; without a count, what must be there. */
async function countCash(odoo: Odoo, register: Register, { id }: Session, ask: Ask<'session.close'>): Promise<void> {
  if (!register.cash_control) return
  const { client } = odoo
  for (const move of ask.cashMoves) await moveCash(odoo, id, ask, move)
  if (ask.cash) {
    const start = { cash_register_balance_start: toFloat(ask.cash.opening) }
    await client.call('pos.session', 'write', { ids: [id], args: [start] })
  }
  const counted = ask.cash ? toFloat(ask.cash.counted) : (await balance(odoo, id)).cash_register_balance_end
  const said = closing.parse(
    await client.call('pos.session', 'post_closing_cash_details', { ids: [id], args: [counted] }),
  )
  if (said.successful) return
  throw new Fault(
    'rejected',
    `Odoo does not take the cash of ${register.name}: ${said.message ?? 'no reason given'}.`,
    {
      code: 'odoo.session_unbalanced',
    },
  )
}

const balanceRow = z.object({ id: z.number(), cash_register_balance_end: z.number() })
async function balance({ client }: Odoo, id: number) {
  const [row] = await client.read('pos.session', balanceRow, [id])
  return row ?? { id, cash_register_balance_end: 0 }
}

/** Once: its key stands in the statement line. */
async function moveCash(
  { client }: Odoo,
  session: number,
  place: Place,
  move: { txId: string; amount: Money; reason: string },
) {
  const key = `[${nameOf(place)}/${move.txId}]`
  const known = await client.search('account.bank.statement.line', statementRow, [
    ['pos_session_id', '=', session],
    ['payment_ref', 'like', key],
  ])
  if (known.length > 0) return
  const type = move.amount.amount < 0 ? 'out' : 'in'
  const amount = Math.abs(toFloat(move.amount))
  const extras = { translatedType: type, formattedAmount: String(amount) }
  await client.call('pos.session', 'try_cash_in_out', {
    ids: [session],
    args: [type, amount, `${move.reason} ${key}`, extras],
  })
}
