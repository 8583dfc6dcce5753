/** The hub's own books as one side of a comparison, and as what explains a difference between two others. */
import type { Sql } from './database.ts'

export interface BookedOrder {
  stream: string
  stage: string
  updated_at: string
  placed_at: string | null
  /** By the channel's clock. */
  changed_at: string | null
  total: number | null
  currency: string | null
  cancelled: boolean | null
  /** A person has to look at it, or it waits for something that is shown. */
  excepted: boolean
  cancelling: boolean
  release_failed: boolean
  /** Something in it is not shipped: a gift card, a service. */
  unshipped: boolean
}

const ORDER = `stream, state->>'stage' as stage, updated_at, state->'order'->>'placedAt' as placed_at,
  state->'order'->>'updatedAt' as changed_at, (state->'order'->'total'->>'amount')::bigint as total,
  state->'order'->>'currency' as currency, state->'order'->>'cancelledAt' is not null as cancelled,
  json_array_length(state->'exceptions') > 0 as excepted,
  coalesce(not (state->'cancel'->>'done')::bool, false) as cancelling,
  (state->>'releaseFailed')::bool as release_failed,
  exists (select 1 from json_array_elements(case json_typeof(state->'order') when 'object' then state->'order'->'lines'
    else '[]' end) line where not (line->>'requiresShipping')::bool or (line->>'giftCard')::bool) as unshipped`

/** Orders of a channel placed since a moment, by name of their stream. */
export const ordersAfter = (
  sql: Sql,
  { prefix, after, since, limit }: { prefix: string; after: string; since: string; limit: number },
): Promise<BookedOrder[]> =>
  sql.prepared(
    `select ${ORDER} from stream
     where kind = 'order' and stream > $2 and starts_with(stream, $1) and state->'order'->>'placedAt' >= $3
     order by stream limit $4`,
    [prefix, after, since, limit],
  )

export const ordersNamed = (sql: Sql, streams: readonly string[]): Promise<BookedOrder[]> =>
  sql.prepared(`select ${ORDER} from stream where stream = any($1)`, [streams])

export interface BookedShipments {
  stream: string
  parcels: number
  /** Pieces in them that are the channel's. */
  pieces: number
  /** Parcels the channel was not told of yet. */
  unannounced: number
  stopped: boolean
}

export const shipmentsNamed = (sql: Sql, streams: readonly string[]): Promise<BookedShipments[]> =>
  sql.prepared(
    `select stream, json_array_length(state->'parcels') as parcels,
       (select coalesce(sum((line->>'quantity')::bigint), 0)::bigint from json_array_elements(state->'parcels') parcel
         cross join lateral json_array_elements(parcel->'lines') line) as pieces,
       (select count(*) from json_array_elements(state->'parcels') parcel where not (parcel->>'announced')::bool)
         as unannounced,
       (state->>'stopped')::bool as stopped
     from stream where stream = any($1)`,
    [streams],
  )

/**
 * What a channel may sell without asking, which is what it shows once all is heard of; null while that is being asked
 * or changed, or was given up on. (What the ledger last saw there is only a guess, put right by the next publication.)
 */
export const shownAfter = (
  sql: Sql,
  { channel, after, limit }: { channel: string; after: string; limit: number },
): Promise<{ stream: string; pieces: number | null; updated_at: string }[]> =>
  sql.prepared(
    `select stream, updated_at,
       case when place->>'flight' is null and place->>'reading' is null and place->>'trouble' is null
         then (place->>'bound')::int end as pieces
     from stream cross join lateral json_array_elements(state->'channels') place
     where kind = 'stock' and stream > $2 and place->>'name' = $1
     order by stream limit $3`,
    [channel, after, limit],
  )

/** Of these ledgers, those of what a channel lists or somebody bought. */
export const soldAmong = (sql: Sql, streams: readonly string[]): Promise<{ stream: string }[]> =>
  sql.prepared(
    `select stream from stream where stream = any($1) and kind = 'stock'
       and json_array_length(state->'channels') + json_array_length(state->'holds') > 0`,
    [streams],
  )

/** What the ledger last read of the ERP; null while it is asked again. A kit is counted by its parts. */
export const freeAfter = (
  sql: Sql,
  { prefix, after, limit }: { prefix: string; after: string; limit: number },
): Promise<{ stream: string; pieces: number | null; updated_at: string }[]> =>
  sql.prepared(
    `select stream, updated_at, case when state->>'asked' is null then (state->'reading'->>'free')::int end as pieces
     from stream
     where kind = 'stock' and stream > $2 and starts_with(stream, $1) and (state->>'stocked')::bool
       and (state->'kit' is null or (state->'kit'->>'ended')::bool)
     order by stream limit $3`,
    [prefix, after, limit],
  )
