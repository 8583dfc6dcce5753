/** Every reconciliation of this hub: those its connections have readers for, with the retailer's tolerances. */
import type { Domain, Reader } from '#connectors/kit/reader.ts'
import { poolsOf } from '#core/pools.ts'
import { streams } from '#core/streams.ts'
import { DEFAULT_RECONCILE, RECONCILIATIONS, type ReconcileName } from '#policy/reconcile.ts'
import { type Engine, nowOf } from '../engine.ts'
import { allotted, believedFree, bookedOrders, only, orderStreamOf } from './books.ts'
import type { Definition, Difference, FindingKind } from './definition.ts'
import { handInReadings, tellOnce } from './hand-in.ts'
import { explainOrders, explainSales, ORDER_FIELDS, orderCure, saleCure } from './orders.ts'
import { billed, explainKits, kitCure, ruled } from './kits.ts'
import { explainShipments, shipmentCure } from './shipments.ts'

const DAY_MS = 86_400_000

export function definitionsOf(engine: Engine): Definition[] {
  const channels = Object.entries(engine.policy.channels)
  const pools = [...new Set(channels.map(([, { pool }]) => pool))].toSorted()
  return [
    ...channels.flatMap(([channel]) => [
      orders(engine, channel),
      sales(engine, channel),
      stock(engine, channel),
      products(engine, channel),
      fulfilments(engine, channel),
    ]),
    ...pools.map((pool) => warehouse(engine, pool)),
    kits(engine),
  ].filter((one) => one !== null)
}

const readerOf = ({ connections }: Engine, connection: string, domain: Domain): Reader | undefined =>
  connections.get(connection)?.readers?.[domain]

/** What all definitions of a kind have in common. null when one of the sides cannot be read. */
function common(
  { reconcile = DEFAULT_RECONCILE }: Engine,
  name: ReconcileName,
  where: string,
  [first, second]: readonly [Reader | undefined, Reader | undefined],
): Pick<
  Definition,
  'name' | 'what' | 'ours' | 'theirs' | 'channel' | 'graceMs' | 'everyMs' | 'mendingsMax' | 'windowMs' | 'staleMs'
> | null {
  if (!first || !second) return null
  const { what, sides } = RECONCILIATIONS[name]
  const { graceMs, everyMs, mendingsMax } = reconcile[name]
  return {
    name: `${name}/${where}`,
    what,
    ours: { name: sides[0], reader: first },
    theirs: { name: sides[1], reader: second },
    channel: where,
    graceMs,
    everyMs,
    mendingsMax,
    windowMs: reconcile.daysBack * DAY_MS,
    staleMs: null,
  }
}

const toleranceOf = ({ reconcile = DEFAULT_RECONCILE }: Engine, name: ReconcileName): number =>
  reconcile[name].tolerance

const nothing = (): Promise<[]> => Promise.resolve([])
const everything = (_: unknown, differences: readonly Difference[]) => Promise.resolve(differences)
const pieces = (tolerance: number) => [{ name: 'pieces', as: 'quantity', tolerance }] as const

function orders(engine: Engine, channel: string): Definition | null {
  const reader = readerOf(engine, channel, 'orders')
  const base = common(engine, 'orders', channel, [reader, bookedOrders(engine.database, channel)])
  if (!base || !reader) return null
  return {
    ...base,
    fields: ORDER_FIELDS(toleranceOf(engine, 'orders')),
    // Both moments are the channel's own: any older one is news that was lost, once the grace is over.
    staleMs: 0,
    explain: explainOrders,
    mend: (findings) => {
      const mendable = findings.filter(({ kind }) => kind !== 'unexpected')
      return handInReadings(engine, channel, reader, mendable)
    },
    cure: orderCure,
    streamOf: orderStreamOf,
  }
}

function sales(engine: Engine, channel: string): Definition | null {
  const readers = [readerOf(engine, channel, 'orders'), readerOf(engine, engine.erp, 'orders')] as const
  const base = common(engine, 'sales', channel, readers)
  const fields = ORDER_FIELDS(toleranceOf(engine, 'sales'))
  return base && { ...base, fields, explain: explainSales, mend: nothing, cure: saleCure, streamOf: orderStreamOf }
}

const stockStreamOf = (key: string): string => `stock/${key}`

/** A channel that shows less than nothing sells as much as one that shows nothing. */
const isSoldOtherwise = ({ kind, ours, theirs }: Difference): boolean =>
  kind !== 'mismatched' || Math.max(0, Number(ours)) !== Math.max(0, Number(theirs))

