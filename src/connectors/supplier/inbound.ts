/** What a supplier's lists say, row by row, and what became of each. A bad one is a dead letter that says where. */
import { streams } from '#core/streams.ts'
import type { SupplierCommand } from '#core/supply/supplier.ts'
import type { SupplyCommand } from '#core/supply/supply.ts'
import type { SupplyRules } from '#core/supply/state.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Delivery, Message } from '../kit/connector.ts'
import type { SupplierConfig } from './config.ts'

const offer = z.object({
  sku: z.string().optional(),
  barcode: z.string().optional(),
  price: z.string().regex(/^\d+(\.\d+)?$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
  leadDays: z.int().min(0),
  stock: z.int().min(0).optional(),
})
const named = { article: z.string().min(1), minQuantity: z.string().regex(/^\d+(\.\d+)?$/) }
const row = z.union([
  z.object({ ...named, offer }),
  z.object({ ...named, ended: z.enum(['vanished', 'discontinued']) }),
])
const rows = z.object({ at: z.string(), allowed: z.boolean(), rows: z.array(row).max(1_000) })
const list = { file: z.string(), hash: z.string(), at: z.string() }
const taken = z.object({
  ...list,
  whole: z.boolean(),
  rows: z.int(),
  changed: z.int(),
  ended: z.int(),
  doubled: z.boolean(),
})
const waiting = z.object({ ...list, why: z.array(z.string()), owner: z.string() })
const refusal = z.object({ file: z.string(), line: z.int(), column: z.int(), reason: z.string() })

/** Pure. @param name of the connection. */
export function translate(
  { topic, body }: Delivery,
  name: string,
  { supplier, owner, unknown, bounds }: SupplierConfig,
): Message[] {
  const toLists = (command: SupplierCommand): Message[] => [{ stream: streams.supplier(name), command }]
  switch (topic) {
    case 'rows': {
      const { at, allowed, rows: all } = parsed(rows, body)
      const { name: called, ref } = supplier
      const rules: SupplyRules = {
        supplier: { name: called, ...(ref === undefined ? {} : { ref }) },
        owner,
        jumpPercent: allowed ? null : bounds.jumpPercent,
        unknown,
      }
      return all.map((one) => {
        const command: SupplyCommand =
          'offer' in one
            ? { type: 'supply.observe', offer: one.offer as never, at, rules }
            : { type: 'supply.end', why: one.ended, at }
        return { stream: streams.supply(name, one.minQuantity, one.article), command }
      })
    }
    case 'list':
      return toLists({ type: 'supplier.takeList', ...parsed(taken, body) })
    case 'waits':
      return toLists({ type: 'supplier.holdList', ...parsed(waiting, body) })
    case 'bad': {
      const { file, line, column, reason } = parsed(refusal, body)
      throw bad(`${file} is refused, line ${line}, column ${column}: ${reason} Nothing of it was taken.`)
    }
    default:
      return []
  }
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const found = schema.safeParse(body)
  if (found.success) return found.data
  throw bad(`${found.error.issues[0]?.path.join('.') || 'The body'} is missing or not as it must be.`)
}

const bad = (message: string): Fault => new Fault('malformed', message, { code: 'supplier.bad_list' })
