/**
 * What a partner's files say: 945 what left, 856 how it is packed, 997 whether we were understood. A bad file is kept
 * as it came.
 */
import { streams, warehouseStream } from '#core/streams.ts'
import type { WarehouseOrderCommand } from '#core/warehouse-order/warehouse-order.ts'
import { z } from 'zod'
import type { Delivery, Message } from '../kit/connector.ts'
import { bad, momentOf, type Segment } from './envelope.ts'
import { STOCK_SETS } from './stock-sets.ts'

const segments = z.array(z.tuple([z.string()], z.string())).max(100_000)

/** A 945 as it was read, with what names it. */
const advice = z.object({ reference: z.string().nullable(), name: z.string(), at: z.string(), segments })
/** What a 997 says of one set of ours, with what that set was. */
const answer = z.object({
  reference: z.string().nullable(),
  kind: z.string(),
  accepted: z.boolean(),
  why: z.string().max(500),
  at: z.string(),
})
/** An 846 or 947 that was understood when it was read. */
const shelf = z.object({ warehouse: z.string().min(1), partner: z.string().min(1), segments })
/** An 856 that was understood when it was read. */
const packedLine = z.object({
  sku: z.string().min(1),
  quantity: z.int().min(1),
  lot: z.string().optional(),
  serials: z.array(z.string()).optional(),
})
const carton = z.object({ sscc: z.string().nullable(), lines: z.array(packedLine) })
const shipNotice = z.object({
  notices: z.array(z.object({ reference: z.string(), shipment: z.string().min(1), cartons: z.array(carton) })),
})
export type Advice = z.infer<typeof advice>
export type AnswerOf = z.infer<typeof answer>
const refusal = z.object({ file: z.string(), reason: z.string() })

/** Pure. Throws `malformed`: a bad file becomes a dead letter with its text, for a person. */
export function translate({ topic, body }: Delivery): Message[] {
  switch (topic) {
    case '945':
      return adviceNews(parsed(advice, body))
    case '997':
      return answerNews(parsed(answer, body))
    case '856':
      return parsed(shipNotice, body).notices.flatMap(({ reference, shipment, cartons }) =>
        to(reference, [{ type: 'warehouseOrder.notePacking', shipmentId: `x12-${shipment}`, cartons }]),
      )
    case '846':
    case '947': {
      const { warehouse, partner, segments: all } = parsed(shelf, body)
      return STOCK_SETS[topic]!(all as Segment[], partner).map(({ sku, command }) => ({
        stream: streams.stock(warehouse, sku),
        command,
      }))
    }
    case 'bad': {
      const { file, reason } = parsed(refusal, body)
      throw bad(`${file}: ${reason}`)
    }
    default:
      return []
  }
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const found = schema.safeParse(body)
  if (found.success) return found.data
  throw bad(`${found.error.issues[0]?.path.join('.') ?? 'the body'} is missing or not as it must be.`)
}

const to = (reference: string | null, commands: readonly WarehouseOrderCommand[]): Message[] => {
  const stream = warehouseStream(reference ?? '')
  return stream === null ? [] : commands.map((command) => ({ stream, command }))
}

function answerNews({ reference, kind, accepted, why, at }: AnswerOf): Message[] {
  if (kind === 'order')
    return to(reference, [
      { type: 'warehouseOrder.noteNews', news: accepted ? 'accepted' : 'refused', at, reason: why },
    ])
  if (accepted) return []
  const reason = `the cancellation was not understood: ${why}`
  return to(reference, [{ type: 'warehouseOrder.noteNews', news: 'on_hold', at, reason }])
}

/** How much of a line left, and what became of the rest. */
interface Line {
  sku: string
  insteadOf: string | undefined
  left: number
  missing: number
  follows: boolean
}

function adviceNews({ reference, name, at, segments: all }: Advice): Message[] {
  const segments = all as Segment[]
  const [, , , date = '', shipment = ''] = segments.find(([tag]) => tag === 'W06') ?? []
  const shipmentId = `x12-${shipment || name}`
  const lines = segments.filter(([tag]) => tag === 'W12').map(lineOf)
  const short = (follows: boolean): WarehouseOrderCommand[] => {
    const missing = lines.flatMap((one) =>
      one.missing > 0 && one.follows === follows ? [{ sku: one.insteadOf ?? one.sku, quantity: one.missing }] : [],
    )
    return missing.length === 0
      ? []
      : [
          {
            type: 'warehouseOrder.noteShort',
            key: `${shipmentId}-${follows ? 'follows' : 'short'}`,
            lines: missing,
            follows,
          },
        ]
  }
  if (lines.every(({ left }) => left === 0))
    return to(reference, [{ type: 'warehouseOrder.noteNews', news: 'cancelled', at }])
  const carrier = segments.find(([tag]) => tag === 'W27')?.[2]
  const tracking = segments.find(([tag, what]) => tag === 'N9' && (what === '2I' || what === 'CN'))?.[2]
  const parcel: WarehouseOrderCommand = {
    type: 'warehouseOrder.noteParcel',
    shipmentId,
    shippedAt: date ? momentOf(date) : at,
    ...(tracking ? { trackingNumber: tracking } : {}),
    ...(carrier ? { carrier } : {}),
    lines: lines.flatMap(({ sku, insteadOf, left }) =>
      left > 0 ? [{ sku, quantity: left, ...(insteadOf ? { insteadOf } : {}) }] : [],
    ),
  }
  return to(reference, [parcel, ...short(false), ...short(true)])
}

const FOLLOWS = new Set(['BP', 'BO'])

/** W12: status, ordered, left, difference; what left (07, 08), and with status CS what was ordered (17, 18). */
function lineOf(segment: Segment): Line {
  const [, status = '', ordered = '', left = ''] = segment
  const sku = segment[8] ?? ''
  if (sku === '') throw bad('W12 names no article in W1208.')
  const many = pieces(left, 'W1203')
  const instead = status === 'CS' && segment[18] ? segment[18] : undefined
  return {
    sku,
    insteadOf: instead,
    left: many,
    missing: Math.max(0, pieces(ordered, 'W1202') - many),
    follows: FOLLOWS.has(status),
  }
}

function pieces(text: string, what: string): number {
  const value = text === '' ? 0 : Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw bad(`${what} is '${text.slice(0, 20)}', which is no whole number of pieces.`)
}
