/**
 * Stock (STO01): one file for everything that waits, since one may be sent a minute. What is in it is worked off later,
 * and each line on its own. A file is not repeated: an order may have been placed since, and would be swallowed.
 */
import { Fault } from '../../fault.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import type { Outcome, Sent } from '../kit/connector.ts'
import type { Observed } from '../kit/shadow.ts'
import type { Fate, Imports } from './imports.ts'
import { seenOffer, type SeenOffer } from './shape.ts'
import { shapedAnswer, type Wire } from './wire.ts'

const imported = z.object({ import_id: z.union([z.string(), z.number()]).transform(String) })

export interface StockOptions {
  /** Code of the warehouse, where the marketplace counts by warehouse. */
  warehouse: string | undefined
}

/** Two writes of one SKU are not in one file together: which of them counts would be anybody's guess. */
export async function inventoryPut(
  wire: Wire,
  sent: readonly Sent<'inventory.put'>[],
  { warehouse }: StockOptions,
): Promise<Outcome<'inventory.put'>[]> {
  const fate = new Map<Sent<'inventory.put'>, Outcome<'inventory.put'>>()
  const taken = new Map<string, Sent<'inventory.put'>>()
  for (const one of sent) {
    if (one.attempt > 1 && !one.untried && one.ask.to > 0) fate.set(one, { answer: { outcome: 'unknown' } })
    else if (taken.has(one.ask.sku)) fate.set(one, { fault: twice() })
    else taken.set(one.ask.sku, one)
  }
  if (taken.size > 0) {
    const outcome = await send(wire, [...taken.values()], warehouse)
    for (const one of taken.values()) fate.set(one, outcome)
  }
  return sent.map((one) => fate.get(one)!)
}

const twice = (): Fault =>
  new Fault('conflict', 'Another number of this SKU is in the file. This one goes with the next.', {
    code: 'mirakl.same_file',
  })

async function send(
  wire: Wire,
  sent: readonly Sent<'inventory.put'>[],
  warehouse: string | undefined,
): Promise<Outcome<'inventory.put'>> {
  const form = new FormData()
  const lines = sent.map(({ ask }) => [ask.sku, String(ask.to), warehouse ?? '', 'UPDATE'].map(quoted).join(';'))
  const file = `${['offer-sku', 'quantity', 'warehouse-code', 'update-delete'].map(quoted).join(';')}\n${lines.join('\n')}\n`
  form.set('file', new Blob([file], { type: 'text/csv' }), 'stock.csv')
  const call = { operation: 'STO01', method: 'POST', path: '/api/offers/stock/imports', body: form } as const
  const answer = await wire.call(call)
  const reference = shapedAnswer(imported, answer, 'STO01').import_id
  return { answer: { outcome: 'accepted', at: new Date(answer.atMs).toISOString(), reference } }
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** How many the offer shows, in the warehouse where they are counted by warehouse. */
export const shownBy = ({ quantity, warehouses }: SeenOffer, warehouse: string | undefined): number =>
  warehouse === undefined ? quantity : (warehouses?.find(({ code }) => code === warehouse)?.quantity ?? 0)

export async function inventoryRead(
  wire: Wire,
  { sku, inventoryItemId, reference }: Ask<'inventory.read'>,
  warehouse: string | undefined,
  imports?: Imports,
): Promise<Answer<'inventory.read'>> {
  const path = `/api/offers/${encodeURIComponent(inventoryItemId)}`
  const answer = await wire.call({ operation: 'OF22', path }, [404])
  if (answer.status === 404) {
    throw new Fault('rejected', 'The marketplace has this offer no more. If it was deleted there: nothing to do.', {
      code: 'mirakl.unknown_offer',
    })
  }
  const offer = shapedAnswer(seenOffer, answer, 'OF22')
  const refused = reference === undefined ? null : refusedBy(await imports?.fateOf(reference), sku, reference)
  return { available: shownBy(offer, warehouse), at: new Date(answer.atMs).toISOString(), ...(refused && { refused }) }
}

/** A line of a file that was refused, or a file that was not read at all: no number of it will ever be shown. */
function refusedBy(fate: Fate | undefined, sku: string, file: string): Answer<'inventory.read'>['refused'] | null {
  if (fate === 'failed')
    return { message: `The marketplace could not read the stock file ${file}. It is sent anew.`, again: true }
  const reason = fate === undefined || fate === 'waiting' ? undefined : fate.get(sku)
  if (reason === undefined) return null
  const message = `The marketplace refused the number of ${sku} in the stock file ${file}: ${reason || 'it does not say why'}. Mend the offer there, then resume.`
  return { message, again: false }
}

/** What the marketplace shows, once it is what we would have set, or once the other one has had its time. */
export async function observePut(
  wire: Wire,
  { ask }: Sent<'inventory.put'>,
  { overdue }: { overdue: boolean },
  warehouse: string | undefined,
): Promise<Observed<'inventory.put'> | null> {
  const { available, at } = await inventoryRead(wire, ask, warehouse)
  if (available !== ask.to && !overdue) return null
  return {
    answer: { outcome: 'set', at: at! },
    ours: { available: String(ask.to) },
    theirs: { available: String(available) },
    ...(available === ask.to ? {} : { unsettled: true as const }),
  }
}