function stock(engine: Engine, channel: string): Definition | null {
  const readers = [readerOf(engine, channel, 'stock'), allotted(engine.database, channel)] as const
  const base = common(engine, 'stock', channel, readers)
  if (!base) return null
  return {
    ...base,
    fields: pieces(toleranceOf(engine, 'stock')),
    explain: (_, differences) => Promise.resolve(differences.filter(isSoldOtherwise)),
    /** What the channel shows is told to the ledger as news: it reads or publishes again, whichever is safe. */
    mend: (findings, runId) =>
      Promise.resolve(
        findings
          .filter(({ kind }) => kind === 'mismatched')
          .map((finding) => {
            const command = { type: 'stock.seen', channel, available: Number(finding.ours), at: nowOf(engine) }
            return { finding, rows: [tellOnce(engine, runId, stockStreamOf(finding.key), command)] }
          }),
      ),
    cure: stockCure,
    streamOf: stockStreamOf,
  }
}

const stockCure = (kind: FindingKind): string => {
  switch (kind) {
    case 'missed':
      return 'The hub does not know that the channel stocks this SKU. Save the product there once: its news is sent again.'
    case 'unexpected':
      return 'The channel no longer stocks this SKU at the location. Activate it there, or delist the product.'
    case 'duplicate':
      return 'Two variants in the channel have this SKU. Leave it on one.'
    default:
      return (
        'Somebody changed the number in the channel, or news was lost. The ledger is told, and takes back what is ' +
        'too much. If it stays, the channel shows too little: set it there to the number of the hub.'
      )
  }
}

function warehouse(engine: Engine, pool: string): Definition | null {
  const reader = readerOf(engine, engine.erp, 'stock')
  const sides = [reader && only(reader, `${pool}/`), believedFree(engine.database, pool)] as const
  const base = common(engine, 'warehouse', pool, sides)
  if (!base) return null
  return {
    ...base,
    fields: pieces(toleranceOf(engine, 'warehouse')),
    explain: everything,
    mend: (findings, runId) =>
      Promise.resolve(
        findings
          .filter(({ kind }) => kind === 'mismatched')
          .map((finding) => {
            const command = { type: 'stock.nudge', free: Number(finding.ours) }
            return { finding, rows: [tellOnce(engine, runId, stockStreamOf(finding.key), command)] }
          }),
      ),
    cure: (kind) =>
      kind === 'mismatched'
        ? 'A change of stock was not noticed. The ledger reads it again by itself; if it stays, look at the connection of the ERP.'
        : kind === 'duplicate'
          ? 'Two products in the ERP have this SKU. Leave it on one.'
          : 'The ERP and the hub differ on whether this SKU is counted. Save the product in the ERP once: it is read again.',
    streamOf: stockStreamOf,
  }
}

function products(engine: Engine, channel: string): Definition | null {
  const readers = [readerOf(engine, channel, 'products'), readerOf(engine, engine.erp, 'products')] as const
  const base = common(engine, 'products', channel, readers)
  if (!base) return null
  return {
    ...base,
    fields: [{ name: 'counted', as: 'exact', tolerance: 0 }],
    explain: everything,
    mend: nothing,
    cure: (kind) =>
      kind === 'missed'
        ? 'The channel sells a SKU that the ERP does not know. Create the product there with this internal reference.'
        : kind === 'duplicate'
          ? 'Several products have this SKU. Leave it on one.'
          : 'One side counts its stock and the other does not. Switch counting on in both.',
    streamOf: streams.product,
  }
}

function fulfilments(engine: Engine, channel: string): Definition | null {
  const reader = readerOf(engine, engine.erp, 'fulfilments')
  const base = common(engine, 'fulfilments', channel, [reader, readerOf(engine, channel, 'fulfilments')])
  if (!base || !reader) return null
  return {
    ...base,
    fields: pieces(toleranceOf(engine, 'fulfilments')),
    explain: explainShipments,
    mend: (findings) => {
      const mendable = findings.filter(({ kind }) => kind === 'missed' || kind === 'mismatched')
      return handInReadings(engine, engine.erp, reader, mendable)
    },
    cure: shipmentCure,
    streamOf: orderStreamOf,
  }
}

/** Of the whole estate: what a kit is made of differs in no channel. */
function kits(engine: Engine): Definition | null {
  const readers = [billed(engine.connections.get(engine.erp)), ruled(engine.policy)] as const
  const base = common(engine, 'kits', engine.erp, readers)
  if (!base) return null
  return {
    ...base,
    fields: [{ name: 'content', as: 'exact', tolerance: 0 }],
    explain: explainKits(poolsOf(engine.policy)),
    mend: nothing,
    cure: kitCure,
    streamOf: streams.product,
  }
}
